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

TEST(HdfsStorage, FileOpenForAppendingIsSeen) {
  FakeHdfs fake;
  for (const char* file : {"dt=1/a, 7 bytes, b", "dt=1/b", "dt=2/b"})
    fake.Put(std::string("/w/t/") + file, "x");
  fake.fsck =
      "..\n../w/t/dt=1/a, 7 bytes, b 12 bytes, replicated: replication=1, 1 block(s), OPENFORWRITE: \n"
      "/w/t/dt=2/b 0 bytes, 1 block(s), OPENFORWRITE: Status: HEALTHY\n";
  auto hdfs = fake.Open();
  auto lists = HdfsStorage(*hdfs).ListEach({"/w/t/dt=1", "/w/t/dt=2"});
  ASSERT_TRUE(lists.ok()) << lists.error().message;
  EXPECT_TRUE((*lists)[0][0].open_for_write);
  EXPECT_FALSE((*lists)[0][1].open_for_write);
  EXPECT_TRUE((*lists)[1][0].open_for_write);
  EXPECT_EQ(fake.Calls("/fsck?/w/t"), 1);  // of the table, not of each partition
}

TEST(HdfsStorage, AnUnfinishedLookForOpenFilesIsNoAnswer) {
  FakeHdfs fake;
  fake.Put("/w/t/f", "x");
  auto hdfs = fake.Open();
  fake.fsck_verdict =
      "Operation category READ is not supported in state standby\n\n\nFsck on path '/w/t' FAILED";
  EXPECT_EQ(HdfsStorage(*hdfs).ListFiles("/w/t").error().code, ErrorCode::kUnavailable);
  fake.fsck_verdict = "Path '/w/t' does not exist";
  EXPECT_TRUE(HdfsStorage(*hdfs).ListFiles("/w/t").ok());
  // Not for us, or not as it is called: then lengths have to tell.
  fake.fsck_verdict = "Permission denied: user=etl, access=READ_EXECUTE";
  EXPECT_TRUE(HdfsStorage(*hdfs).ListFiles("/w/t").ok());
  EXPECT_FALSE(hdfs->OpenFiles("/w/o'brien")->has_value());
}

TEST(HdfsStorage, TheActiveNameNodeLooksForOpenFiles) {
  FakeHdfs standby, active;
  standby.fsck_verdict =
      "Operation category READ is not supported in state standby\n\n\nFsck on path '/w' FAILED";
  active.fsck = "/w/f 1 bytes, replicated: replication=1, 1 block(s), OPENFORWRITE: \n";
  HdfsConfig config = standby.Config();
  config.namenodes = {standby.address(), "http://127.0.0.1:1", active.address()};
  auto hdfs = *WebHdfs::Open(config);
  auto files = hdfs->OpenFiles("/w");
  ASSERT_TRUE(files.ok()) << files.error().message;
  EXPECT_EQ(**files, std::vector<std::string>{"/w/f"});
}

TEST(HdfsStorage, FileOpenForWritingIsSeenWithoutFsck) {
  FakeHdfs fake;
  fake.Put("/w/empty", "");
  fake.Put("/w/whole", std::string(1 << 20, 'x'));
  fake.Put("/w/small", "x");
  fake.fsck.reset();
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
