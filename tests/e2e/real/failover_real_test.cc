// WebHDFS, DistCp and a pair of NameNodes that fail over all the while (the scenario `namenode_failover`).
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <type_traits>

#include "executor/adapters/distcp/distcp_copier.h"
#include "executor/adapters/hdfs/hdfs_storage.h"
#include "executor/adapters/hdfs/web_hdfs.h"
#include "tests/e2e/real/stack_file.h"

namespace godwit::executor {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kOneCallMax{60};
constexpr int kCopiesMax = 5;

class FailoverReal : public testing::Test {
 protected:
  // Calls again as long as nobody answers; every other error fails the test.
  template <typename Call>
  std::invoke_result_t<Call> Retried(Call call) {
    const auto give_up = steady_clock::now() + kOneCallMax;
    for (;;) {
      auto answer = call();
      if (answer.ok()) return answer;
      EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << answer.error().message;
      ++unanswered_;
      if (steady_clock::now() > give_up) throw std::runtime_error(answer.error().message);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  void SetUp() override {
    stack_ = StackFile();
    if (stack_["source"]["namenodes"].size() < 2) GTEST_SKIP() << "the stack has one NameNode";
    source_ = *WebHdfs::Open(HdfsOf(stack_, "source"));
    target_ = *WebHdfs::Open(HdfsOf(stack_, "target"));
    ASSERT_OK(Retried([&] { return source_->Delete(root_, true); }));
    ASSERT_OK(Retried([&] { return source_->MakeFolders(root_); }));
  }

  // As the engine: after an unknown outcome it looks what became of it, and begins again if nothing did.
  void Write(const std::string& path, const std::string& bytes) {
    for (;;) {
      const Status created = source_->Create(path, bytes, false);
      if (created.ok()) return;
      ASSERT_EQ(created.error().code, ErrorCode::kUnavailable) << created.error().message;
      ++unanswered_;
      const auto there = Retried([&] { return source_->Stat(path); });
      if (there->has_value()) {
        ++had_happened_;
        return;
      }
    }
  }
  std::string Name(int file) const { return root_ + "/part-" + std::to_string(file); }

  // How the copy of all ended; tried again as the engine would.
  CopyState Copy(const std::string& to) {
    DistcpConfig config;
    for (const auto& part : stack_["distcp"]) config.command.push_back(part);
    config.properties = {"mapreduce.framework.name=local"};
    config.work_folder = std::string(stack_["work"]) + "/failover";
    auto copier = DistcpCopier::Open(config, *source_, *target_);
    EXPECT_OK(copier);
    CopyState state = CopyState::kFailed;
    for (int i = 0; i < kCopiesMax && state != CopyState::kSucceeded; ++i) {
      CopyRequest request;
      request.tag = "godwit:failover:" + std::to_string(i) + ":copy";
      request.items = {{source_->LocationOf(root_), target_->LocationOf(to)}};
      EXPECT_OK(Retried([&] { return (*copier)->Submit(request); }));
      do {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        state = Retried([&] { return (*copier)->Poll(request.tag); })->state;
      } while (state == CopyState::kRunning);
    }
    return state;
  }

  nlohmann::json stack_;
  std::unique_ptr<WebHdfs> source_, target_;
  const std::string root_ = "/warehouse/failover.db/t";
  int unanswered_ = 0, had_happened_ = 0;
};

TEST_F(FailoverReal, NothingIsLostOrWrittenTwice) {
  const char* seconds = std::getenv("GODWIT_FAILOVER_SECONDS");
  const auto until = steady_clock::now() + std::chrono::seconds(seconds ? std::atoi(seconds) : 20);
  int files = 0;
  for (; steady_clock::now() < until && !HasFailure(); ++files)
    Write(Name(files), "bytes of " + std::to_string(files));
  HdfsStorage source(*source_), target(*target_);
  const auto list = Retried([&] { return source.ListFiles(source_->LocationOf(root_)); });
  EXPECT_EQ(list->size(), static_cast<size_t>(files));
  for (int i = 0; i < files; ++i) {
    const auto text = Retried([&] { return source_->ReadSmall(Name(i), 100); });
    EXPECT_EQ(*text, "bytes of " + std::to_string(i));
  }
  const std::string copied = "/warehouse/failover.db/_godwit/t/a1";
  ASSERT_EQ(Copy(copied), CopyState::kSucceeded);
  const auto arrived = Retried([&] { return target.ListFiles(target_->LocationOf(copied)); });
  ASSERT_EQ(arrived->size(), list->size());
  for (size_t i = 0; i < list->size(); ++i) {
    EXPECT_EQ((*arrived)[i].path, (*list)[i].path);
    EXPECT_EQ((*arrived)[i].bytes, (*list)[i].bytes);
  }
  std::cerr << files << " files, " << unanswered_ << " calls without an answer, " << had_happened_
            << " of them had happened\n";  // the scenario sees that there were fail-overs
}

}  // namespace
}  // namespace godwit::executor
