// Decisions about one unit from what is known of it: the guards before a switch, each of which alone stops
// it, and what is put right around it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "executor/turn.h"

namespace godwit::executor {
namespace {

using namespace std::chrono_literals;

const TableName kOrders{"ods", "orders"};

class NoReplicas : public ReplicaReader {
 public:
  const std::map<std::string, ReplicaEntry>& Entries(Side, const TableName&) const override { return none_; }

 private:
  const std::map<std::string, ReplicaEntry> none_;
};

// A unit of one table and its job in the third freeze, under the second seal; all is well.
struct Scene {
  Scene() {
    spec.id = "u1";
    spec.tables = {kOrders};
    spec.jobs.resize(1);
    spec.jobs.front().name = "load_orders";
    row.state = UnitState::kReady;
    row.generation = 3;
    row.seal_generation = 2;
    row.freeze_deadline = {"boot", Nanoseconds(20min).count()};
    row.evidence = Evidence{3, 2, "boot", Nanoseconds(9min).count(), {}};
    for (const Side side : {Side::kSource, Side::kTarget}) {
      Manifest manifest;
      manifest.partitions = {{"dt=1", std::string("/") + SideName(side), {}, {}, "f1", 7, 1}};
      At(LookAtManifest{side, kOrders}) = manifest;
      TableMeta table;
      table.name = kOrders;
      table.columns = {{"id", "bigint", ""}};
      At(LookAtTable{side, kOrders}) = std::optional<TableMeta>(table);
      At(LookAtBarrier{side, kOrders, Party::kWriters}) = BarrierStatus{true, ClosingToken(3)};
      JobStatus job;
      job.exists = job.paused = job.guard_closed = true;
      job.token = job.guard_token = ClosingToken(3);
      At(LookAtJob{side, "load_orders"}) = job;
    }
    At(LookAtBarrier{Side::kTarget, kOrders, Party::kCopiers}) = BarrierStatus{true, ClosingToken(2)};
    At(LookForCopies{CopyTagPrefix("u1")}) = std::vector<std::string>();
    row.evidence->manifests["ods.orders"] = {Seen<Manifest>(LookAtManifest{Side::kSource, kOrders}).Digest(),
                                             Seen<Manifest>(LookAtManifest{Side::kTarget, kOrders}).Digest()};
  }

  Answer& At(const Question& question) { return seen[question]; }
  template <typename A>
  A& Seen(const Question& question) {
    return std::get<A>(seen.at(question));
  }
  JobStatus& Job(Side side) { return Seen<JobStatus>(LookAtJob{side, "load_orders"}); }
  BarrierStatus& Barrier(Side side, Party party = Party::kWriters) {
    return Seen<BarrierStatus>(LookAtBarrier{side, kOrders, party});
  }
  Manifest& Listing(Side side) { return Seen<Manifest>(LookAtManifest{side, kOrders}); }
  TableMeta& Table(Side side) { return *Seen<std::optional<TableMeta>>(LookAtTable{side, kOrders}); }

  Wish Decided() const {
    return By([](const UnitView& view) {
      Turn turn(view);
      DecideReady(turn);
      return std::move(turn.wish);
    });
  }
  Wish By(const std::function<Wish(const UnitView&)>& decide) const {
    Answers answers;
    for (const auto& [question, answer] : seen) answers.Put(question, answer, asked);
    const UnitView view{.migration = migration,
                        .spec = spec,
                        .row = row,
                        .first_token = 0,
                        .replicas = replicas,
                        .answers = answers,
                        .asking = asking,
                        .begun = begun,
                        .now = 10min,
                        .wall = {},
                        .boot_id = "boot",
                        .state_since = 9min,
                        .brake = {},
                        .wanted_elsewhere = tables,
                        .missing_inputs = tables,
                        .anchor = {}};
    return decide(view);
  }

  Migration migration;
  UnitSpec spec;
  UnitRow row;
  std::map<Question, Answer> seen;
  Nanoseconds asked = 10min - 1s;

