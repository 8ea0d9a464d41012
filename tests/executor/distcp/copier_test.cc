// The copier with a program in DistCp's place, which copies folders by inode numbers into a NameNode in
// memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "executor/adapters/distcp/distcp_copier.h"
#include "tests/executor/hdfs/fake_hdfs.h"

namespace godwit::executor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// FOLDER TARGET … -f file://LIST hdfs://fake/LANDING: notes how many sources it got, waits for FOLDER/go,
// fails if FOLDER/fail is there.
constexpr char kProgram[] = R"(
folder=$0 target=$1
while [ "$1" != -f ]; do shift; done
list=${2#file://} landing=${3#hdfs://fake}
wc -l < "$list" >> "$folder/runs"
while [ ! -e "$folder/go" ]; do sleep 0.02; done
[ ! -e "$folder/fail" ] || { echo "java.io.IOException: as the test wants it"; exit 25; }
while read -r source; do
  curl -sf -X PUT -d x "$target/webhdfs/v1$landing/${source##*/}/part-0?op=CREATE&datanode=1" || exit 1
done < "$list"
)";

class CopierTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = (std::filesystem::temp_directory_path() / "godwit-copier-XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    folder_ = path;
    Reopen();
  }
  void TearDown() override {
    Touch("go");
    copier_.reset();
    std::filesystem::remove_all(folder_);
  }

  // As after a restart of godwit.
  void Reopen() {
    copier_.reset();
    DistcpConfig config;
    config.command = {"/bin/sh", "-c", kProgram, folder_, target_.address()};
    config.work_folder = folder_ + "/work";
    config.preserve = "";
    auto opened = DistcpCopier::Open(config, *source_hdfs_, *target_hdfs_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    copier_ = *std::move(opened);
  }

  CopyRequest Request(const std::string& table, const std::string& attempt = "a1") {
    source_.Put("/w/db/" + table + "/part-0", "x");
    CopyRequest request;
    request.tag = "godwit:" + table + ":" + attempt;
    request.items = {
        {"hdfs://fake/w/db/" + table, "hdfs://fake/w/db/_godwit/" + table + "/" + attempt + "/p"}};
    return request;
  }

  void Touch(const std::string& name) { std::ofstream(folder_ + "/" + name) << "\n"; }

  CopyStatus WaitFor(const std::string& tag) {
    for (int i = 0; i < 1000; ++i) {
      const auto status = copier_->Poll(tag);
      if (!status.ok() || status->state != CopyState::kRunning)
        return status.ok() ? *status : CopyStatus{CopyState::kFailed, 0, status.error().message};
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return {};
  }

  // How many folders each run got, in order.
  std::vector<int> Runs() {
    std::ifstream in(folder_ + "/runs");
    return {std::istream_iterator<int>(in), {}};
  }
  void WaitForRuns(size_t count) {
    for (int i = 0; i < 1000 && Runs().size() < count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  bool IsThere(const std::string& table, const std::string& attempt = "a1") {
    return target_.tree().contains("/w/db/_godwit/" + table + "/" + attempt + "/p/part-0");
  }
  bool LandingIsEmpty() {
    const auto tree = target_.tree();
    const auto below = tree.upper_bound("/w/db/_godwit/.landing/");
    return below == tree.end() || !below->first.starts_with("/w/db/_godwit/.landing/");
  }

  std::string folder_;
  FakeHdfs source_, target_;
  std::unique_ptr<WebHdfs> source_hdfs_ = source_.Open(), target_hdfs_ = target_.Open();
  std::unique_ptr<DistcpCopier> copier_;
};

TEST_F(CopierTest, CopiesThatWaitTogetherShareARunAndAreAnsweredEach) {
  Touch("go");
  for (const char* table : {"a", "b", "c"}) ASSERT_EQ(*copier_->Submit(Request(table)), Effect::kDone);
  EXPECT_EQ(*copier_->Submit(Request("a")), Effect::kAlready);
  EXPECT_THAT(*copier_->Running("godwit:b"), ElementsAre("godwit:b:a1"));
  for (const char* table : {"a", "b", "c"}) {
    const CopyStatus status = WaitFor(Request(table).tag);
    EXPECT_EQ(status.state, CopyState::kSucceeded) << status.message;
    EXPECT_TRUE(IsThere(table));
  }
  EXPECT_THAT(Runs(), ElementsAre(3));
  EXPECT_TRUE(LandingIsEmpty());
  EXPECT_THAT(*copier_->Running(""), IsEmpty());
}

TEST_F(CopierTest, SharedRunIsFoundAgainAfterARestart) {
  for (const char* table : {"a", "b"}) ASSERT_TRUE(copier_->Submit(Request(table)).ok());
  WaitForRuns(1);
  Reopen();
  EXPECT_EQ(copier_->Poll("godwit:a:a1")->state, CopyState::kRunning);
  EXPECT_EQ(*copier_->Submit(Request("b")), Effect::kAlready);
  EXPECT_THAT(*copier_->Running(""), ElementsAre("godwit:a:a1", "godwit:b:a1"));
  Touch("go");
  EXPECT_EQ(WaitFor("godwit:a:a1").state, CopyState::kSucceeded);
  Reopen();  // one of the two is over
  EXPECT_EQ(WaitFor("godwit:a:a1").state, CopyState::kSucceeded);
  EXPECT_EQ(WaitFor("godwit:b:a1").state, CopyState::kSucceeded);
  EXPECT_TRUE(IsThere("a") && IsThere("b"));
  EXPECT_THAT(Runs(), ElementsAre(2));
  EXPECT_TRUE(LandingIsEmpty());
}

TEST_F(CopierTest, CopyThatWaitedWhenGodwitDiedIsSubmittedAgain) {
  ASSERT_TRUE(copier_->Submit(Request("a")).ok());
  Reopen();
  EXPECT_EQ(copier_->Poll("godwit:a:a1")->state, CopyState::kAbsent);
  Touch("go");
  EXPECT_EQ(*copier_->Submit(Request("a")), Effect::kDone);
  EXPECT_EQ(WaitFor("godwit:a:a1").state, CopyState::kSucceeded);
  EXPECT_THAT(Runs(), ElementsAre(1));
}

TEST_F(CopierTest, WhatFailedInCompanyIsTriedAgainAlone) {
  Touch("go");
  Touch("fail");
  for (const char* table : {"a", "b"}) ASSERT_TRUE(copier_->Submit(Request(table)).ok());
  for (const char* table : {"a", "b"}) {
    const CopyStatus status = WaitFor(Request(table).tag);
    EXPECT_EQ(status.state, CopyState::kFailed);
    EXPECT_THAT(status.message, HasSubstr("as the test wants it"));
    EXPECT_THAT(status.message, HasSubstr("2 copies shared this run"));
  }
  EXPECT_TRUE(LandingIsEmpty());
  std::filesystem::remove(folder_ + "/fail");
  for (const char* table : {"a", "b", "c", "d"}) ASSERT_TRUE(copier_->Submit(Request(table, "a2")).ok());
  for (const char* table : {"a", "b", "c", "d"}) {
    EXPECT_EQ(WaitFor(Request(table, "a2").tag).state, CopyState::kSucceeded);
    EXPECT_TRUE(IsThere(table, "a2"));
  }
  auto runs = Runs();
  std::sort(runs.begin() + 1, runs.end());
  EXPECT_THAT(runs, ElementsAre(2, 1, 1, 2));
}

TEST_F(CopierTest, CancellingOneOfARunLeavesTheOthers) {
  for (const char* table : {"a", "b"}) ASSERT_TRUE(copier_->Submit(Request(table)).ok());
  WaitForRuns(1);
  EXPECT_EQ(*copier_->Cancel("godwit:a:a1"), Effect::kDone);
  EXPECT_EQ(*copier_->Cancel("godwit:a:a1"), Effect::kAlready);
  EXPECT_THAT(*copier_->Running(""), ElementsAre("godwit:b:a1"));
  Touch("go");
  EXPECT_EQ(WaitFor("godwit:b:a1").state, CopyState::kSucceeded);
  EXPECT_EQ(copier_->Poll("godwit:a:a1")->state, CopyState::kCancelled);
  EXPECT_TRUE(IsThere("b"));
  EXPECT_FALSE(IsThere("a"));
  EXPECT_TRUE(LandingIsEmpty());
}

TEST_F(CopierTest, CancellingTheLastOfARunEndsIt) {
  for (const char* table : {"a", "b"}) ASSERT_TRUE(copier_->Submit(Request(table)).ok());
  WaitForRuns(1);
  EXPECT_EQ(*copier_->Cancel("godwit:b:a1"), Effect::kDone);
  EXPECT_EQ(*copier_->Cancel("godwit:a:a1"), Effect::kDone);
  EXPECT_THAT(*copier_->Running(""), IsEmpty());
  EXPECT_TRUE(LandingIsEmpty());
}

TEST_F(CopierTest, CancelledBeforeItsRunBegan) {
  ASSERT_TRUE(copier_->Submit(Request("a")).ok());
  EXPECT_EQ(*copier_->Cancel("godwit:a:a1"), Effect::kDone);
  EXPECT_EQ(*copier_->Submit(Request("a")), Effect::kAlready);
  EXPECT_EQ(copier_->Poll("godwit:a:a1")->state, CopyState::kCancelled);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  EXPECT_THAT(Runs(), IsEmpty());
}

TEST_F(CopierTest, RunThatMayNotBeginFailsItsCopiesAndNoOthers) {
  Touch("go");
  target_.intercept = [](const std::string& operation, const httplib::Request& request,
                         httplib::Response& response) {
    const bool refused = operation == "MKDIRS" && request.path.find("/closed/") != std::string::npos;
    if (refused) FakeHdfs::Refuse(response, 403, "AccessControlException");
    return refused;
  };
  CopyRequest refused = Request("a");
  refused.items[0].to = "hdfs://fake/w/closed/_godwit/a/a1/p";
  ASSERT_TRUE(copier_->Submit(refused).ok());
  ASSERT_TRUE(copier_->Submit(Request("b")).ok());
  const CopyStatus status = WaitFor(refused.tag);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_THAT(status.message, HasSubstr("AccessControl"));
  EXPECT_EQ(WaitFor("godwit:b:a1").state, CopyState::kSucceeded);
}

TEST_F(CopierTest, ReceiverThatDoesNotAnswerWhenARunIsToBeginIsToldOf) {
  target_.intercept = [](const std::string& operation, const httplib::Request&, httplib::Response& response) {
    if (operation == "MKDIRS") FakeHdfs::Refuse(response, 403, "SafeModeException");
    return operation == "MKDIRS";
  };
  ASSERT_TRUE(copier_->Submit(Request("a")).ok());
  EXPECT_THAT(WaitFor("godwit:a:a1").message, HasSubstr("SafeMode"));
  EXPECT_THAT(Runs(), IsEmpty());
}

CopyRecord Waiting(const std::string& tag, std::vector<uint64_t> inodes, const std::string& db = "db",
                   int64_t bytes = 1) {
  CopyRecord record;
  record.tag = tag;
  record.bytes = bytes;
  for (const uint64_t inode : inodes) record.legs.push_back({inode, "/w/" + db + "/_godwit/t/" + tag});
  return record;
}

std::vector<std::string> Grouped(std::vector<CopyRecord> waiting, const std::set<uint64_t>& loners = {}) {
  std::vector<std::string> groups;
  for (const auto& group : GroupIntoRuns(std::move(waiting), loners)) {
    groups.emplace_back();
    for (const CopyRecord& record : group) groups.back() += record.tag;
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

TEST(GroupIntoRuns, SmallOnesOfADatabaseTogether) {
  EXPECT_THAT(Grouped({Waiting("c", {3}), Waiting("a", {1}), Waiting("x", {9}, "other"), Waiting("b", {2})}),
              ElementsAre("abc", "x"));
  EXPECT_THAT(Grouped({}), IsEmpty());
  EXPECT_THAT(Grouped({Waiting("nothing", {})}), IsEmpty());
}

TEST(GroupIntoRuns, WhatKeepsOthersWaitingGoesAlone) {
  EXPECT_THAT(Grouped({Waiting("a", {1}), Waiting("B", {2}, "db", int64_t{2} << 30), Waiting("c", {3})}),
              ElementsAre("B", "ac"));
  std::vector<CopyRecord> many;
  for (char c = 'a'; c < 'm'; ++c)
    many.push_back(Waiting({c}, {static_cast<uint64_t>(c)}, "db", int64_t{1} << 30));
  EXPECT_THAT(Grouped(many), ElementsAre("abcdefgh", "ijkl"));
}

TEST(GroupIntoRuns, OneFolderTwiceNeedsTwoRunsAndLonersStayAlone) {
  EXPECT_THAT(Grouped({Waiting("a", {1, 2}), Waiting("b", {2}), Waiting("c", {3})}), ElementsAre("a", "bc"));
  EXPECT_THAT(Grouped({Waiting("a", {1}), Waiting("b", {2}), Waiting("c", {3})}, {2}),
              ElementsAre("ac", "b"));
}

TEST(GroupIntoRuns, OtherDirectionsGoApart) {
  CopyRecord back = Waiting("b", {2});
  back.direction = Direction::kToSource;
  EXPECT_THAT(Grouped({Waiting("a", {1}), back}), ElementsAre("a", "b"));
}

TEST(RunOf, AddsUpWhatItsCopiesMayUse) {
  CopyRecord a = Waiting("a", {1, 2}), b = Waiting("b", {3});
  EXPECT_EQ(RunOf({a}).tag, "a");
  a.bytes_per_second_max = 10;
  EXPECT_EQ(RunOf({a, b}).bytes_per_second_max, 0);
  b.bytes_per_second_max = 5;
  const CopyRun run = RunOf({a, b});
  EXPECT_EQ(run.bytes_per_second_max, 15);
  EXPECT_EQ(run.sources, 3u);
  EXPECT_EQ(run, RunOf({a, b}));
  EXPECT_NE(run.tag, RunOf({a, Waiting("c", {3})}).tag);
  EXPECT_THAT(run.landing, testing::StartsWith("/w/db/_godwit/.landing/"));
}

}  // namespace
}  // namespace godwit::executor
