// WebHDFS and the Storage port against a real NameNode and DataNode.
#include <gtest/gtest.h>

#include "executor/adapters/hdfs/crc32c.h"
#include "executor/adapters/hdfs/diagnose_hdfs.h"
#include "executor/adapters/hdfs/hdfs_storage.h"
#include "executor/adapters/hdfs/list_tree.h"
#include "executor/adapters/hdfs/web_hdfs.h"
#include "tests/e2e/real/stack_file.h"

namespace godwit::executor {
namespace {

class HdfsReal : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = WebHdfs::Open(HdfsOf(StackFile(), "source"));
    ASSERT_OK(opened);
    hdfs_ = *std::move(opened);
    ASSERT_OK(hdfs_->Delete(kRoot, true));
    ASSERT_OK(hdfs_->MakeFolders(kRoot));
  }
  void TearDown() override { (void)hdfs_->Delete(kRoot, true); }

  const std::string kRoot = "/real_test";
  std::unique_ptr<WebHdfs> hdfs_;
};

// What Hive makes of partition values, and what people make of file names.
const char* const kOddNames[] = {
    "a b",  "a%2Fb", "100%",   "a+b", "a&b=c",    "#?;",    "dt=2026-11-22 00%3A00%3A00",
    "äöü€", "ünï/x", "日本",   "😀",   "quote'\"", "[x]{y}", "a\\b",
    "%25",  "~",     "@!$()*,"};

TEST_F(HdfsReal, OddNamesComeBackAsTheyWere) {
  HdfsStorage storage(*hdfs_);
  for (const std::string name : kOddNames) {
    const std::string path = kRoot + "/p/" + name + "/part-0";
    const Status created = hdfs_->Create(path, "bytes of " + name, false);
    if (name.find('\\') != name.npos && !created.ok()) continue;
    ASSERT_OK(created) << name;
    auto text = hdfs_->ReadSmall(path, 1000);
    ASSERT_OK(text) << name;
    EXPECT_EQ(*text, "bytes of " + name);
    auto list = storage.ListFiles(hdfs_->LocationOf(kRoot + "/p/" + name));
    ASSERT_OK(list);
    ASSERT_EQ(list->size(), 1u) << name;
    EXPECT_EQ(list->front().path, "part-0");
    ASSERT_OK(hdfs_->Rename(kRoot + "/p/" + name, kRoot + "/p/" + name + "~moved")) << name;
    auto there = hdfs_->Stat(kRoot + "/p/" + name + "~moved/part-0");
    ASSERT_OK(there);
    EXPECT_TRUE(there->has_value()) << name;
  }
}

TEST_F(HdfsReal, ListsBatchesAndLeavesOutWhatHiveDoesNotRead) {
  HdfsStorage storage(*hdfs_);
  ASSERT_OK(hdfs_->Create(kRoot + "/t/dt=1/a", "aa", false));
  ASSERT_OK(hdfs_->Create(kRoot + "/t/dt=1/_SUCCESS", "", false));
  ASSERT_OK(hdfs_->Create(kRoot + "/t/.hive-staging/x", "xx", false));
  ASSERT_OK(hdfs_->Create(kRoot + "/t/dt=2/sub/b", "bbb", false));
  auto lists = storage.ListEach({hdfs_->LocationOf(kRoot + "/t"), hdfs_->LocationOf(kRoot + "/none")});
  ASSERT_OK(lists);
  ASSERT_EQ((*lists)[0].size(), 2u);
  EXPECT_EQ((*lists)[0][0].path, "dt=1/a");
  EXPECT_EQ((*lists)[0][1].path, "dt=2/sub/b");
  EXPECT_EQ((*lists)[0][1].bytes, 3);
  EXPECT_FALSE((*lists)[0][1].open_for_write);
  EXPECT_TRUE((*lists)[1].empty());
}

TEST_F(HdfsReal, ReplacedFileOfTheSameSizeHasAnotherIdentity) {
  HdfsStorage storage(*hdfs_);
  const std::string location = hdfs_->LocationOf(kRoot);
  ASSERT_OK(hdfs_->Create(kRoot + "/f", "one", true));
  auto before = storage.ListFiles(location);
  ASSERT_OK(hdfs_->Create(kRoot + "/f", "two", true));
  auto after = storage.ListFiles(location);
  ASSERT_OK(before);
  ASSERT_OK(after);
  EXPECT_NE(before->front().identity, after->front().identity);
}

TEST_F(HdfsReal, DigestIsTheCrcOfTheBytesAndIndependentOfBlockSize) {
  HdfsStorage storage(*hdfs_);
  std::string bytes(3 << 20, 'x');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  ASSERT_OK(hdfs_->Create(kRoot + "/f", bytes, true));
  auto digests = storage.DigestEach({{hdfs_->LocationOf(kRoot), "f"}, {hdfs_->LocationOf(kRoot), "f"}});
  ASSERT_OK(digests);
  char expected[32];
  snprintf(expected, sizeof expected, "crc32c:%08x", ExtendCrc32c(0, bytes));
  EXPECT_EQ((*digests)[0], expected);
  EXPECT_EQ((*digests)[1], expected);
}

