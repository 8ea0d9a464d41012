// The engine against simulated sites, without faults: what should happen when nothing goes wrong.
#include "executor/engine.h"

#include <gtest/gtest.h>

#include "executor/ledger.h"
#include "simulator/sim_driver.h"
#include "simulator/sim_warehouse.h"

namespace godwit::simulator {
namespace {

using namespace std::chrono_literals;
using namespace godwit::executor;

const TableName kOrders{"ods", "orders"}, kDaily{"dwd", "daily"}, kReport{"ads", "report"};

SimWarehouseSpec Warehouse() {
  SimWarehouseSpec spec;
  spec.tables = {{kOrders, true, 3 << 20, 1 << 20},
                 {kDaily, true, 3 << 20, 1 << 20},
                 {kReport, false, 1 << 10, 1 << 10}};
  spec.jobs = {{"import", {}, {kOrders}, 1h, 10min, false},
               {"daily", {kOrders}, {kDaily}, 2h, 20min, false},
               {"report", {kDaily}, {kReport}, 3h, 5min, false},
               {"export", {kReport}, {}, 4h, 5min, false}};
  return spec;
}

JobSpec Job(const std::string& name, std::set<TableName> reads, std::set<TableName> writes, bool twice) {
  return {name, std::move(reads), std::move(writes), twice, RunMode::kOld, {}};
}

UnitSpec Unit(const std::string& id, int wave, std::vector<TableName> tables, std::vector<JobSpec> jobs) {
  UnitSpec unit;
  unit.id = id;
  unit.wave = wave;
  unit.tables = std::move(tables);
  unit.jobs = std::move(jobs);
  return unit;
}

Migration ThreeUnits() {
  Migration migration;
  migration.plan_hash = "plan1";
  migration.source_name = "source";
  migration.target_name = "target";
  migration.units = {Unit("u1", 1, {kOrders}, {Job("import", {}, {kOrders}, true)}),
                     Unit("u2", 2, {kDaily}, {Job("daily", {kOrders}, {kDaily}, true)}),
                     Unit("u3", 3, {kReport},
                          {Job("export", {kReport}, {}, false), Job("report", {kDaily}, {kReport}, true)})};
  migration.policy.location_map = {{"/source", "/target"}};
  return migration;
}

class EngineTest : public testing::Test {
 protected:
  EngineTest()
      : world_(*ParseTimestamp("2026-11-22"), "source", "target"), journal_(state::MakeMemoryJournal()) {}

  void Make(const SimWarehouseSpec& spec) {
    warehouse_ = std::make_unique<SimWarehouse>(world_, spec, 7);
    warehouse_->on_end = [this](const SimRun& run) {
      if (!run.refused) ++runs_[{run.job->name, run.due}][static_cast<int>(run.side)];
    };
  }
  void Start(const Migration& migration, DriverOptions options = {}) {
    migration_ = migration;
    options.tell = [this](const EngineEvent& event) {
      log_ += FormatTimestamp(event.time) + " " + event.unit + " " + event.kind + " " + event.text + "\n";
    };
    auto driver = SimDriver::Start(migration, *journal_, world_, options);
    ASSERT_TRUE(driver.ok()) << driver.error().message;
    driver_ = *std::move(driver);
  }
  DriverEnd Run(Nanoseconds until) {
    const Result<DriverEnd> end = driver_->Run(until);
    EXPECT_TRUE(end.ok()) << end.error().message << "\n" << log_;
    return end.ok() ? *end : DriverEnd::kGaveUp;
  }
  UnitState StateOf(size_t unit) { return driver_->engine().Units()[unit].row->state; }
  void Say(const std::string& unit, const std::string& body) {
    state::Entry entry;
    entry.unit = unit;
    entry.kind = state::RecordKind::kControl;
    entry.body = body;
    ASSERT_TRUE(journal_->Append(0, std::nullopt, {entry}, nullptr).ok());
  }
  std::string Rows(Side side, const TableName& table, const std::string& partition) {
    const auto rows = world_.At(side).query_engine.Rows(table, partition);
    std::string text;
    if (!rows.ok()) return "no such partition";
    for (const auto& [row, count] : *rows) text += row + " x" + std::to_string(count) + "\n";
    return text;
  }

