#include "base/utf8.h"

#include <gtest/gtest.h>

namespace godwit {
namespace {

TEST(Utf8, AcceptsWhatIsWellFormed) {
  EXPECT_EQ(FirstInvalidUtf8("plain, gr\xC3\xBC\xC3\x9F, \xE6\xB1\x89, \xF0\x9F\x90\xA6"), std::nullopt);
}
TEST(Utf8, NamesTheFirstBadByte) {
  EXPECT_EQ(FirstInvalidUtf8("gr\xFC\xDF"), 2u);        // Latin-1
  EXPECT_EQ(FirstInvalidUtf8("\xC0\xAF"), 0u);          // overlong
  EXPECT_EQ(FirstInvalidUtf8("a\xED\xA0\x80"), 1u);     // surrogate
  EXPECT_EQ(FirstInvalidUtf8("ab\xE6\xB1"), 2u);        // cut short
  EXPECT_EQ(FirstInvalidUtf8("\xF4\x90\x80\x80"), 0u);  // above U+10FFFF
}
TEST(Utf8, ReadsLatin1) { EXPECT_EQ(Latin1ToUtf8("gr\xFC\xDF"), "gr\xC3\xBC\xC3\x9F"); }
TEST(Utf8, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(Visible("a\tgr\xC3\xBC\n"), "a\tgr\xC3\xBC\n");
  EXPECT_EQ(Visible("\x1b]0;mine\x07\r\x7f"), "\\x1b]0;mine\\x07\\x0d\\x7f");
  EXPECT_EQ(Visible("\xC2\x9B"
                    "31m"),
            "\\xc2\\x9b31m");  // CSI as one character
  EXPECT_EQ(Visible("gr\xFC"), "gr\\xfc");
  EXPECT_EQ(Visible(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(Visible("a\nb", true), "a\\x0ab");
}

}  // namespace
}  // namespace godwit