 private:
  NoReplicas replicas;
  const std::map<Question, uint64_t> asking;
  const std::set<std::string> begun;
  const std::set<TableName> tables;
};

TEST(Guards, ASwitchIsAskedForWhereAllHold) {
  const Wish wish = Scene().Decided();
  EXPECT_EQ(wish.verdict, Decision::kCommit);
  EXPECT_FALSE(wish.step.has_value());
}

// What is wrong, and the guard that must say so.
struct Fault {
  const char* what;
  const char* guard;
  std::function<void(Scene&)> happen;
};

const Fault kFaults[] = {
    {"evidence of an earlier freeze", "evidence", [](Scene& scene) { scene.row.evidence->generation = 2; }},
    {"evidence under an earlier seal", "evidence",
     [](Scene& scene) { scene.row.evidence->seal_generation = 1; }},
    {"evidence from before the machine started anew", "evidence",
     [](Scene& scene) { scene.row.evidence->boot_id = "earlier"; }},
    {"evidence that is too old", "evidence",
     [](Scene& scene) { scene.migration.policy.evidence_age_max = 1min; }},
    {"no evidence", "evidence", [](Scene& scene) { scene.row.evidence.reset(); }},
    {"a freeze whose time is spent", "lease",
     [](Scene& scene) { scene.row.freeze_deadline.since_boot_ns = Nanoseconds(10min).count(); }},
    {"a freeze of an earlier start of the machine", "lease",
     [](Scene& scene) { scene.row.freeze_deadline.boot_id = "earlier"; }},
    {"a switch that nobody approved", "approval",
     [](Scene& scene) { scene.migration.policy.switch_needs_approval = true; }},
    {"a file that was written since", "unchanged",
     [](Scene& scene) { scene.Listing(Side::kSource).partitions.front().fingerprint = "f2"; }},
    {"a partition that went at the target", "unchanged",
     [](Scene& scene) { scene.Listing(Side::kTarget).partitions.clear(); }},
    {"a file that is open for write", "unchanged",
     [](Scene& scene) { scene.Listing(Side::kSource).files_open_for_write = 1; }},
    {"evidence that says nothing of the table", "unchanged",
     [](Scene& scene) { scene.row.evidence->manifests.clear(); }},
    {"a column that was added", "schema",
     [](Scene& scene) {
       scene.Table(Side::kSource).columns.push_back({"v", "string", ""});
     }},
    {"a barrier that opened", "denied", [](Scene& scene) { scene.Barrier(Side::kSource).closed = false; }},
    {"a barrier of an earlier freeze", "denied",
     [](Scene& scene) { scene.Barrier(Side::kTarget).token = ClosingToken(2); }},
    {"a seal that was broken", "sealed",
     [](Scene& scene) { scene.Barrier(Side::kTarget, Party::kCopiers).closed = false; }},
    {"a job that was unpaused", "stopped", [](Scene& scene) { scene.Job(Side::kSource).paused = false; }},
    {"a run that is under way", "stopped", [](Scene& scene) { scene.Job(Side::kTarget).in_flight = 1; }},
    {"a guard that opened", "stopped", [](Scene& scene) { scene.Job(Side::kSource).guard_closed = false; }},
    {"a pause of an earlier freeze", "stopped",
     [](Scene& scene) { scene.Job(Side::kSource).token = ClosingToken(2); }},
    {"a job that is gone", "stopped", [](Scene& scene) { scene.Job(Side::kTarget).exists = false; }},
    {"a copier that still runs", "no copier",
     [](Scene& scene) {
       scene.Seen<std::vector<std::string>>(LookForCopies{CopyTagPrefix("u1")}).push_back("godwit:u1:2:x");
     }},
};

TEST(Guards, EachAloneStopsTheSwitch) {
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.what);
    Scene scene;
    fault.happen(scene);
    const Wish wish = scene.Decided();
    EXPECT_FALSE(wish.verdict.has_value());
    ASSERT_TRUE(wish.step.has_value());
    EXPECT_EQ(wish.step->event, Event::kGuardFailed);
    EXPECT_EQ(wish.step->body.value("guard", ""), fault.guard);
  }
}

TEST(Guards, WhatIsNotKnownIsAskedAndNothingDecided) {
  const Scene complete;
  for (const auto& [question, answer] : complete.seen) {
    SCOPED_TRACE(Describe(question));
    Scene scene;
    scene.seen.erase(question);
    const Wish wish = scene.Decided();
    EXPECT_FALSE(wish.verdict.has_value());
    EXPECT_FALSE(wish.step.has_value());
    EXPECT_EQ(wish.questions, std::vector<Question>{question});
  }
}