  sim::SimWorld world_;
  std::unique_ptr<state::Journal> journal_;
  std::unique_ptr<SimWarehouse> warehouse_;
  std::unique_ptr<SimDriver> driver_;
  Migration migration_;
  std::string log_;
  std::map<std::pair<std::string, std::string>, std::map<int, int>>
      runs_;  // job, due -> side -> successful runs
};

TEST_F(EngineTest, MovesAWarehouseWhoseJobsGoOn) {
  Make(Warehouse());
  Start(ThreeUnits());
  EXPECT_EQ(Run(48h), DriverEnd::kFinished) << log_;
  for (size_t unit = 0; unit < 3; ++unit) EXPECT_EQ(StateOf(unit), UnitState::kProbation) << log_;
  world_.clock.RunUntil(world_.clock.now() + 72h);
  for (const auto& [run, sides] : runs_) {
    int times = 0;
    for (const auto& [side, count] : sides) times += count;
    EXPECT_EQ(times, 1) << run.first << " " << run.second;
  }
  EXPECT_EQ(Rows(Side::kSource, kOrders, "dt=2026-01-01"), Rows(Side::kTarget, kOrders, "dt=2026-01-01"));
  EXPECT_EQ(*world_.target.scheduler.Find("export")->runs.rbegin()->second.due.c_str(), '2')
      << "exports run there now";
  EXPECT_EQ(*VerifyFacts(migration_, *journal_), "");
}

// One unit; something may happen as it comes to a state.
// However long a site takes to answer: of many questions the first answer would otherwise be too old when the
// last one comes.
TEST_F(EngineTest, MovesAWarehouseWhoseSitesAnswerSlowly) {
  Make(Warehouse());
  Migration migration = ThreeUnits();
  migration.policy.freeze_budget = 30min;
  migration.policy.look_again = 5s;
  DriverOptions slow;
  slow.latency = 12s;
  Start(migration, slow);
  EXPECT_EQ(Run(48h), DriverEnd::kFinished) << log_;
  for (size_t unit = 0; unit < 3; ++unit) EXPECT_EQ(StateOf(unit), UnitState::kProbation) << log_;
}

class FreezeTest : public EngineTest {
 protected:
  void Freeze() {
    Migration migration = ThreeUnits();
    migration.units.resize(1);
    DriverOptions options;
    options.tell = [this](const EngineEvent& event) {
      if (event.kind != "transition") return;
      const std::string state = event.text.substr(event.text.find("-> ") + 3);
      reached_[state] = world_.clock.now();
      if (at_.contains(state)) at_.at(state)();
    };
    auto driver = SimDriver::Start(migration, *journal_, world_, options);
    ASSERT_TRUE(driver.ok()) << driver.error().message;
    driver_ = *std::move(driver);
    ASSERT_EQ(Run(48h), DriverEnd::kFinished);
    EXPECT_EQ(Rows(Side::kSource, kOrders, "dt=2026-01-01"), Rows(Side::kTarget, kOrders, "dt=2026-01-01"));
  }
  // Between the last times at which the unit reached the two.
  Nanoseconds Between(const std::string& from, const std::string& to) {
    return reached_.at(to) - reached_.at(from);
  }

