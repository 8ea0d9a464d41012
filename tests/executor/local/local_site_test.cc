// What is particular to local sites; what every kind of site does is in tests/conformance.
#include "executor/adapters/local/local_site.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "executor/adapters/local/file_tree.h"
#include "executor/adapters/local/job_table.h"
#include "tests/executor/local/local_world.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;
using conformance::GivenWorld;

const TableName kOrders{"ods", "orders"};

TEST(SiteDb, IsMadeOnceAndFoundAgain) {
  const TemporaryFolder folder;
  const std::string root = folder.path() + "/site";
  ASSERT_TRUE(SiteDb::Create(root).ok());
  EXPECT_REFUSED(kConflict, SiteDb::Create(root));
  GODWIT_ASSERT_OK(const auto site, SiteDb::Open(root));
  EXPECT_EQ(site->Setting("identity")->size(), 36u);
  EXPECT_EQ(*site->Setting("no such setting"), "");
}

TEST(SiteDb, RefusesWhatIsNoSite) {
  const TemporaryFolder folder;
  EXPECT_REFUSED(kInvalidInput, SiteDb::Open(folder.path()));
  EXPECT_REFUSED(kInvalidInput, SiteDb::Open(folder.path() + "/nowhere"));
  EXPECT_FALSE(fs::exists(folder.path() + "/nowhere"));
}

TEST(SiteDb, RefusesAnotherVersion) {
  const TemporaryFolder folder;
  GODWIT_ASSERT_OK(const auto site, SiteDb::Create(folder.path()));
  ASSERT_TRUE(site->Write([](Database& db) { return db.Run("PRAGMA user_version = 99"); }).ok());
  EXPECT_REFUSED(kUnsupported, SiteDb::Open(folder.path()));
}

TEST(SiteDb, SaysWhenTheFileIsBroken) {
  const TemporaryFolder folder;
  ASSERT_TRUE(SiteDb::Create(folder.path()).ok());
  fs::resize_file(folder.path() + "/site.db", 0);
  const int fd = open((folder.path() + "/site.db").c_str(), O_WRONLY);
  ASSERT_EQ(write(fd, "this is no database file at all", 31), 31);
  close(fd);
  EXPECT_REFUSED(kCorrupt, SiteDb::Open(folder.path()));
}

TEST(LocalPair, NeedsTwoSites) {
  const TemporaryFolder folder;
  ASSERT_TRUE(SiteDb::Create(folder.path()).ok());
  GODWIT_ASSERT_OK(const auto one, LocalSite::Open(folder.path()));
  GODWIT_ASSERT_OK(const auto same,
                   LocalSite::Open(folder.path() + "/../" + fs::path(folder.path()).filename().string()));
  EXPECT_REFUSED(kInvalidInput, ConnectLocalSites(*one, *same, kGodwitProgram));
}

GivenWorld OneTable() {
  GivenWorld given;
  given.target.tables = {{"ods.orders", {"dt"}, {{"dt=2026-11-01", {{"part-0", "1,a\n"}}}}, {}}};
  return given;
}

