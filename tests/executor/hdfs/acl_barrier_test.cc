#include "executor/adapters/hdfs/acl_barrier.h"

#include <gtest/gtest.h>

#include "executor/adapters/hdfs/barrier_record.h"
#include "tests/executor/hdfs/fake_hdfs.h"

namespace godwit::executor {
namespace {

// A catalog of one partitioned table, one partition of which lies elsewhere.
class OneTable : public Catalog {
 public:
  Result<std::string> Identity() override { return std::string("one"); }
  Result<std::vector<TableName>> ListTables() override { return std::vector<TableName>{{"db", "t"}}; }
  Result<std::optional<DatabaseMeta>> GetDatabase(const std::string& name) override {
    return std::optional<DatabaseMeta>(DatabaseMeta{name, "hdfs://fake/w/db", "", {}});
  }
  Result<std::optional<TableMeta>> GetTable(const TableName& table) override {
    TableMeta meta;
    meta.name = table;
    meta.location = "hdfs://fake/w/db/t";
    meta.partition_keys = {{"dt", "string", ""}};
    return std::optional<TableMeta>(meta);
  }
  Result<std::vector<PartitionMeta>> ListPartitions(const TableName&, const std::string& after,
                                                    size_t) override {
    if (!after.empty()) return std::vector<PartitionMeta>{};
    return std::vector<PartitionMeta>{{"dt=1", "hdfs://fake/w/db/t/dt=1", {}, {}},
                                      {"dt=2", "hdfs://fake/elsewhere/two", {}, {}},
                                      {"dt=3", "hdfs://fake/w/db/_godwit/t/a1/dt=3", {}, {}}};
  }
  Result<std::optional<PartitionMeta>> GetPartition(const TableName&, const std::string&) override {
    return std::optional<PartitionMeta>();
  }
  Result<Effect> CreateDatabase(const DatabaseMeta&) override { return Effect::kAlready; }
  Result<Effect> CreateTable(const TableMeta&, const std::string&) override { return Effect::kAlready; }
  Result<Effect> AlterTable(const TableMeta&, const std::string&, Token) override { return Effect::kAlready; }
  Result<Effect> Publish(const Publication&) override { return Effect::kAlready; }
  Result<Effect> SetRoute(const TableName&, const Route&) override { return Effect::kAlready; }
  Result<Route> GetRoute(const TableName&) override { return Route{}; }
};

class Barrier : public testing::Test {
 protected:
  void SetUp() override {
    fake_.Put("/w/db/t/dt=1/f", "x");
    fake_.Put("/elsewhere/two/sub/f", "x");
    fake_.Put("/elsewhere/other/f", "x");
    hdfs_ = fake_.Open();
    ASSERT_TRUE(hdfs_->SetPermission("/w/db/t", 0775).ok());
    ASSERT_TRUE(hdfs_->SetPermission("/w/db/t/dt=1", 0700).ok());
  }
  int Mode(const std::string& path) { return fake_.tree().at(path).permission; }

