#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "executor/adapters/distcp/copy_record.h"
#include "executor/adapters/distcp/copy_run.h"
#include "executor/adapters/distcp/distcp_command.h"
#include "executor/adapters/distcp/supervised_process.h"

namespace godwit::executor {
namespace {

std::string Line(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += (line.empty() ? "" : "|") + argument;
  return line;
}

DistcpRun SomeRun() {
  DistcpRun run;
  run.tag = "godwit:u; rm -rf /:1:copy";
  run.yarn_tag = "godwit_x";
  run.list_file = "/var/lib/godwit/x/sources";
  run.to = "hdfs://b/db/_godwit/.landing/x";
  run.sources = 100;
  return run;
}

TEST(DistcpCommand, GenericOptionsComeFirstAndNothingIsQuoted) {
  DistcpConfig config;
  config.command = {"/usr/bin/hadoop", "distcp"};
  config.resource_managers = {"http://rm:8088"};
  config.queue = "migration";
  EXPECT_EQ(
      Line(DistcpArguments(config, SomeRun())),
      "/usr/bin/hadoop|distcp|-Ddfs.checksum.combine.mode=COMPOSITE_CRC|"
      "-Dmapreduce.job.name=godwit:u; rm -rf /:1:copy|-Dmapreduce.map.speculative=false|"
      "-Dmapreduce.job.tags=godwit,godwit_x|-Dmapreduce.job.queuename=migration|-pugpax|-m|20|-i|-direct|"
      "-numListstatusThreads|8|-async|-f|file:///var/lib/godwit/x/sources|hdfs://b/db/_godwit/.landing/x");
}

TEST(DistcpCommand, LocalRunnerOfAnOldHadoop) {
  DistcpConfig config;
  config.command = {"/hadoop", "distcp"};
  config.composite_crc = config.direct = config.ignore_failures = false;
  config.listing_threads = 1;
  config.preserve = "b";
  config.properties = {"dfs.blocksize=1"};
  DistcpRun run = SomeRun();
  run.sources = 3;
  EXPECT_EQ(Line(DistcpArguments(config, run)),
            "/hadoop|distcp|-Dmapreduce.job.name=godwit:u; rm -rf /:1:copy|-Dmapreduce.map.speculative=false|"
            "-Ddfs.blocksize=1|-pb|-m|3|-f|file:///var/lib/godwit/x/sources|hdfs://b/db/_godwit/.landing/x");
}

TEST(DistcpCommand, LimitIsNeverExceeded) {
  DistcpConfig config;
  config.command = {"/hadoop"};
  for (const int64_t megabytes : {0, 1, 3, 7, 20, 50, 1000}) {
    DistcpRun run = SomeRun();
    run.bytes_per_second_max = megabytes << 20;
    const auto arguments = DistcpArguments(config, run);
    const auto value = [&](const std::string& option) {
      const auto it = std::find(arguments.begin(), arguments.end(), option);
      return it == arguments.end() ? 0 : std::stoll(*(it + 1));
    };
    EXPECT_GE(value("-m"), 1);
    EXPECT_LE(value("-m") * value("-bandwidth"), megabytes) << megabytes;
    if (megabytes > 0) {
      EXPECT_GT(value("-m") * value("-bandwidth") * 2, megabytes) << megabytes;
    }
  }
}

TEST(DistcpCommand, YarnTagIsShortLowerCaseAndItsOwn) {
  EXPECT_EQ(YarnTagOf("godwit:Ünit:1:a").size(), 39u);
  EXPECT_NE(YarnTagOf("a"), YarnTagOf("b"));
}

TEST(DistcpCommand, ExitIsExplainedByTheRootOfTheLog) {
  const std::string log =
      "INFO x\norg.apache.hadoop.hdfs.protocol.DSQuotaExceededException: quota is exceeded\n\tat a.b.C\n"
      "2026-11-23 02:43:13,646 ERROR tools.DistCp: Exception encountered \n"
      "java.io.IOException: DistCp failure: Job job_1 has failed: NA\n\tat d.e.F\n";
  const std::string text = ExplainExit(25, log);
  EXPECT_NE(text.find("copy failed (exit code 25)"), std::string::npos) << text;
  EXPECT_NE(text.find("DSQuotaExceededException"), std::string::npos) << text;
  EXPECT_NE(ExplainExit(255, "").find("a source is gone"), std::string::npos);
  EXPECT_NE(ExplainExit(137, "").find("killed"), std::string::npos);
}

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = (std::filesystem::temp_directory_path() / "godwit-distcp-XXXXXX").string();
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    path_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(path_); }
  SupervisedState Await() {
    for (int i = 0; i < 200; ++i) {
      const SupervisedState state = LookAtSupervised(path_);
      if (!state.running) return state;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return LookAtSupervised(path_);
  }
  std::string path_;
};

using SupervisedProcess = Folder;
using CopyRecordFile = Folder;

TEST_F(SupervisedProcess, LeavesItsExitCodeAndOutput) {
  ASSERT_TRUE(StartSupervised({"/bin/sh", "-c", "echo $GREETING; exit 25"}, {"GREETING=hello"}, path_).ok());
  const SupervisedState state = Await();
  ASSERT_TRUE(state.exit_code);
  EXPECT_EQ(*state.exit_code, 25);
  EXPECT_EQ(SupervisedLog(path_), "hello\n");
}

TEST_F(SupervisedProcess, ProgramThatIsNotThereEnds127) {
  ASSERT_TRUE(StartSupervised({"/no/such/program"}, {}, path_).ok());
  EXPECT_EQ(Await().exit_code, 127);
}

TEST_F(SupervisedProcess, IsStoppedWithWhatItStarted) {
  ASSERT_TRUE(StartSupervised({"/bin/sleep", "100"}, {}, path_).ok());
  EXPECT_TRUE(LookAtSupervised(path_).running);
  ASSERT_TRUE(StopSupervised(path_).ok());
  const SupervisedState state = LookAtSupervised(path_);
  EXPECT_FALSE(state.running);
  EXPECT_EQ(state.exit_code, 143);
  EXPECT_TRUE(StopSupervised(path_).ok());
}

TEST_F(SupervisedProcess, SurvivesTheOneThatStartedIt) {
  const pid_t starter = fork();
  if (starter == 0) {
    (void)StartSupervised({"/bin/sleep", "1"}, {}, path_);
    kill(getpid(), SIGKILL);
  }
  ASSERT_GT(starter, 0);
  for (int i = 0; i < 100 && !LookAtSupervised(path_).started; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(LookAtSupervised(path_).started);
  EXPECT_EQ(Await().exit_code, 0);
}

TEST_F(SupervisedProcess, ForeignProcessOfThatNumberIsNotTouched) {
  std::ofstream(path_ + "/pid") << getpid() << " 1\n";  // this process, but another start time
  EXPECT_FALSE(LookAtSupervised(path_).running);
  EXPECT_TRUE(StopSupervised(path_).ok());
}

TEST_F(CopyRecordFile, ComesBackAndTheFirstEndStands) {
  const CopyRecord record{"godwit:ü:1", Direction::kToSource, "digest", {{7, "/a b"}, {8, "/c"}}, 5, 6};
  const std::string folder = RecordFolder(path_, record.tag);
  EXPECT_FALSE(ReadRecord(folder)->has_value());
  ASSERT_TRUE(WriteRecord(folder, record).ok());
  EXPECT_EQ(**ReadRecord(folder), record);
  EXPECT_FALSE(ReadEnd(folder)->has_value());
  ASSERT_TRUE(WriteEnd(folder, {CopyState::kCancelled, 5, "why"}).ok());
  ASSERT_TRUE(WriteEnd(folder, {CopyState::kSucceeded, 9, ""}).ok());
  EXPECT_EQ((*ReadEnd(folder))->state, CopyState::kCancelled);
  std::ofstream(folder + "/request.json") << "{";
  EXPECT_EQ(ReadRecord(folder).error().code, ErrorCode::kCorrupt);
}

TEST_F(CopyRecordFile, RunComesBackWithItsCopies) {
  const CopyRun run{"shared", Direction::kToSource, "/l", {"a", "b"}, 7, 8};
  EXPECT_TRUE(ReadRuns(path_)->empty());
  ASSERT_TRUE(WriteRun(RecordFolder(path_, run.tag), run, "/a\n").ok());
  EXPECT_EQ(*ReadRuns(path_), std::vector<CopyRun>{run});
  std::ofstream(RecordFolder(path_, run.tag) + "/run.json") << "{}";
  EXPECT_EQ(ReadRuns(path_).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace godwit::executor