// Of many that try at once, with tokens of their own, the largest token stands at the end, whoever came last.
TEST(LocalBarrier, IsFencedBetweenThreadsAndConnections) {
  LocalWorld world(OneTable());
  constexpr Token kTokens = 40;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&world, thread] {
      const auto site = LocalSite::Open(world.At(Side::kTarget).root());
      for (Token token = 1 + static_cast<Token>(thread); token <= kTokens; token += 4) {
        (void)(*site)->Ports().barrier.Set(kOrders, Party::kWriters, token % 2 == 0, token);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  GODWIT_ASSERT_OK(const BarrierStatus status, world.world().target.barrier.Get(kOrders, Party::kWriters));
  EXPECT_EQ(status.token, kTokens);
  EXPECT_TRUE(status.closed);
}

TEST(LocalBarrier, RefusesATokenThatItCannotKeep) {
  LocalWorld world(OneTable());
  EXPECT_REFUSED(kInvalidInput, world.world().target.barrier.Set(kOrders, Party::kWriters, true, ~Token{0}));
}

// A writer killed in the middle of its transaction leaves nothing behind, and nobody waits for it.
TEST(LocalCatalog, ForgetsATransactionWhoseProcessDied) {
  LocalWorld world(OneTable());
  const std::string root = world.At(Side::kTarget).root();
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto db = Database::Open(root + "/site.db", false);
    if (!db->Run("BEGIN IMMEDIATE").ok() || !db->Run("DELETE FROM tables").ok()) _exit(1);
    (void)!write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  EXPECT_EFFECT(Effect::kDone, world.world().target.catalog.SetRoute(kOrders, {"target", 1}));
  EXPECT_EQ(world.world().target.catalog.ListTables()->size(), 1u);
}

TEST(LocalCatalog, HoldsMarksOfTheOtherSiteBack) {
  LocalWorld world(OneTable());
  Catalog& catalog = world.world().target.catalog;
  GODWIT_ASSERT_OK(auto table, catalog.GetTable(kOrders));
  table->parameters["godwit.op"] = "from the other site";
  table->name.name = "copy";
  EXPECT_EFFECT(Effect::kDone, catalog.CreateTable(*table, "op1"));
  EXPECT_EQ(catalog.GetTable(table->name)->value().parameters.at("godwit.op"), "op1");
}

TEST(LocalCatalog, RefusesMetadataThatIsNotText) {
  LocalWorld world(OneTable());
  Catalog& catalog = world.world().target.catalog;
  GODWIT_ASSERT_OK(auto table, catalog.GetTable(kOrders));
  table->columns[0].comment = "caf\xe9";
  EXPECT_REFUSED(kInvalidInput, catalog.AlterTable(*table, "op1", 0));
}

TEST(LocalCatalog, DoesNotPartitionATableAnew) {
  LocalWorld world(OneTable());
  Catalog& catalog = world.world().target.catalog;
  GODWIT_ASSERT_OK(auto table, catalog.GetTable(kOrders));
  table->partition_keys.push_back({"hour", "string", ""});
  EXPECT_REFUSED(kUnsupported, catalog.AlterTable(*table, "op1", 0));
}

TEST(LocalStorage, RemovesNoAttemptThatTheCatalogPointsTo) {
  LocalWorld world(OneTable());
  const std::string attempt = world.AttemptLocation(Side::kTarget, kOrders, "a1", "");
  world.WriteFile(Side::kTarget, attempt + "/dt=2026-11-02", "part-0", "1,a\n");
  Publication publication;
  publication.table = kOrders;
  publication.partitions = {{"dt=2026-11-02", attempt + "/dt=2026-11-02", {}}};
  publication.op = "op1";
  EXPECT_EFFECT(Effect::kDone, world.world().target.catalog.Publish(publication));
  EXPECT_REFUSED(kConflict, world.world().target.storage.RemoveAttempt(attempt));
  EXPECT_REFUSED(kConflict, world.world().target.storage.RemoveAttempt(attempt + "/dt=2026-11-02"));
  EXPECT_EQ(world.ReadFile(Side::kTarget, attempt + "/dt=2026-11-02", "part-0"), "1,a\n");
}

TEST(LocalStorage, HasNoMoreSpaceThanItsQuota) {
  LocalWorld world(OneTable());
  world.WriteFile(Side::kTarget, world.At(Side::kTarget).root() + "/warehouse/x", "y",
                  std::string(1000, 'x'));
  ASSERT_TRUE(world.Db(Side::kTarget).Set("quota_bytes", "5000").ok());
  GODWIT_ASSERT_OK(const SpaceStatus space, world.world().target.storage.Space(
                                                world.At(Side::kTarget).root() + "/warehouse/not/there/yet"));
  EXPECT_EQ(space.bytes_total, 5000);
  EXPECT_EQ(space.bytes_free, 5000 - 1000 - 4);
}

TEST(FileTree, TellsAFileThatIsBeingWritten) {
  const TemporaryFolder folder;
  const int fd = open((folder.path() + "/part-0").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_GE(fd, 0);
  const auto during = ListDataFiles(folder.path());
  close(fd);
  const auto after = ListDataFiles(folder.path());
  ASSERT_EQ(during->size(), 1u);
  EXPECT_TRUE(during->at(0).open_for_write);
  EXPECT_FALSE(after->at(0).open_for_write);
}

TEST(FileTree, FollowsNoLinks) {
  const TemporaryFolder folder;
  fs::create_symlink("/etc/passwd", folder.path() + "/part-0");
  EXPECT_REFUSED(kUnsupported, ListDataFiles(folder.path()));
}

TEST(FileTree, EndsInADeepTree) {
  const TemporaryFolder folder;
  std::string path = folder.path();
  for (size_t i = 0; i < kTreeDepthMax + 2; ++i) path += "/d";
  fs::create_directories(path);
  EXPECT_REFUSED(kUnsupported, ListDataFiles(folder.path()));
}

GivenWorld OneJob() {
  GivenWorld given;
  given.source.jobs = {{"load", "2026-11-01", false}};
  return given;
}

// A scheduler that refuses to pause: its database says no, or takes the order and does nothing.
TEST(LocalScheduler, TellsThatItsPauseWasRefused) {
  LocalWorld world(OneJob());
  ASSERT_TRUE(world.Db(Side::kSource)
                  .Write([](Database& db) {
                    return db.Script(
                        "CREATE TRIGGER no BEFORE UPDATE OF paused ON jobs BEGIN SELECT RAISE(ABORT, "
                        "'read-only scheduler'); END");
                  })
                  .ok());
  const Result<Effect> refused = world.world().source.scheduler.SetPaused("load", true, 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("read-only scheduler"), std::string::npos)
      << refused.error().message;
  EXPECT_FALSE(world.world().source.scheduler.GetJob("load")->paused);
}

TEST(LocalScheduler, NoticesThatItsPauseWasIgnored) {
  LocalWorld world(OneJob());
  ASSERT_TRUE(world.Db(Side::kSource)
                  .Write([](Database& db) {
                    return db.Script(
                        "CREATE TRIGGER no BEFORE UPDATE OF paused ON jobs BEGIN SELECT RAISE(IGNORE); END");
                  })
                  .ok());
  EXPECT_REFUSED(kConflict, world.world().source.scheduler.SetPaused("load", true, 1));
}

TEST(LocalScheduler, ARunWhoseProcessIsGoneIsOver) {
  LocalWorld world(OneJob());
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(world.Db(Side::kSource)
                  .Write([&](Database& db) {
                    return db.Run(
                        "INSERT INTO runs(job, due, attempt, state, pid, pid_start, started_ms) "
                        "VALUES('load', '2026-11-02', 1, 'running', ?, 1, 1)",
                        {int64_t{child}});
                  })
                  .ok());
  EXPECT_EQ(world.world().source.scheduler.GetJob("load")->in_flight, 0);
  GODWIT_ASSERT_OK(const auto runs, world.world().source.scheduler.Runs("load", ""));
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].state, RunState::kFailed);
  EXPECT_EQ(runs[0].message, "its process is gone");
}