  std::map<std::string, std::function<void()>> at_;
  std::map<std::string, Nanoseconds> reached_;
};

TEST_F(FreezeTest, OneLookIsEnoughWhereRunsAreCountedAtOnce) {
  Make(Warehouse());
  Freeze();
  EXPECT_LT(Between("freezing", "probation"), 1s);
}

TEST_F(FreezeTest, WhereRunsAreListedLateTheyAreLookedForOnceMore) {
  Make(Warehouse());
  world_.source.scheduler.counts_at_once = false;
  Freeze();
  EXPECT_GE(Between("freezing", "final_copy"), 5s);
  EXPECT_LT(Between("freezing", "probation"), 6s);
}

// Its scheduler forgets the pause, and knows an old cursor: of before a reversal, say.
TEST_F(FreezeTest, AJobThatIsUnpausedBeforeItWasHandedOverRepeatsNothing) {
  Make(Warehouse());
  at_["switching"] = [this] {
    sim::SimJob* job = world_.target.scheduler.Find("import");
    job->cursor = "2026-01-01";
    job->paused = false;
    world_.target.scheduler.on_change("import");
  };
  Freeze();
  world_.clock.RunUntil(world_.clock.now() + 72h);
  EXPECT_FALSE(runs_.contains({"import", "2026-01-02"}));  // of the history
  ASSERT_FALSE(runs_.empty());
  for (const auto& [run, sides] : runs_) EXPECT_EQ(sides.size(), 1u) << run.first << " " << run.second;
}

TEST_F(FreezeTest, TheEndOfTheLastCopyIsSeenSoon) {
  Make(Warehouse());
  world_.copier.bytes_per_second = 1'000'000;
  at_["freezing"] = [this] {
    const std::string folder = *world_.source.catalog.LocationOf(kOrders, "dt=2026-01-01");
    ASSERT_TRUE(world_.source.storage.Write(folder, "late", "late,row\n", 1'000'000).ok());
  };
  Freeze();  // with the partition's other file: 2 s
  EXPECT_GE(Between("freezing", "probation"), 2s);
  EXPECT_LT(Between("freezing", "probation"), 3500ms);
}

TEST_F(EngineTest, WhatPeopleSaidIsKeptWithTheFactsOfTheNextAppend) {
  Make(Warehouse());
  state::Entry approval;
  approval.kind = state::RecordKind::kApproval;
  approval.body = R"({"by":"board","plan_hash":"plan1","what":"plan"})";
  ASSERT_TRUE(journal_->Append(0, std::nullopt, {approval}, nullptr).ok());
  Say("u3", R"({"verb":"hold","by":"ben","comment":"not today"})");
  Start(ThreeUnits());
  Run(12h);
  Ledger again(migration_, *journal_, true);  // as after a restart: from the facts
  ASSERT_TRUE(again.Load().ok());
  EXPECT_EQ(again.run().approvals.at("plan1"), "board");
  EXPECT_TRUE(again.row(2).held);
  EXPECT_EQ(*VerifyFacts(migration_, *journal_), "");
}

TEST_F(EngineTest, AnUnequalDualRunWaitsForAPersonHoweverManyCyclesPass) {
  SimWarehouseSpec spec = Warehouse();
  spec.jobs[1].random = true;
  Make(spec);
  Migration migration = ThreeUnits();
  migration.units[1].jobs[0].mode = RunMode::kBoth;
  Start(migration);
  Run(120h);
  const UnitRow& row = *driver_->engine().Units()[1].row;
  EXPECT_EQ(row.state, UnitState::kDualRun) << log_;
  EXPECT_TRUE(row.differences.contains("dwd.daily")) << log_;
  Say("u2", R"({"verb":"waive","table":"dwd.daily","by":"owner","comment":"ties in any order"})");
  EXPECT_EQ(Run(240h), DriverEnd::kFinished) << log_;
  EXPECT_EQ(StateOf(1), UnitState::kProbation) << log_;
}

// The second job of the unit runs for a day when the first has run for the next.
TEST_F(EngineTest, ADualRunTakesJobsThatAreNeverAtTheSameDueDate) {
  SimWarehouseSpec spec = Warehouse();
  spec.jobs[1].at = 30h;
  spec.jobs[2].at = 31h;
  spec.jobs[3].at = 32h;
  Make(spec);
  Migration migration = ThreeUnits();
  UnitSpec& unit = migration.units[0];
  unit.tables = {kDaily, kOrders};
  unit.jobs = {Job("daily", {kOrders}, {kDaily}, true), Job("import", {}, {kOrders}, true)};
  for (JobSpec& job : unit.jobs) job.mode = RunMode::kBoth;
  migration.units.erase(migration.units.begin() + 1);
  Start(migration);
  EXPECT_EQ(Run(240h), DriverEnd::kFinished) << log_;
  const UnitRow& row = *driver_->engine().Units()[0].row;
  EXPECT_EQ(row.state, UnitState::kProbation) << log_;
  EXPECT_TRUE(row.differences.empty()) << log_;
  int twice = 0;
  for (const auto& [run, sides] : runs_) twice += sides.size() == 2 ? 1 : 0;
  EXPECT_GE(twice, 2) << "each of its jobs ran on both sides";
}

}  // namespace
}  // namespace godwit::simulator
