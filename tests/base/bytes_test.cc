#include "base/bytes.h"

#include <gtest/gtest.h>

namespace godwit {
namespace {

TEST(Bytes, ReadsUnits) {
  EXPECT_EQ(*ParseBytes("2TB"), 2'000'000'000'000);
  EXPECT_EQ(*ParseBytes("1.5 GB"), 1'500'000'000);
  EXPECT_EQ(*ParseBytes("64MiB"), 64 << 20);
  EXPECT_EQ(*ParseBytes("300"), 300);
}
TEST(Bytes, RefusesTheRest) {
  for (const char* text : {"", "GB", "-1GB", "5 parsecs", "1e30TB", "nan"}) {
    EXPECT_FALSE(ParseBytes(text).ok()) << text;
  }
}
TEST(Bytes, Formats) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(1500), "1.50 KB");
  EXPECT_EQ(FormatBytes(12'340'000'000), "12.3 GB");
  EXPECT_EQ(FormatBytes(999'900'000), "1.00 GB");
}

}  // namespace
}  // namespace godwit
