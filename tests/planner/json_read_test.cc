#include "planner/json_read.h"

#include <gtest/gtest.h>

namespace godwit::planner {
namespace {

struct Found {
  int16_t small = 0;
  int64_t whole = 0;
  uint64_t natural = 0;
  double real = 0;
  std::string text;
};

// What is said of a document with a list of objects; "" if it is read.
std::string Read(std::string_view text, Found& found) {
  const Status status = ReadJson(text, [&](const JsonValue& document) {
    JsonFields in(document);
    in.Each("units", [&](const JsonValue& unit) {
      JsonFields fields(unit);
      fields.Get("small", found.small);
      fields.Get("whole", found.whole);
      fields.Get("natural", found.natural);
      fields.Get("real", found.real);
      fields.Get("text", found.text);
      fields.With("inner", [&](const JsonValue& inner) { JsonFields(inner).Need("whole", found.whole); });
    });
  });
  return status.ok() ? "" : status.error().message;
}

std::string Said(const std::string& text) {
  Found found;
  return Read(text, found);
}

TEST(JsonRead, ReadsEveryKindOfValue) {
  Found found;
  EXPECT_EQ(
      Read(R"({"units": [{"small": -32768, "whole": 9223372036854775807, "natural": 18446744073709551615,
                               "real": 7, "text": "a\u00e9\"b"}]})",
           found),
      "");
  EXPECT_EQ(found.small, -32768);
  EXPECT_EQ(found.whole, INT64_MAX);
  EXPECT_EQ(found.natural, UINT64_MAX);
  EXPECT_EQ(found.real, 7.0);
  EXPECT_EQ(found.text, "aé\"b");
  EXPECT_EQ(Said("\xef\xbb\xbf{\"units\": []}"), "") << "an editor's mark before the text";
}

TEST(JsonRead, SaysWhereAValueIsWrong) {
  EXPECT_EQ(Said(R"({"units": {}})"), "units: a list is expected");
  EXPECT_EQ(Said(R"({"units": [{}, 3]})"), "units[1]: an object is expected");
  EXPECT_EQ(Said(R"({"units": [{"inner": {"whole": 1.5}}]})"),
            "units[0].inner.whole: a whole number is expected");
  EXPECT_EQ(Said(R"({"units": [{"inner": {}}]})"), "units[0].inner: `whole` is missing");
  EXPECT_EQ(Said(R"({"units": [{"small": 32768}]})"), "units[0].small: the number is out of range");
  EXPECT_EQ(Said(R"({"units": [{"whole": 9223372036854775808}]})"),
            "units[0].whole: the number is out of range");
  EXPECT_EQ(Said(R"({"units": [{"natural": -1}]})"),
            "units[0].natural: a whole number from 0 on is expected");
  EXPECT_EQ(Said(R"({"units": [{"text": 1}, {"real": ""}]})"), "units[0].text: text is expected")
      << "the first";
  EXPECT_EQ(Said("[]"), "the document: an object is expected");
}

TEST(JsonRead, AKeyThatNobodyAsksForOrThatIsThereTwiceIsAMistake) {
  EXPECT_EQ(Said(R"({"units": [{"smal": 1}]})"), "units[0]: unknown key `smal`: did you mean `small`?");
  EXPECT_EQ(Said(R"({"units": [{"whole": 1, "text": "", "whole": 2}]})"),
            "units[0]: the key `whole` is there twice");
}

TEST(JsonRead, WhatDoesNotParseIsToldWithItsPlace) {
  EXPECT_NE(Said("{\"units\": [\n{\"whole\": }]}").find("line 2, column 11"), std::string::npos);
  EXPECT_NE(Said("").find("not JSON"), std::string::npos);
  EXPECT_NE(Said("{\"units\": []} x").find("line 1, column 15"), std::string::npos);
  EXPECT_NE(Said("{\"units\": [{\"text\": \"\xff\"}]}").find("not JSON"), std::string::npos);
  EXPECT_NE(Said("{\"units\": [{\"whole\": 99999999999999999999}]}").find("not JSON that is read here"),
            std::string::npos);
  const std::string deep(100'000, '[');
  EXPECT_NE(Said(deep + std::string(deep.size(), ']')).find("not JSON"), std::string::npos);
}

}  // namespace
}  // namespace godwit::planner