TEST(Guards, AnswersFromBeforeTheLastStepDoNotCount) {
  Scene scene;
  scene.asked = 9min - 1s;
  const Wish wish = scene.Decided();
  EXPECT_FALSE(wish.verdict.has_value());
  EXPECT_FALSE(wish.step.has_value());
  EXPECT_EQ(wish.questions.size(), scene.seen.size());
}

// --- After a freeze that led nowhere ---

TEST(BulkCopy, APauseThatCameLateIsTakenBack) {
  Scene scene;
  scene.row.state = UnitState::kBulkCopy;
  scene.row.generation = 0;
  scene.Job(Side::kSource).token = 0;
  scene.Job(Side::kSource).guard_closed = false;
  scene.Barrier(Side::kSource).closed = false;
  const auto wishes_to_unpause = [&scene] {
    return std::ranges::any_of(scene.By(&Decide).actions, [](const Action& action) {
      const auto* step = std::get_if<SetPaused>(&action);
      return step != nullptr && step->side == Side::kSource && !step->paused &&
             step->token == OpeningToken(3);
    });
  };
  EXPECT_FALSE(wishes_to_unpause()) << "nothing was frozen yet: its owner paused it";
  scene.row.generation = 3;
  EXPECT_TRUE(wishes_to_unpause());
  scene.row.disabled = {"load_orders"};
  EXPECT_FALSE(wishes_to_unpause()) << "it was paused before the freeze";
}

TEST(Unfreezing, TheCursorIsLeftAloneOnceTheJobWasToldToRun) {
  Scene scene;
  scene.row.state = UnitState::kUnfreezing;
  scene.Job(Side::kSource).cursor = "2026-01-02";
  scene.Job(Side::kTarget).cursor = "2026-01-03";  // ran in a dual run, or since it was unpaused
  const auto hands_over = [&scene] {
    return std::ranges::any_of(scene.By(&Decide).actions, [](const Action& action) {
      return std::holds_alternative<SetCursor>(action);
    });
  };
  EXPECT_TRUE(hands_over());
  scene.row.handed_over = {"load_orders"};
  EXPECT_FALSE(hands_over()) << "a late pause stopped it after its run, which would be repeated";
}

// --- Copies for other units ---

TEST(ReplicateWanted, ACopyForReadersWhoHaveLeftIsDropped) {
  for (const UnitState state : {UnitState::kPlanned, UnitState::kProbation, UnitState::kCompleted,
                                UnitState::kAborted, UnitState::kReversed}) {
    Scene scene;
    scene.row.state = state;
    scene.row.open["op1"] = {1, 3, state, StartCopy{kOrders, Direction::kToTarget, "tag1", {}, 0}};
    scene.At(LookAtCopy{"tag1"}) = CopyStatus{CopyState::kRunning, 0, ""};
    const Wish wish = scene.By(&Decide);
    EXPECT_TRUE(std::ranges::any_of(wish.actions, [](const Action& action) {
      return std::holds_alternative<CancelCopy>(action);
    })) << UnitStateName(state);
    scene.At(LookAtCopy{"tag1"}) = CopyStatus{CopyState::kCancelled, 0, ""};
    EXPECT_EQ(scene.By(&Decide).conclusions.size(), 1u) << UnitStateName(state);
  }
}

// --- After the switch ---

TEST(Unfreezing, APauseDeliveredOnceMoreFindsALaterToken) {
  Scene scene;
  scene.row.state = UnitState::kUnfreezing;
  scene.Job(Side::kSource).cursor = "2026-01-09";
  scene.Job(Side::kTarget).paused = false;  // its scheduler forgot the pause
  const auto pause = [&scene]() -> std::optional<SetPaused> {
    for (const Action& action : scene.By(&Decide).actions) {
      if (const auto* step = std::get_if<SetPaused>(&action)) return *step;
    }
    return std::nullopt;
  };
  ASSERT_TRUE(pause().has_value());
  EXPECT_EQ(pause()->side, Side::kTarget);
  EXPECT_TRUE(pause()->paused) << "until it is told which runs were made";
  EXPECT_LT(pause()->token, OpeningToken(3));
}

}  // namespace
}  // namespace godwit::executor
