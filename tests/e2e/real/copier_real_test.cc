// The Copier port with real DistCp runs: in the child process, and on YARN where the stack has it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "executor/adapters/distcp/distcp_copier.h"
#include "executor/adapters/hdfs/hdfs_storage.h"
#include "tests/e2e/real/stack_file.h"

namespace godwit::executor {
namespace {

class CopierReal : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    stack_ = StackFile();
    if (GetParam() && stack_["yarn"] == "") GTEST_SKIP() << "the stack has no YARN";
    source_ = *WebHdfs::Open(HdfsOf(stack_, "source"));
    target_ = *WebHdfs::Open(HdfsOf(stack_, "target"));
    run_ = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    root_ = "/warehouse/copy" + run_ + ".db";
    OpenCopier();
  }

  // As after a restart of godwit.
  void OpenCopier() {
    DistcpConfig config;
    for (const auto& part : stack_["distcp"]) config.command.push_back(part);
    if (!GetParam()) config.properties = {"mapreduce.framework.name=local"};
    config.work_folder = std::string(stack_["work"]) + "/" + run_;
    if (GetParam()) config.resource_managers = {stack_["yarn"]};
    config.yarn_user = "root";
    config.maps_max = 2;
    auto opened = DistcpCopier::Open(config, *source_, *target_);
    ASSERT_OK(opened);
    copier_ = *std::move(opened);
  }

  CopyItem Item(const std::string& table, const std::string& partition) {
    const std::string below = partition.empty() ? "" : "/" + partition;
    return {source_->LocationOf(root_ + "/" + table + below),
            target_->LocationOf(root_ + "/_godwit/" + table + "/a1" + below)};
  }

