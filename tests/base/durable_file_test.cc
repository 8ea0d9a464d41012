#include "base/durable_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace godwit {
namespace {

namespace fs = std::filesystem;

class DurableFile : public testing::Test {
 protected:
  DurableFile() : path_(fs::temp_directory_path() / ("godwit-durable-" + std::to_string(getpid()))) {}
  ~DurableFile() override { fs::remove(path_); }
  std::string Text() { return (*ReadFileIfThere(path_)).value_or("(no file)"); }
  fs::path path_;
};

TEST_F(DurableFile, IsReplacedAsAWhole) {
  EXPECT_EQ(Text(), "(no file)");
  ASSERT_TRUE(ReplaceFile(path_, "one").ok());
  ASSERT_TRUE(ReplaceFile(path_, "two").ok());
  EXPECT_EQ(Text(), "two");
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(DurableFile, ALineThatACrashCutOffDoesNotSwallowTheNext) {
  ASSERT_TRUE(AppendToFile(path_, "{1}\n").ok());
  std::ofstream(path_, std::ios::app) << "{2";
  ASSERT_TRUE(AppendToFile(path_, "{3}\n").ok());
  EXPECT_EQ(Text(), "{1}\n{2\n{3}\n");
}

TEST_F(DurableFile, SaysWhereItFails) {
  const Status status = ReplaceFile("/nowhere/at/all", "x");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(status.error().message.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace godwit
