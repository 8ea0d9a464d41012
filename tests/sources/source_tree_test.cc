#include "sources/source_tree.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sources/text_file.h"

namespace godwit::sources {
namespace {

namespace fs = std::filesystem;

std::string Resolved(const SourceTree& tree, std::string_view reference, std::string_view from) {
  const auto file = tree.Resolve(reference, from);
  return file ? tree.files()[*file].path : "(none)";
}

TEST(SourceTree, FindsAFileByTheNameThatAScriptUses) {
  const SourceTree tree =
      SourceTree::OfTexts({{"a/x.sql", ""}, {"b/x.sql", ""}, {"b/run.sh", ""}, {"etl/bin/y.sh", ""}});
  EXPECT_EQ(Resolved(tree, "x.sql", "b/run.sh"), "b/x.sql");
  EXPECT_EQ(Resolved(tree, "../a/x.sql", "b/run.sh"), "a/x.sql");
  EXPECT_EQ(Resolved(tree, "/home/hadoop/etl/bin/y.sh", "b/run.sh"), "etl/bin/y.sh");
  EXPECT_EQ(Resolved(tree, "${ROOT}/a/x.sql", "b/run.sh"), "a/x.sql");
  EXPECT_EQ(Resolved(tree, "/opt/x.sql", "b/run.sh"), "b/x.sql") << "the nearest";
  EXPECT_EQ(Resolved(tree, "/opt/x.sql", "c/run.sh"), "(none)") << "two are equally good";
  EXPECT_EQ(Resolved(tree, "/opt/${name}.sql", "b/run.sh"), "(none)");
}

TEST(SourceTree, WalksFoldersOnceAndLeavesHiddenOnesOut) {
  const fs::path root = fs::temp_directory_path() / "godwit_source_tree_test";
  fs::remove_all(root);
  fs::create_directories(root / "sub" / ".git");
  std::ofstream(root / "a.sql") << "x";
  std::ofstream(root / "sub" / "b.sql") << "y";
  std::ofstream(root / "sub" / ".git" / "c.sql") << "z";
  fs::create_directory_symlink(root, root / "sub" / "loop");
  const auto tree = SourceTree::Find({root.string()}, {"**/b.*"});
  ASSERT_TRUE(tree.ok());
  ASSERT_EQ(tree->files().size(), 1u);
  EXPECT_EQ(tree->files()[0].path, "a.sql");
  EXPECT_EQ(*tree->Read(0), "x");
  fs::remove_all(root);
  EXPECT_FALSE(SourceTree::Find({root.string()}, {}).ok());
}

TEST(Glob, StarsStopAtSlashesAndDoubleStarsDoNot) {
  EXPECT_TRUE(MatchesGlob("*.sql", "a.sql"));
  EXPECT_FALSE(MatchesGlob("*.sql", "d/a.sql"));
  EXPECT_TRUE(MatchesGlob("**/*.sql", "d/e/a.sql"));
  EXPECT_TRUE(MatchesGlob("**/*.sql", "a.sql"));
  EXPECT_TRUE(MatchesGlob("test/**", "test/a/b"));
  EXPECT_TRUE(MatchesGlob("a?c", "abc"));
}

TEST(Decode, ReadsWhatPeopleSave) {
  EXPECT_EQ(Decode("a\r\nb")->text, "a\nb");
  EXPECT_EQ(Decode("\xEF\xBB\xBFx")->text, "x");
  EXPECT_EQ(Decode("gr\xFC\xDF")->text, "gr\xC3\xBC\xC3\x9F");
  EXPECT_TRUE(Decode("gr\xFC\xDF")->latin1);
  EXPECT_EQ(Decode(std::string("\xFF\xFEh\0i\0", 6))->text, "hi");
  EXPECT_FALSE(Decode(std::string("ab\0c", 4)).ok());
}

}  // namespace
}  // namespace godwit::sources