  CopyStatus WaitFor(const std::string& tag) {
    for (int i = 0; i < 1200; ++i) {
      auto status = copier_->Poll(tag);
      if (!status.ok()) {
        ADD_FAILURE() << status.error().message;
        return {};
      }
      if (status->state != CopyState::kRunning) return *status;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return {};
  }

  std::vector<std::string> Files(WebHdfs& hdfs, const std::string& location) {
    HdfsStorage storage(hdfs);
    std::vector<std::string> files;
    auto list = storage.ListFiles(location);
    for (const FileStatus& file : *list) {
      files.push_back(file.path + " " + std::to_string(file.bytes) + " " +
                      *storage.FileDigest(location, file.path));
    }
    return files;
  }

  nlohmann::json stack_;
  std::unique_ptr<WebHdfs> source_, target_;
  std::unique_ptr<DistcpCopier> copier_;
  std::string run_, root_;
};

TEST_P(CopierReal, ManyTablesInOneRunLandWholeWithOwnersAndOddNames) {
  CopyRequest request;
  request.tag = "godwit:unit " + run_ + ":1:copy";
  for (const char* table : {"t1", "t2"}) {
    for (const char* partition :
         {"dt=1/city=a%2Fb c", "dt=2/city=a%2Fb c", "dt=2/city=100%25", "dt=2/city=Zürich"}) {
      request.items.push_back(Item(table, partition));
      const std::string path = root_ + "/" + table + "/" + partition;
      ASSERT_OK(source_->Create(path + "/part-0", std::string(2000, 'x') + table + partition, true));
      ASSERT_OK(source_->SetOwner(path, "etl", "data"));
      ASSERT_OK(source_->SetPermission(path, 0751));
    }
  }
  ASSERT_OK(source_->MakeFolders(root_ + "/empty"));
  request.items.push_back(Item("empty", ""));
  request.items.push_back(Item("vanished", ""));
  EXPECT_EQ(copier_->Poll(request.tag)->state, CopyState::kAbsent);
  auto submitted = copier_->Submit(request);
  ASSERT_OK(submitted);
  EXPECT_EQ(*submitted, Effect::kDone);
  EXPECT_EQ(*copier_->Submit(request), Effect::kAlready);
  const CopyStatus status = WaitFor(request.tag);
  ASSERT_EQ(status.state, CopyState::kSucceeded) << status.message;
  for (const CopyItem& item : request.items)
    EXPECT_EQ(Files(*source_, item.from), Files(*target_, item.to)) << item.to;
  auto there = target_->Stat(root_ + "/_godwit/t1/a1/dt=1/city=a%2Fb c");
  ASSERT_OK(there);
  EXPECT_EQ((*there)->owner, "etl");
  EXPECT_EQ((*there)->permission, 0751);
  auto left = target_->List(root_ + "/_godwit/.landing", "");
  ASSERT_OK(left);
  EXPECT_TRUE((*left)->entries.empty());
  EXPECT_EQ(copier_->Poll(request.tag)->state, CopyState::kSucceeded);
  EXPECT_TRUE(copier_->Running("godwit:unit " + run_)->empty());
}

TEST_P(CopierReal, RunningCopySurvivesARestartIsFoundByItsTagAndIsCancelled) {
  CopyRequest request;
  request.tag = "godwit:slow" + run_ + ":1:copy";
  request.items = {Item("slow", "")};
  request.bytes_per_second_max = 1 << 20;
  for (int i = 0; i < 4; ++i) {
    ASSERT_OK(source_->Create(root_ + "/slow/part-" + std::to_string(i), std::string(30 << 20, 'x'), true));
  }
  ASSERT_OK(copier_->Submit(request));
  std::this_thread::sleep_for(
      std::chrono::seconds(3));  // until then it waits for company: a restart would forget it
  OpenCopier();
  EXPECT_EQ(*copier_->Submit(request), Effect::kAlready);
  EXPECT_EQ(copier_->Poll(request.tag)->state, CopyState::kRunning);
  EXPECT_EQ(*copier_->Running("godwit:slow" + run_), std::vector<std::string>{request.tag});
  EXPECT_TRUE(copier_->Running("godwit:other")->empty());
  std::this_thread::sleep_for(std::chrono::seconds(GetParam() ? 25 : 8));
  auto cancelled = copier_->Cancel(request.tag);
  ASSERT_OK(cancelled);
  EXPECT_EQ(*copier_->Cancel(request.tag), Effect::kAlready);
  EXPECT_EQ(copier_->Poll(request.tag)->state, CopyState::kCancelled);
  EXPECT_TRUE(copier_->Running("")->empty());
  EXPECT_FALSE(target_->Stat(root_ + "/_godwit/slow/a1")->has_value());
}

TEST_P(CopierReal, FailureTellsWhyAndLeavesNothing) {
  CopyRequest request;
  request.tag = "godwit:quota" + run_ + ":1:copy";
  request.items = {Item("q", "")};
  ASSERT_OK(source_->Create(root_ + "/q/part-0", std::string(100, 'x'), true));
  ASSERT_OK(target_->MakeFolders(root_ + "/_godwit"));
  ASSERT_OK(target_->SetPermission(root_ + "/_godwit", 0555));
  ASSERT_OK(target_->SetOwner(root_ + "/_godwit", "hdfs", "hdfs"));
  DistcpConfig config = copier_->config();
  config.work_folder += "/stranger";
  const bool secured = stack_["source"]["ca_file"] != "";  // then a name alone makes nobody a stranger
  config.environment = {secured ? "HADOOP_PROXY_USER=stranger" : "HADOOP_USER_NAME=stranger"};
  auto stranger = DistcpCopier::Open(config, *source_, *target_);
  ASSERT_OK(stranger);
  copier_ = *std::move(stranger);
  ASSERT_OK(copier_->Submit(request));
  const CopyStatus status = WaitFor(request.tag);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_FALSE(status.message.empty());
  std::cerr << status.message << "\n";
  EXPECT_FALSE(target_->Stat(root_ + "/_godwit/q/a1")->has_value());
}

INSTANTIATE_TEST_SUITE_P(Runner, CopierReal, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Yarn" : "Local"; });

}  // namespace
}  // namespace godwit::executor
