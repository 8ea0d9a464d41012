// Copies between local sites when something goes wrong.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/child_process.h"
#include "executor/adapters/local/copy_folder.h"
#include "executor/adapters/local/copy_worker.h"
#include "executor/adapters/local/record_file.h"
#include "tests/executor/local/local_world.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;
using conformance::GivenWorld;
using namespace std::chrono_literals;

const TableName kOrders{"ods", "orders"};
constexpr char kDay[] = "dt=2026-11-01";

GivenWorld Files(size_t count, size_t bytes) {
  GivenWorld given;
  given.source.tables = {{"ods.orders", {"dt"}, {{kDay, {}}}, {}}};
  for (size_t i = 0; i < count; ++i) {
    given.source.tables[0].partitions[0].files.push_back(
        {"part-" + std::to_string(i), std::string(bytes, 'x')});
  }
  return given;
}

class LocalCopy : public testing::Test {
 protected:
  void Make(const GivenWorld& given) { world_ = std::make_unique<LocalWorld>(given); }

  CopyRequest Request(const std::string& attempt, int64_t bytes_per_second = 0) {
    CopyRequest request;
    request.tag = "godwit:u1:1:" + attempt;
    request.items = {{SourceLocation(), world_->AttemptLocation(Side::kTarget, kOrders, attempt, kDay)}};
    request.bytes_per_second_max = bytes_per_second;
    return request;
  }
  std::string SourceLocation() {
    return world_->world().source.catalog.ListPartitions(kOrders, "", 1)->at(0).location;
  }
  CopyStatus Await(const std::string& tag) {
    for (int i = 0; i < 3000; ++i) {
      const CopyStatus status = *copier().Poll(tag);
      if (status.state != CopyState::kRunning) return status;
      std::this_thread::sleep_for(10ms);
    }
    return {};
  }
  CopyFolder Folder(const std::string& tag) { return *CopyFolder::At(world_->At(Side::kTarget).root(), tag); }
  Copier& copier() { return world_->world().copier; }

  std::unique_ptr<LocalWorld> world_;
};

TEST_F(LocalCopy, WritesDownWhatItCopied) {
  Make(Files(2, 10));
  const CopyRequest request = Request("a1");
  ASSERT_TRUE(copier().Submit(request).ok());
  EXPECT_EQ(Await(request.tag).state, CopyState::kSucceeded);
  GODWIT_ASSERT_OK(const auto records, ReadRecords(Folder(request.tag).files_path()));
  ASSERT_TRUE(records.has_value());
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ(records->at(1),
            (Record{request.items[0].to, "part-1", "10",
                    *world_->world().target.storage.FileDigest(request.items[0].to, "part-1")}));
}

