#include "sources/traced_text.h"

#include <gtest/gtest.h>

#include "sources/value.h"

namespace godwit::sources {
namespace {

TEST(TracedText, KnowsTheLineOfEachByte) {
  TracedText text("use x;\ninsert ", {FileId{0}, 10});
  text.Append("into t\n", {FileId{1}, 3});
  text.Append("select 1", {FileId{0}, 20});
  EXPECT_EQ(text.PlaceAt(0), (Place{FileId{0}, 10}));
  EXPECT_EQ(text.PlaceAt(7), (Place{FileId{0}, 11}));
  EXPECT_EQ(text.PlaceAt(14), (Place{FileId{1}, 3}));
  EXPECT_EQ(text.PlaceAt(21), (Place{FileId{0}, 20}));
  const TracedText slice = text.Slice(8, 10);
  EXPECT_EQ(slice.text(), "nsert into");
  EXPECT_EQ(slice.PlaceAt(0), (Place{FileId{0}, 11}));
  EXPECT_EQ(slice.PlaceAt(6), (Place{FileId{1}, 3}));
}

TEST(Value, JoinsBranches) {
  const auto of = [](const char* text) { return Value::Of(TracedText(text, {})); };
  EXPECT_EQ(Join(of("a"), of("b"), "v").alternatives.size(), 2u);
  EXPECT_EQ(Join(of("a"), of("a"), "v").alternatives.size(), 1u);
  EXPECT_EQ(Join(of("${1}"), of("dw"), "v").text(), "dw");
  EXPECT_EQ(Join(of("${1}"), of("${date:+%F}"), "v").text(), "${date:+%F}");
  EXPECT_EQ(Join(of("${1}"), of("${x}"), "v").text(), "${v}");
}

TEST(Value, ComposesAlternativesUpToALimit) {
  Value a;
  a.alternatives = {TracedText("1", {}), TracedText("2", {}), TracedText("3", {})};
  Value b = a;
  bool cut = false;
  AppendTo(a, b, &cut);
  EXPECT_TRUE(cut);
  EXPECT_EQ(a.alternatives.size(), kAlternativesMax);
}

}  // namespace
}  // namespace godwit::sources
