#include "sources/syntax_tree.h"

#include <gtest/gtest.h>

#include <string>

namespace godwit::sources {
namespace {

TEST(SyntaxTree, ParsesShellAndPython) {
  EXPECT_TRUE(SyntaxTree::Parse(Language::kShell, "a=1\n").root().is("program"));
  EXPECT_TRUE(SyntaxTree::Parse(Language::kPython, "a = 1\n").root().is("module"));
}
TEST(SyntaxTree, KeepsABrokenTextsTree) {
  EXPECT_TRUE(SyntaxTree::Parse(Language::kShell, "if [ x; then echo").root().has_error());
}
TEST(SyntaxTree, RefusesWhatIsTooLong) {
  const std::string text(kSyntaxBytesMax + 1, 'x');
  EXPECT_TRUE(SyntaxTree::Parse(Language::kShell, text).root().null());
}

}  // namespace
}  // namespace godwit::sources