TEST_F(LocalCopy, SurvivesTheProcessThatAskedForIt) {
  Make(Files(4, 100'000));
  const CopyRequest request = Request("a1", 200'000);
  const pid_t child = fork();
  if (child == 0) {
    const bool ok =
        LocalCopier(world_->At(Side::kSource).root(), world_->At(Side::kTarget).root(), kGodwitProgram)
            .Submit(request)
            .ok();
    kill(getpid(), ok ? SIGKILL : SIGTERM);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_EQ(copier().Poll(request.tag)->state, CopyState::kRunning);
  EXPECT_EFFECT(Effect::kAlready, copier().Submit(request));
  EXPECT_EQ(Await(request.tag).state, CopyState::kSucceeded);
}

TEST_F(LocalCopy, IsFailedOnceItsProcessWasKilled) {
  Make(Files(4, 100'000));
  const CopyRequest request = Request("a1", 100'000);
  ASSERT_TRUE(copier().Submit(request).ok());
  GODWIT_ASSERT_OK(const auto worker, Folder(request.tag).ReadWorker());
  ASSERT_TRUE(worker.has_value());
  ASSERT_TRUE(KillProcess(*worker, 10s).ok());
  const CopyStatus status = Await(request.tag);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_EQ(status.message, "the process that copied died");
  EXPECT_EFFECT(Effect::kAlready, copier().Submit(request));  // a tag is worked on once
  EXPECT_EQ(copier().Poll(request.tag)->state, CopyState::kFailed);
}

TEST_F(LocalCopy, IsWorkedOnByOneProcessHoweverManyAreStarted) {
  Make(Files(3, 50'000));
  CopyRequest request = Request("a1", 300'000);
  const CopyFolder folder = Folder(request.tag);
  ASSERT_TRUE(folder.Make().ok());
  ASSERT_TRUE(folder.WriteRequest(request).ok());
  for (int i = 0; i < 5; ++i) {
    Command command;
    command.argv = {kGodwitProgram, "local", "copy", world_->At(Side::kTarget).root(), request.tag};
    EXPECT_EQ(RunCommand(command)->exit_code, 0);
  }
  EXPECT_EQ(Await(request.tag).state, CopyState::kSucceeded);  // two would trip over each other's files
}

TEST_F(LocalCopy, ThatWasNeverStartedIsStartedByAskingAgain) {
  Make(Files(1, 10));
  const CopyRequest request = Request("a1");
  ASSERT_TRUE(Folder(request.tag).Make().ok());
  ASSERT_TRUE(Folder(request.tag).WriteRequest(request).ok());  // and godwit died
  EXPECT_EQ(copier().Poll(request.tag)->state, CopyState::kAbsent);
  EXPECT_EFFECT(Effect::kDone, copier().Submit(request));
  EXPECT_EQ(Await(request.tag).state, CopyState::kSucceeded);
}

TEST_F(LocalCopy, CancelledBeforeItBeginsNeverBegins) {
  Make(Files(1, 10));
  const CopyRequest request = Request("a1");
  EXPECT_EFFECT(Effect::kAlready, copier().Cancel(request.tag));
  EXPECT_REFUSED(kConflict, copier().Submit(request));
  // Nor does one whose process was on its way.
  const CopyRequest second = Request("a2");
  ASSERT_TRUE(Folder(second.tag).Make().ok());
  ASSERT_TRUE(Folder(second.tag).WriteRequest(second).ok());
  EXPECT_EFFECT(Effect::kAlready, copier().Cancel(second.tag));
  ASSERT_TRUE(WorkOnCopy(world_->At(Side::kTarget).root(), second.tag, [] {}).ok());
  EXPECT_EQ(copier().Poll(second.tag)->state, CopyState::kCancelled);
  EXPECT_FALSE(fs::exists(second.items[0].to));
}

// The worker's pid now belongs to somebody else: cancelling must not kill them.
TEST_F(LocalCopy, CancellingKillsNobodyElse) {
  Make(Files(1, 10));
  const CopyRequest request = Request("a1");
  const CopyFolder folder = Folder(request.tag);
  ASSERT_TRUE(folder.Make().ok());
  ASSERT_TRUE(folder.WriteRequest(request).ok());
  const pid_t bystander = fork();
  if (bystander == 0) {
    pause();
    _exit(0);
  }
  ASSERT_TRUE(folder.WriteWorker({bystander, 1}).ok());  // began at another time
  EXPECT_EFFECT(Effect::kDone, copier().Cancel(request.tag));
  EXPECT_EQ(kill(bystander, 0), 0);
  EXPECT_EQ(waitpid(bystander, nullptr, WNOHANG), 0);
  kill(bystander, SIGKILL);
  waitpid(bystander, nullptr, 0);
}

TEST_F(LocalCopy, FailsBeforeItStartsWhereTheQuotaIsTooSmall) {
  Make(Files(3, 10'000));
  ASSERT_TRUE(world_->Db(Side::kTarget).Set("quota_bytes", "25000").ok());
  const CopyRequest request = Request("a1");
  ASSERT_TRUE(copier().Submit(request).ok());
  const CopyStatus status = Await(request.tag);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_NE(status.message.find("no space: 30000 bytes to copy, 25000 free"), std::string::npos)
      << status.message;
  EXPECT_FALSE(fs::exists(request.items[0].to));
}

TEST_F(LocalCopy, SaysWhichSourceFileIsOpen) {
  Make(Files(2, 10));
  const int fd = open((SourceLocation() + "/part-1").c_str(), O_WRONLY | O_CLOEXEC);
  const CopyRequest request = Request("a1");
  ASSERT_TRUE(copier().Submit(request).ok());
  const CopyStatus status = Await(request.tag);
  close(fd);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_NE(status.message.find("part-1: somebody has the source file open"), std::string::npos)
      << status.message;
}

TEST_F(LocalCopy, FailsOnAFileThatVanishes) {
  Make(Files(4, 100'000));
  const CopyRequest request = Request("a1", 200'000);
  ASSERT_TRUE(copier().Submit(request).ok());
  world_->RemoveFile(Side::kSource, SourceLocation(), "part-3");
  const CopyStatus status = Await(request.tag);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_NE(status.message.find("part-3"), std::string::npos) << status.message;
}

TEST_F(LocalCopy, OverwritesNothing) {
  Make(Files(1, 10));
  const CopyRequest request = Request("a1");
  world_->WriteFile(Side::kTarget, request.items[0].to, "part-0", "somebody's");
  ASSERT_TRUE(copier().Submit(request).ok());
  const CopyStatus status = Await(request.tag);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_NE(status.message.find("something is there already"), std::string::npos) << status.message;
  EXPECT_EQ(world_->ReadFile(Side::kTarget, request.items[0].to, "part-0"), "somebody's");
}

TEST_F(LocalCopy, KeepsToItsRate) {
  Make(Files(2, 300'000));
  const auto started = std::chrono::steady_clock::now();
  const CopyRequest request = Request("a1", 600'000);
  ASSERT_TRUE(copier().Submit(request).ok());
  EXPECT_EQ(Await(request.tag).state, CopyState::kSucceeded);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 900ms);
}

TEST_F(LocalCopy, ManagesPathsOfAnyBytes) {
  Make(Files(0, 0));
  const std::string odd = "tab\tline\nback\\slash caf\xe9 %25";
  world_->WriteFile(Side::kSource, SourceLocation() + "/" + odd, odd, "x");
  CopyRequest request = Request("a1");
  request.items = {{SourceLocation() + "/" + odd, request.items[0].to + "/" + odd}};
  ASSERT_TRUE(copier().Submit(request).ok());
  EXPECT_EQ(Await(request.tag).state, CopyState::kSucceeded);
  EXPECT_EQ(world_->ReadFile(Side::kTarget, request.items[0].to, odd), "x");
}

// A file system that is full: a small tmpfs over the attempt's folder, where this user may mount one.
TEST_F(LocalCopy, SaysThatTheDiskIsFull) {
  Make(Files(3, 400'000));
  const CopyRequest request = Request("a1");
  fs::create_directories(request.items[0].to);
  if (mount("tmpfs", request.items[0].to.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "may not mount";
  ASSERT_TRUE(copier().Submit(request).ok());
  const CopyStatus status = Await(request.tag);
  umount2(request.items[0].to.c_str(), MNT_DETACH);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_NE(status.message.find("no space left"), std::string::npos) << status.message;
  EXPECT_NE(status.message.find("part-2"), std::string::npos) << status.message;
}

TEST_F(LocalCopy, NeedsATagThatNamesAFolder) {
  Make(Files(1, 1));
  for (const std::string& tag : {std::string(), std::string(".."), std::string(300, 'x')}) {
    CopyRequest request = Request("a1");
    request.tag = tag;
    EXPECT_REFUSED(kInvalidInput, copier().Submit(request));
  }
  EXPECT_TRUE(copier().Running("")->empty());
}

TEST(RecordFile, KeepsAnyBytes) {
  const TemporaryFolder folder;
  const std::vector<Record> records = {{"a\tb", "c\nd", "e\\t", ""}, {std::string("\0x", 2)}, {""}};
  ASSERT_TRUE(WriteRecords(folder.path() + "/r", records).ok());
  GODWIT_ASSERT_OK(const auto back, ReadRecords(folder.path() + "/r"));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, records);
  EXPECT_FALSE(ReadRecords(folder.path() + "/none")->has_value());
}

}  // namespace
}  // namespace godwit::executor::local