// The pid is alive, but it is not the process that the run was.
TEST(LocalScheduler, IsNotFooledByAReusedPid) {
  LocalWorld world(OneJob());
  ASSERT_TRUE(world.Db(Side::kSource)
                  .Write([&](Database& db) {
                    return db.Run(
                        "INSERT INTO runs(job, due, attempt, state, pid, pid_start, started_ms) "
                        "VALUES('load', '2026-11-02', 1, 'running', ?, 1, 1)",
                        {int64_t{getpid()}});
                  })
                  .ok());
  EXPECT_EQ(world.world().source.scheduler.GetJob("load")->in_flight, 0);
}

TEST(LocalScheduler, TellsTheNextStartInRealTime) {
  LocalWorld world(OneJob());
  const Timestamp before = RealNow();
  ASSERT_TRUE(world.Db(Side::kSource)
                  .Write([](Database& db) { return SetClock(db, *ParseTimestamp("2026-11-03T00:00"), 3600); })
                  .ok());
  GODWIT_ASSERT_OK(const JobStatus job, world.world().source.scheduler.GetJob("load"));
  ASSERT_TRUE(job.next_due.has_value());  // at 01:00 of the 3rd: in an hour of the site, a second of ours
  EXPECT_GE(*job.next_due - before, Duration(1000));
  EXPECT_LT(*job.next_due - RealNow(), Duration(1001));
  ASSERT_TRUE(world.Db(Side::kSource)
                  .Write([](Database& db) { return SetClock(db, *ParseTimestamp("2026-11-03T00:00"), 0); })
                  .ok());
  EXPECT_FALSE(world.world().source.scheduler.GetJob("load")->next_due.has_value());
}

TEST(LocalScheduler, TakesTheMedianForATypicalRun) {
  LocalWorld world(OneJob());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(world.Db(Side::kSource)
                    .Write([&](Database& db) {
                      return db.Run(
                          "INSERT INTO runs(job, due, attempt, state, pid, pid_start, started_ms, ended_ms) "
                          "VALUES('load', ?, 1, 'succeeded', 1, 1, 1000, ?)",
                          {"2026-10-0" + std::to_string(i), int64_t{1000 + (i == 3 ? 90'000 : 200 * i)}});
                    })
                    .ok());
  }
  EXPECT_EQ(world.world().source.scheduler.GetJob("load")->typical_run, Duration(400));
}

}  // namespace
}  // namespace godwit::executor::local