  const TableName kTable{"db", "t"};
  FakeHdfs fake_;
  std::unique_ptr<WebHdfs> hdfs_;
  OneTable catalog_;
};

TEST_F(Barrier, CopiesOfAClosedTableBecomeAsWritableAsTheTable) {
  fake_.Put("/w/db/_godwit/t/a1/dt=3/f", "x");
  ASSERT_TRUE(hdfs_->SetPermission("/w/db/_godwit/t/a1/dt=3", 0555).ok());
  ASSERT_TRUE(hdfs_->SetPermission("/w/db/t/dt=1", 0555).ok());
  AclBarrier barrier(*hdfs_, catalog_);
  ASSERT_TRUE(barrier.Set(kTable, Party::kWriters, true, 2).ok());
  EXPECT_EQ(Mode("/w/db/t"), 0555);
  ASSERT_TRUE(barrier.Set(kTable, Party::kWriters, false, 3).ok());
  EXPECT_EQ(Mode("/w/db/t"), 0775);
  EXPECT_EQ(Mode("/w/db/_godwit/t/a1/dt=3"), 0775);
  EXPECT_EQ(Mode("/w/db/t/dt=1"), 0555) << "read-only before, and not ours";
}

TEST_F(Barrier, ClosesEveryFolderOfTheTableAndOpensThemAsTheyWere) {
  AclBarrier barrier(*hdfs_, catalog_);
  const auto set = [&](bool closed, Token token) {
    return barrier.Set(kTable, Party::kWriters, closed, token);
  };
  EXPECT_FALSE(barrier.Get(kTable, Party::kWriters)->closed);
  auto closed = set(true, 2);
  ASSERT_TRUE(closed.ok()) << closed.error().message;
  EXPECT_EQ(*closed, Effect::kDone);
  EXPECT_EQ(*set(true, 2), Effect::kAlready);
  EXPECT_TRUE(barrier.Get(kTable, Party::kWriters)->closed);
  EXPECT_EQ(barrier.Get(kTable, Party::kWriters)->token, 2u);
  EXPECT_EQ(Mode("/w/db/t"), 0555);
  EXPECT_EQ(Mode("/w/db/t/dt=1"), 0500);
  EXPECT_EQ(Mode("/elsewhere/two/sub"), 0555);
  EXPECT_EQ(Mode("/elsewhere/other"), 0755);
  EXPECT_EQ(Mode("/w/db"), 0755);

  EXPECT_EQ(set(false, 1).error().code, ErrorCode::kConflict);
  EXPECT_EQ(*set(false, 3), Effect::kDone);
  EXPECT_EQ(*set(false, 3), Effect::kAlready);
  EXPECT_FALSE(barrier.Get(kTable, Party::kWriters)->closed);
  EXPECT_EQ(Mode("/w/db/t"), 0775);
  EXPECT_EQ(Mode("/w/db/t/dt=1"), 0700);
  EXPECT_EQ(Mode("/elsewhere/two/sub"), 0755);
}

TEST_F(Barrier, SecondClosingRemembersWhatWasBeforeTheFirst) {
  AclBarrier barrier(*hdfs_, catalog_);
  ASSERT_TRUE(barrier.Set(kTable, Party::kWriters, true, 2).ok());
  ASSERT_TRUE(barrier.Set(kTable, Party::kWriters, true, 4).ok());
  ASSERT_TRUE(barrier.Set(kTable, Party::kWriters, false, 5).ok());
  EXPECT_EQ(Mode("/w/db/t"), 0775);
  EXPECT_EQ(Mode("/w/db/t/dt=1"), 0700);
}

TEST_F(Barrier, FolderThatBecameWritableMeansNotClosed) {
  AclBarrier barrier(*hdfs_, catalog_);
  ASSERT_TRUE(barrier.Set(kTable, Party::kWriters, true, 2).ok());
  ASSERT_TRUE(hdfs_->SetPermission("/w/db/t/dt=1", 0700).ok());
  EXPECT_FALSE(barrier.Get(kTable, Party::kWriters)->closed);
  EXPECT_EQ(*barrier.Set(kTable, Party::kWriters, true, 2), Effect::kDone);
  EXPECT_TRUE(barrier.Get(kTable, Party::kWriters)->closed);
}

// Dies at each of its changes in turn, and is asked again: the end is the same.
TEST_F(Barrier, SurvivesAFailureAtEveryChange) {
  AclBarrier barrier(*hdfs_, catalog_);
  for (int fail_at = 0; fail_at < 60; ++fail_at) {
    const Token token = 10 + 2 * static_cast<Token>(fail_at);
    int changes = 0;
    fake_.intercept = [&](const std::string& operation, const httplib::Request& request,
                          httplib::Response& response) {
      const bool change = request.method != "GET" && operation != "CREATE";
      if (!change || changes++ != fail_at) return false;
      return FakeHdfs::Refuse(response, 500, "IOException"), true;
    };
    (void)barrier.Set(kTable, Party::kWriters, true, token);
    (void)barrier.Set(kTable, Party::kWriters, false, token + 1);
    fake_.intercept = nullptr;
    ASSERT_TRUE(barrier.Set(kTable, Party::kWriters, false, token + 1).ok());
    EXPECT_EQ(Mode("/w/db/t"), 0775) << fail_at;
    EXPECT_EQ(Mode("/w/db/t/dt=1"), 0700) << fail_at;
    EXPECT_EQ(Mode("/elsewhere/two/sub"), 0755) << fail_at;
    EXPECT_FALSE(barrier.Get(kTable, Party::kWriters)->closed) << fail_at;
    if (changes <= fail_at) return;  // nothing was left to fail
  }
  FAIL() << "there is no end to the changes";
}

TEST_F(Barrier, CopiersAreKeptOutByTheRecordAlone) {
  AclBarrier barrier(*hdfs_, catalog_);
  ASSERT_TRUE(barrier.Set(kTable, Party::kCopiers, true, 4).ok());
  EXPECT_TRUE(barrier.Get(kTable, Party::kCopiers)->closed);
  EXPECT_EQ(Mode("/w/db/t"), 0775);
  EXPECT_EQ(barrier.Set(kTable, Party::kCopiers, false, 3).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(barrier.Set(kTable, Party::kCopiers, false, 5).ok());
  EXPECT_FALSE(barrier.Get(kTable, Party::kCopiers)->closed);
  EXPECT_EQ(barrier.Get(kTable, Party::kCopiers)->token, 5u);
}

TEST(BarrierRecord, ComesBack) {
  const BarrierRecord record{true, 42};
  EXPECT_EQ(RecordName(record), "00000000000000000042.closed");
  EXPECT_EQ(*ParseRecordName(RecordName(record)), record);
  for (const char* other : {"", "x.closed", "1", "1.shut", ".closed"})
    EXPECT_FALSE(ParseRecordName(other).ok()) << other;
  const FolderModes modes = {{"/a b", 0755}, {"/c", 0}};
  EXPECT_EQ(*ParseModes(FormatModes(modes)), modes);
  EXPECT_EQ(ParseModes("755 /a").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(ParseModes("755 /a\n").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace godwit::executor
