#include "executor/adapters/hdfs/hdfs_storage.h"

#include <gtest/gtest.h>

#include <set>

#include "executor/adapters/hdfs/crc32c.h"
#include "executor/adapters/hdfs/list_tree.h"
#include "tests/executor/hdfs/fake_hdfs.h"

namespace godwit::executor {
namespace {

TEST(Crc32c, AgreesWithTheStandard) {
  EXPECT_EQ(ExtendCrc32c(0, "123456789"), 0xE3069283u);  // RFC 3720's check value
  EXPECT_EQ(ExtendCrc32c(0, ""), 0u);
  EXPECT_EQ(ExtendCrc32c(ExtendCrc32c(0, "1234"), "56789"), 0xE3069283u);
}

TEST(ListTree, FindsAllFilesOfManyPagesAndRoots) {
  FakeHdfs fake;
  fake.page = 7;
  std::set<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 20; ++j) {
      const std::string path = "p=" + std::to_string(i) + "/f" + std::to_string(j);
      fake.Put("/w/" + path, "x");
      expected.insert(path);
    }
  }
  auto hdfs = fake.Open();
  HdfsStorage storage(*hdfs);
  auto lists = storage.ListEach({"hdfs://fake/w", "hdfs://fake/w/p=3", "hdfs://fake/none"});
  ASSERT_TRUE(lists.ok()) << lists.error().message;
  std::set<std::string> found;
  for (const FileStatus& file : (*lists)[0]) found.insert(file.path);
  EXPECT_EQ(found, expected);
  EXPECT_EQ((*lists)[1].size(), 20u);
  EXPECT_TRUE((*lists)[2].empty());
  EXPECT_TRUE(std::is_sorted((*lists)[0].begin(), (*lists)[0].end()));
}

TEST(ListTree, OneErrorEndsIt) {
  FakeHdfs fake;
  for (int i = 0; i < 50; ++i) fake.Put("/w/" + std::to_string(i) + "/f", "x");
  fake.intercept = [](const std::string&, const httplib::Request& request, httplib::Response& response) {
    if (request.path != "/webhdfs/v1/w/31") return false;
    return FakeHdfs::Refuse(response, 403, "AccessControlException"), true;
  };
  auto hdfs = fake.Open();
  auto list = HdfsStorage(*hdfs).ListFiles("/w");
  ASSERT_FALSE(list.ok());
  EXPECT_NE(list.error().message.find("/w/31"), std::string::npos) << list.error().message;
}

TEST(HdfsStorage, FileOpenForWritingIsSeen) {
  FakeHdfs fake;
  fake.Put("/w/empty", "");
  fake.Put("/w/whole", std::string(1 << 20, 'x'));
  fake.Put("/w/small", "x");
  int asked = 0;
  fake.intercept = [&](const std::string& operation, const httplib::Request& request,
                       httplib::Response& response) {
    if (operation != "GET_BLOCK_LOCATIONS") return false;
    ++asked;
    const bool open = request.path.ends_with("/whole");
    response.set_content(
        std::string(R"({"LocatedBlocks":{"isUnderConstruction":)") + (open ? "true" : "false") + "}}",
        "application/json");
    return true;
  };
  auto hdfs = fake.Open();
  auto list = HdfsStorage(*hdfs).ListFiles("/w");
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_FALSE((*list)[0].open_for_write);
  EXPECT_FALSE((*list)[1].open_for_write);
  EXPECT_TRUE((*list)[2].open_for_write);
  EXPECT_EQ(asked, 2);  // a length that is no whole number of blocks is that of a closed file
}

TEST(HdfsStorage, OnlyAttemptsAreRemoved) {
  FakeHdfs fake;
  fake.Put("/w/db/t/f", "x");
  fake.Put("/w/db/_godwit/t/a1/f", "x");
  auto hdfs = fake.Open();
  HdfsStorage storage(*hdfs);
  for (const char* live : {"/w/db/t", "/w/db/_godwit", "/w/db/_godwit/../t", "/"}) {
    EXPECT_FALSE(storage.RemoveAttempt(live).ok()) << live;
  }
  EXPECT_EQ(*storage.RemoveAttempt("hdfs://fake/w/db/_godwit/t/a1"), Effect::kDone);
  EXPECT_EQ(*storage.RemoveAttempt("hdfs://fake/w/db/_godwit/t/a1"), Effect::kAlready);
  EXPECT_TRUE(fake.tree().contains("/w/db/t/f"));
}

}  // namespace
}  // namespace godwit::executor