TEST_F(HdfsReal, StoredChecksumsTellEqualFilesWithoutReadingThem) {
  HdfsStorage storage(*hdfs_);
  ASSERT_OK(hdfs_->Create(kRoot + "/a", "the same bytes", true));
  ASSERT_OK(hdfs_->Create(kRoot + "/b", "the same bytes", true));
  ASSERT_OK(hdfs_->Create(kRoot + "/c", "the same bytez", true));
  ASSERT_OK(hdfs_->Create(kRoot + "/empty", "", true));
  const std::string root = hdfs_->LocationOf(kRoot);
  auto sums = storage.StoredChecksumEach({{root, "a"}, {root, "b"}, {root, "c"}, {root, "empty"}});
  ASSERT_OK(sums);
  EXPECT_NE((*sums)[0], "");
  EXPECT_EQ((*sums)[0], (*sums)[1]);
  EXPECT_NE((*sums)[0], (*sums)[2]);
  auto gone = storage.StoredChecksumEach({{root, "no_such_file"}});
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().code, ErrorCode::kConflict);
}

TEST_F(HdfsReal, RenameOntoAFolderIsRefusedAndNotNested) {
  ASSERT_OK(hdfs_->Create(kRoot + "/a/f", "1", false));
  ASSERT_OK(hdfs_->MakeFolders(kRoot + "/b"));
  const Status refused = hdfs_->Rename(kRoot + "/a", kRoot + "/b");
  // HDFS itself lets an empty folder be replaced only with OVERWRITE.
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict) << refused.error().message;
  const Status missing = hdfs_->Rename(kRoot + "/none", kRoot + "/c");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kConflict) << missing.error().message;
}

TEST_F(HdfsReal, AttributesAclsOwnersSnapshotsTrash) {
  ASSERT_OK(hdfs_->Create(kRoot + "/f", "1", false));
  ASSERT_OK(hdfs_->Append(kRoot + "/f", "2"));
  EXPECT_EQ(*hdfs_->ReadSmall(kRoot + "/f", 10), "12");
  ASSERT_OK(hdfs_->SetOwner(kRoot + "/f", "etl", "data"));
  ASSERT_OK(hdfs_->SetPermission(kRoot + "/f", 0640));
  ASSERT_OK(hdfs_->SetAcl(kRoot + "/f", {"user::rw-", "user:bob:r--", "group::r--", "other::---"}));
  auto acl = hdfs_->Acl(kRoot + "/f");
  ASSERT_OK(acl);
  EXPECT_EQ(acl->entries, (std::vector<std::string>{"user:bob:r--", "group::r--"}));
  ASSERT_OK(hdfs_->SetExtendedAttribute(kRoot + "/f", "user.godwit.x", "7"));
  ASSERT_OK(hdfs_->SetExtendedAttribute(kRoot + "/f", "user.godwit.x", "8"));
  EXPECT_EQ((*hdfs_->ExtendedAttributes(kRoot + "/f"))["user.godwit.x"], "8");
  auto there = hdfs_->Stat(kRoot + "/f");
  ASSERT_OK(there);
  EXPECT_EQ((*there)->owner, "etl");
  auto summary = hdfs_->Summary(kRoot);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->files, 1);
  EXPECT_EQ(summary->bytes, 2);
  auto trashed = hdfs_->MoveToTrash(kRoot + "/f");
  ASSERT_OK(trashed);
  EXPECT_TRUE(*trashed);
  EXPECT_FALSE(*hdfs_->MoveToTrash(kRoot + "/f"));
  EXPECT_FALSE(*hdfs_->Delete(kRoot + "/f", false));
  auto checksum = hdfs_->BlockChecksum(kRoot + "/f");
  ASSERT_FALSE(checksum.ok());
}

TEST_F(HdfsReal, PermissionIsChecked) {
  HdfsConfig config = HdfsOf(StackFile(), "source");
  (config.auth == HdfsAuth::kKerberos ? config.do_as : config.user) = "stranger";
  auto stranger = WebHdfs::Open(config);
  ASSERT_OK(stranger);
  ASSERT_OK(hdfs_->SetPermission(kRoot, 0700));
  const Status refused = (*stranger)->Create(kRoot + "/f", "1", false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput) << refused.error().message;
  auto may = (*stranger)->MayAccess(kRoot, "r-x");
  ASSERT_OK(may);
  EXPECT_FALSE(*may);
  EXPECT_TRUE(*hdfs_->MayAccess(kRoot, "rwx"));
}

TEST_F(HdfsReal, QuotaIsPartOfTheFreeSpaceAndRefusesDefinitely) {
  HdfsStorage storage(*hdfs_);
  auto space = storage.Space(hdfs_->LocationOf(kRoot + "/later/deeper"));
  ASSERT_OK(space);
  EXPECT_GT(space->bytes_total, 0);
}

TEST_F(HdfsReal, DoctorFindsAHealthyCluster) {
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const HdfsDiagnosis diagnosis = DiagnoseHdfs(*hdfs_, {hdfs_->LocationOf(kRoot)}, now);
  EXPECT_TRUE(diagnosis.cluster.starts_with("CID-")) << diagnosis.cluster;
  for (const Finding& finding : diagnosis.findings) {
    EXPECT_NE(finding.severity, Severity::kProblem) << finding.check << ": " << finding.text;
    std::cerr << finding.check << ": " << finding.text << "\n";
  }
}

TEST_F(HdfsReal, OpenFileIsSeen) {
  HdfsStorage storage(*hdfs_);
  ASSERT_OK(hdfs_->Create(kRoot + "/empty", "", false));
  auto list = storage.ListFiles(hdfs_->LocationOf(kRoot));
  ASSERT_OK(list);
  EXPECT_FALSE(list->front().open_for_write);
}

}  // namespace
}  // namespace godwit::executor
