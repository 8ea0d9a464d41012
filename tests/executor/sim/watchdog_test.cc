// What the watchdog does for units whose orchestrator is gone.
#include "executor/watchdog.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "executor/adapters/sim/sim_site.h"

namespace godwit::executor {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using state::Entry;
using state::RecordKind;

Migration OneUnit() {
  Migration migration;
  migration.plan_hash = "plan1";
  UnitSpec unit;
  unit.id = "u1";
  unit.tables = {{"ods", "orders"}};
  for (const char* job : {"import", "report"}) unit.jobs.push_back({job, {}, {}, true, RunMode::kOld, {}});
  migration.units = {unit};
  return migration;
}

// A unit whose freeze began and was thawed at 01:00, and an orchestrator that was never heard of since.
class LatePauses : public testing::Test {
 protected:
  LatePauses() : world_(*ParseTimestamp("2026-11-23T01:00:00Z"), "source", "target") {
    for (const char* name : {"import", "report"}) {
      sim::SimJob job;
      job.name = name;
      scheduler().Add(job);
    }
    last_beat_.boot_id = "boot";
    Must(ledger_.Load());
    Entry begin;
    begin.kind = RecordKind::kEpoch;
    begin.body = "{}";
    epoch_ = *journal_->TakeOver(begin);
    Must(ledger_.CatchUp());
    Write(RecordKind::kTransition, {{"event", "plan_accepted"}, {"plan_hash", "plan1"}}, 0);
    Write(RecordKind::kTransition, {{"event", "started"}}, 0);
    Write(RecordKind::kTransition, {{"event", "copied"}}, 0);
  }

  template <typename T>
  static void Must(const Result<T>& result) {
    ASSERT_TRUE(result.ok()) << result.error().message;
  }
  static void Must(const Status& status) { ASSERT_TRUE(status.ok()) << status.error().message; }

  void Write(RecordKind kind, const Json& body, int64_t generation) {
    Entry entry;
    entry.unit = "u1";
    entry.kind = kind;
    entry.body = body.dump();
    entry.generation = generation;
    entry.wall = "2026-11-23T01:00:00Z";
    entry.boot_id = boot_;
    entry.since_boot_ns = since_boot_.count();
    Must(ledger_.Append(epoch_, {entry}));
  }
  void Freeze(const Json& disabled = Json::array()) {
    Write(RecordKind::kTransition, {{"event", "freeze_begun"}, {"deadline_ns", 1}, {"disabled", disabled}},
          1);
  }
  void ThawIt(const std::string& boot = "boot") {
    boot_ = boot;
    since_boot_ = 1s;
    Write(RecordKind::kDecision, {{"decision", "cancel"}}, 1);
    Write(RecordKind::kTransition, {{"event", "cancelled"}}, 1);
    Write(RecordKind::kTransition, {{"event", "thawed"}}, 1);
  }

  // What the watchdog does `later` than the thaw: the jobs it un-pauses.
  std::string Unpaused(Duration later, const std::string& boot = "boot", Duration clock_jumped = 0s,
                       Duration up_before = 1s) {
    std::string jobs;
    const Moment now{Nanoseconds(up_before + later), boot,
                     *ParseTimestamp("2026-11-23T01:00:00Z") + later + clock_jumped};
    for (const WatchdogDuty& duty : WatchdogDuties(migration_, ledger_, last_beat_, {}, now)) {
      EXPECT_FALSE(duty.ask_arbiter) << "nothing is left to decide";
      Thaw(duty, world_.world(), [&](const Action& action, const Result<Effect>& done) {
        EXPECT_TRUE(done.ok()) << done.error().message;
        if (const auto* step = std::get_if<SetPaused>(&action); step != nullptr) jobs += step->job + " ";
      });
    }
    return jobs;
  }
  sim::SimScheduler& scheduler() { return world_.At(Side::kSource).scheduler; }
  // A pause that was sent for the freeze and arrives now.
  void PauseComesLate(const std::string& job) {
    scheduler().keeps_tokens = false;
    Must(scheduler().SetPaused(job, true, 0));
  }

  const Migration migration_ = OneUnit();
  const std::unique_ptr<state::Journal> journal_ = state::MakeMemoryJournal();
  Ledger ledger_{migration_, *journal_, /*keep_facts=*/true};
  sim::SimWorld world_;
  state::Journal::Heartbeat last_beat_;
  std::string boot_ = "boot";
  Nanoseconds since_boot_{0};
  int64_t epoch_ = 0;
};

TEST_F(LatePauses, AreUndoneForAWhileAfterTheThaw) {
  Freeze();
  ThawIt();
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(1min), "") << "the orchestrator may still be there";
  EXPECT_EQ(Unpaused(10min), "import ");
  EXPECT_FALSE(scheduler().Find("import")->paused);
  EXPECT_EQ(Unpaused(11min), "") << "it runs";
}

TEST_F(LatePauses, AreNotLookedForLongAfterTheThaw) {
  Freeze();
  ThawIt();
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(41min), "") << "by then its owner paused it";
}

TEST_F(LatePauses, AreLookedForWhateverTheClockDoes) {
  Freeze();
  ThawIt();
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(10min, "boot", 24h), "import ") << "time since the boot does not jump";
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(10min, "another boot", 24h), "import ") << "this machine began again after the thaw";
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(41min, "another boot"), "");
  EXPECT_EQ(Unpaused(41min, "another machine", 0s, 24h), "");
  EXPECT_EQ(Unpaused(10min, "another machine", 0s, 24h), "import ");
}

TEST_F(LatePauses, AreLookedForWhereTheMachineBeganAgainDuringTheFreeze) {
  Freeze();
  ThawIt("another boot");
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(10min, "another boot", -24h, 1s), "import ");
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(41min, "another boot", -41min, 1s), "") << "the clock says that no time has passed";
}

TEST_F(LatePauses, AreNotThoseOfTheirOwners) {
  Freeze(Json::array({"import"}));
  ThawIt();
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(10min), "") << "it was paused before the freeze";
  scheduler().keeps_tokens = true;
  Must(scheduler().SetPaused("report", true, 1'000'000));
  EXPECT_EQ(Unpaused(10min), "") << "the pause has another's token";
}

TEST_F(LatePauses, ConcernNobodyWhereNothingWasFrozen) {
  PauseComesLate("import");
  EXPECT_EQ(Unpaused(10min), "");
}

}  // namespace
}  // namespace godwit::executor
