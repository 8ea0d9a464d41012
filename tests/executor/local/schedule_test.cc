// The scheduler of a local site as a process: what it starts, and what survives whose death.
#include "executor/adapters/local/schedule.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/child_process.h"
#include "executor/adapters/local/start_process.h"
#include "tests/executor/local/local_world.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class ScheduleTest : public testing::Test {
 protected:
  ScheduleTest() : site_(*SiteDb::Create(folder_.path() + "/site")) {
    fs::create_directories(root() + "/jobs");
    EXPECT_TRUE(
        site_->Write([](Database& db) { return SetClock(db, *ParseTimestamp("2026-11-04T12:00"), 0); }).ok());
  }
  ~ScheduleTest() override {
    if (scheduler_ > 0) Stop(SIGKILL);
  }

  std::string root() const { return site_->root(); }

  // A job that is done up to the first of November; on the clock's morning the second and third are due.
  void AddJob(const std::string& name, const std::string& script, std::vector<std::string> waits_for = {}) {
    LocalJob job;
    job.name = name;
    job.command = {"bash", "-c", script, "job", "${due}"};
    job.at = "01:00";
    job.waits_for = std::move(waits_for);
    job.cursor = "2026-11-01";
    ASSERT_TRUE(site_->Write([&](Database& db) { return WriteJob(db, job); }).ok());
  }

  void AddTable(const std::string& name) {
    ASSERT_TRUE(
        site_
            ->Write([&](Database& db) {
              return db.Run(
                  "INSERT INTO tables(db, name, kind, columns, location) VALUES('d', ?, 'managed', '[]', '')",
                  {name});
            })
            .ok());
  }

  // What a job's SQL would do when it commits.
  static std::string Writes(const std::string& table) {
    return "sqlite3 -cmd '.timeout 10000' $GODWIT_SITE/site.db \"INSERT INTO run_outputs VALUES($GODWIT_RUN, "
           "'d', '" +
           table + "')\"";
  }

  void Start(std::vector<std::string> options = {}) {
    ProcessStart start;
    start.argv = {kGodwitProgram, "local", "schedule", root()};
    start.argv.insert(start.argv.end(), options.begin(), options.end());
    start.log = folder_.path() + "/scheduler.log";
    scheduler_ = *StartProcess(start);
  }

  int Stop(int signal) {
    kill(scheduler_, signal);
    return Wait();
  }

  int Wait() {
    int status = 0;
    waitpid(scheduler_, &status, 0);
    scheduler_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  int RunUntilIdle(std::vector<std::string> options = {}) {
    options.push_back("--until-idle");
    Start(options);
    return Wait();
  }

  std::vector<LocalRun> Runs(const std::string& job) {
    return *site_->Read([&](Database& db) { return ReadRuns(db, job); });
  }

  // "2026-11-02.1 succeeded, 2026-11-03.1 running"
  std::string Story(const std::string& job) {
    std::string story;
    for (const LocalRun& run : Runs(job)) {
      story += (story.empty() ? "" : ", ") + run.due + "." + std::to_string(run.attempt) + " " + run.state;
    }
    return story;
  }

  std::string Cursor(const std::string& job) {
    return site_->Read([&](Database& db) { return ReadJob(db, job); })->cursor;
  }

  std::string File(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(root() + "/" + path).rdbuf();
    return text.str();
  }

  std::string SchedulerLog() {
    std::ostringstream text;
    text << std::ifstream(folder_.path() + "/scheduler.log").rdbuf();
    return text.str();
  }

  void AwaitFile(const std::string& path) {
    for (int i = 0; i < 3000 && !fs::exists(root() + "/" + path); ++i) std::this_thread::sleep_for(10ms);
    ASSERT_TRUE(fs::exists(root() + "/" + path)) << path;
  }

  void AwaitStory(const std::string& job, const std::string& story) {
    for (int i = 0; i < 3000 && Story(job) != story; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(Story(job), story);
  }

  TemporaryFolder folder_;
  std::shared_ptr<SiteDb> site_;
  pid_t scheduler_ = 0;
};

TEST_F(ScheduleTest, RunsEachDueDateOnceInOrder) {
  AddJob("load", "echo $1 $GODWIT_DUE $(basename $PWD) >> ../order; echo hello");
  EXPECT_EQ(RunUntilIdle(), 0);
  EXPECT_EQ(File("order"), "2026-11-02 2026-11-02 jobs\n2026-11-03 2026-11-03 jobs\n");
  EXPECT_EQ(Story("load"), "2026-11-02.1 succeeded, 2026-11-03.1 succeeded");
  EXPECT_EQ(Cursor("load"), "2026-11-03");
  EXPECT_EQ(File("logs/load/2026-11-02.1.log"), "hello\n");
  EXPECT_EQ(RunUntilIdle(), 0);
  EXPECT_EQ(Runs("load").size(), 2u);
}

TEST_F(ScheduleTest, WaitsForTablesWhateverTheOrder) {
  AddTable("a");
  AddTable("b");
  AddJob("last", "echo last $1 >> ../order", {"d.b"});
  AddJob("middle", "echo middle $1 >> ../order; " + Writes("b"), {"d.a"});
  AddJob("start", "sleep 0.1; echo start $1 >> ../order; " + Writes("a"));
  EXPECT_EQ(RunUntilIdle(), 0);
  const std::string order = File("order");
  for (const char* due : {"2026-11-02", "2026-11-03"}) {
    const auto at = [&](const std::string& job) { return order.find(job + " " + due); };
    EXPECT_LT(at("start"), at("middle"));
    EXPECT_LT(at("middle"), at("last"));
    EXPECT_NE(at("last"), std::string::npos);
  }
}

TEST_F(ScheduleTest, TellsWhatItIsStuckOn) {
  AddTable("a");
  AddJob("reader", "true", {"d.a"});
  EXPECT_EQ(RunUntilIdle(), 3);
  EXPECT_NE(SchedulerLog().find("reader for 2026-11-02: waits for d.a of 2026-11-02"), std::string::npos)
      << SchedulerLog();
}

TEST_F(ScheduleTest, KeepsToItsParallelism) {
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    AddJob(name,
           "echo $(ls ../live 2>/dev/null | wc -l) >> ../seen; mkdir -p ../live; touch ../live/$$; sleep "
           "0.1; rm ../live/$$");
  }
  EXPECT_EQ(RunUntilIdle({"--parallel", "2"}), 0);
  std::istringstream seen(File("seen"));
  int count = 0;
  for (int others = 0; seen >> others; ++count) EXPECT_LE(others, 1);
  EXPECT_EQ(count, 10);
}

TEST_F(ScheduleTest, TriesThreeTimesAndThenWaitsForSomebody) {
  AddJob("broken", "echo last words; exit 9");
  EXPECT_EQ(RunUntilIdle(), 3);
  EXPECT_EQ(Story("broken"), "2026-11-02.1 failed, 2026-11-02.2 failed, 2026-11-02.3 failed");
  EXPECT_EQ(Runs("broken")[0].message, "exit code 9: last words");
  EXPECT_EQ(Cursor("broken"), "2026-11-01");
  AddJob("broken", "true");  // mended
  EXPECT_EQ(RunUntilIdle(), 3);
  Command retry;
  retry.argv = {kGodwitProgram, "local", "retry", root(), "broken"};
  EXPECT_EQ(RunCommand(retry)->exit_code, 0);
  EXPECT_EQ(RunUntilIdle(), 0);
  EXPECT_EQ(Cursor("broken"), "2026-11-03");
}

TEST_F(ScheduleTest, TriesADeniedRunAgainWithoutCounting) {
  AddJob("frozen", "[ -e ../thawed ] || exit 75");
  Start();
  AwaitStory("frozen", "2026-11-02.1 denied, 2026-11-02.2 denied, 2026-11-02.3 denied, 2026-11-02.4 denied");
  std::ofstream(root() + "/thawed") << "";
  for (int i = 0; i < 3000 && Cursor("frozen") != "2026-11-03"; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(Cursor("frozen"), "2026-11-03");
  EXPECT_EQ(Stop(SIGTERM), 0);
}

TEST_F(ScheduleTest, ADeniedWriterIsDeniedWhateverItsScriptSays) {
  AddJob("careless",
         "sqlite3 $GODWIT_SITE/site.db \"UPDATE runs SET message = 'denied: d.t is closed' WHERE id = "
         "$GODWIT_RUN\"; exit 0");
  Start();
  AwaitStory("careless", "2026-11-02.1 denied");
  EXPECT_EQ(Cursor("careless"), "2026-11-01");
}

TEST_F(ScheduleTest, AJobThatIsFencedOffIsDeniedBeforeItStarts) {
  AddJob("export", "touch ../ran");
  LocalScheduler port(site_);
  EXPECT_EFFECT(Effect::kDone, port.SetGuard("export", true, 2));
  Start();
  AwaitStory("export", "2026-11-02.1 denied, 2026-11-02.2 denied");
  EXPECT_FALSE(fs::exists(root() + "/ran"));
  EXPECT_EFFECT(Effect::kDone, port.SetGuard("export", false, 3));
  AwaitFile("ran");
}

TEST_F(ScheduleTest, StartsNothingThatIsPaused) {
  AddJob("load", "touch ../ran");
  LocalScheduler port(site_);
  EXPECT_EFFECT(Effect::kDone, port.SetPaused("load", true, 1));
  EXPECT_EQ(RunUntilIdle(), 0);
  EXPECT_EQ(Story("load"), "");
  EXPECT_EFFECT(Effect::kDone, port.SetCursor("load", port.GetJob("load")->cursor, "2026-11-02", 1));
  EXPECT_EFFECT(Effect::kDone, port.SetPaused("load", false, 1));
  EXPECT_EQ(RunUntilIdle(), 0);
  EXPECT_EQ(Story("load"), "2026-11-03.1 succeeded");
}

TEST_F(ScheduleTest, ASiteHasOneScheduler) {
  AddJob("load", "touch ../started; sleep 1");
  Start();
  AwaitFile("started");
  Command second;
  second.argv = {kGodwitProgram, "local", "schedule", root()};
  const Result<Finished> refused = RunCommand(second);
  EXPECT_EQ(refused->exit_code, 1);
  EXPECT_NE(refused->err.find("has a scheduler already"), std::string::npos) << refused->err;
}

TEST_F(ScheduleTest, FinishesRunningJobsWhenItIsToldToStop) {
  AddJob("load", "touch ../started; sleep 0.5");
  Start();
  AwaitFile("started");
  EXPECT_EQ(Stop(SIGTERM), 0);
  EXPECT_EQ(Story("load"), "2026-11-02.1 succeeded");
}

TEST_F(ScheduleTest, ARunOutlivesAKilledScheduler) {
  AddJob("load", "touch ../started; sleep 0.5; echo $1 >> ../order");
  Start();
  AwaitFile("started");
  Stop(SIGKILL);
  EXPECT_EQ(LocalScheduler(site_).GetJob("load")->in_flight, 1);
  EXPECT_EQ(RunUntilIdle(), 0);
  EXPECT_EQ(File("order"), "2026-11-02\n2026-11-03\n");  // neither twice nor never
  EXPECT_EQ(Story("load"), "2026-11-02.1 succeeded, 2026-11-03.1 succeeded");
}

TEST_F(ScheduleTest, AKilledRunIsFailedAndTriedAgain) {
  AddJob("load", "[ -e ../second ] || { touch ../started; sleep 60; }");
  Start();
  AwaitFile("started");
  std::ofstream(root() + "/second") << "";
  const LocalRun run = Runs("load").at(0);
  ASSERT_TRUE(KillProcess(run.process, 10s).ok());
  AwaitStory("load", "2026-11-02.1 failed, 2026-11-02.2 succeeded, 2026-11-03.1 succeeded");
  EXPECT_EQ(Runs("load")[0].message, "its process is gone");
}

TEST_F(ScheduleTest, ARunThatWasNeverStartedIsTriedAgain) {
  AddJob("load", "true");
  ASSERT_TRUE(site_->Write([](Database& db) { return AddRun(db, "load", "2026-11-02"); })
                  .ok());  // and the scheduler died
  EXPECT_EQ(LocalScheduler(site_).GetJob("load")->in_flight, 1);
  EXPECT_EQ(RunUntilIdle(), 0);
  EXPECT_EQ(Story("load"), "2026-11-02.1 failed, 2026-11-02.2 succeeded, 2026-11-03.1 succeeded");
}

TEST_F(ScheduleTest, LeavesNothingRunningBehindAJob) {
  AddJob("sloppy", "sleep 300 & echo $! > ../child");
  EXPECT_EQ(RunUntilIdle(), 0);
  const std::string stat = "/proc/" + std::to_string(std::stoi(File("child"))) + "/stat";
  std::string line;
  for (int i = 0; i < 500; ++i) {  // it was killed, and takes a moment to die
    line.clear();
    std::ifstream file(stat);
    std::getline(file, line);
    if (line.empty() || line.find(") Z ") != std::string::npos) return;
    std::this_thread::sleep_for(10ms);
  }
  FAIL() << line;
}

TEST_F(ScheduleTest, ARunThatWasGivenUpDoesNotMoveTheCursor) {
  AddJob("slow", "touch ../started; sleep 0.5");
  Start();
  AwaitFile("started");
  ASSERT_TRUE(site_
                  ->Write([](Database& db) {
                    return db.Run(
                        "UPDATE runs SET state = 'failed', message = 'given up' WHERE due = '2026-11-02' AND "
                        "attempt = 1");
                  })
                  .ok());
  AwaitStory("slow", "2026-11-02.1 failed, 2026-11-02.2 succeeded, 2026-11-03.1 succeeded");
  EXPECT_EQ(Runs("slow")[0].message, "given up");
}

TEST_F(ScheduleTest, AWatermarkNeverGoesBack) {
  AddTable("a");
  AddJob("load", Writes("a"));
  ASSERT_TRUE(site_
                  ->Write([](Database& db) {
                    return db.Run("UPDATE tables SET parameters = '{\"watermark\":\"2026-11-02\"}'");
                  })
                  .ok());
  Start();
  AwaitStory("load", "2026-11-02.1 succeeded, 2026-11-03.1 succeeded");
  GODWIT_ASSERT_OK(const auto table, LocalCatalog(site_).GetTable({"d", "a"}));
  EXPECT_EQ(table->parameters.at("watermark"), "2026-11-03");
}

TEST_F(ScheduleTest, FollowsTheClock) {
  AddJob("load", "echo $1 >> ../order");
  ASSERT_TRUE(
      site_->Write([](Database& db) { return SetClock(db, *ParseTimestamp("2026-11-02T23:00"), 36000); })
          .ok());
  Start();  // ten hours a second: the run of the 2nd is due in 0.2 s, that of the 3rd 2.4 s later
  AwaitStory("load", "2026-11-02.1 succeeded");
  const Timestamp first = Runs("load")[0].started;
  AwaitStory("load", "2026-11-02.1 succeeded, 2026-11-03.1 succeeded");
  const Duration between = Runs("load")[1].started - first;
  EXPECT_GE(between, 1800ms);
  EXPECT_LE(between, 10s);
}

}  // namespace
}  // namespace godwit::executor::local
