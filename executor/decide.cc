#include <fmt/format.h>

#include "executor/defence.h"
#include "executor/turn.h"

namespace godwit::executor {
namespace {

// Why the writers of a frozen unit must run again now; "" if they need not.
std::string ReasonToThaw(const UnitView& view) {
  if (view.row.cancel_requested) return "a person cancelled";
  if (view.row.held) return "held: " + view.row.held_why;
  if (view.held()) return view.run_held ? "held: the whole run" : view.brake;
  if (!Stands(Defence::kBudget)) return "";
  const Deadline& deadline = view.row.freeze_deadline;
  if (deadline.boot_id != view.boot_id) return "the machine was started anew";
  if (view.now >= Nanoseconds(deadline.since_boot_ns)) return "the freeze budget is spent";
  return "";
}

// The arbiter's word, or the reason to ask it for a cancellation, comes before anything else.
bool DecideArbitration(Turn& turn) {
  const UnitRow& row = turn.view.row;
  if (row.decision == Decision::kCancel) {
    turn.Go(Event::kCancelled);
    return true;
  }
  if (row.decision == Decision::kCommit) {
    GODWIT_ASSERT(row.state == UnitState::kReady);
    turn.Go(Event::kCommitted);
    return true;
  }
  const std::string reason = ReasonToThaw(turn.view);
  if (!reason.empty()) {
    turn.wish.verdict = Decision::kCancel;
    turn.wish.verdict_why = reason;
    return true;
  }
  turn.LookAgainIn(Nanoseconds(row.freeze_deadline.since_boot_ns) - turn.view.now);
  return false;
}

void DecidePlanned(Turn& turn) {
  ReplicateWanted(turn, turn.view.row.to());
  if (turn.Stays()) return;
  if (turn.view.wave_open) {
    turn.Go(Event::kStarted);
  } else {
    turn.WaitFor("its wave");
  }
}

void DecideBulkCopy(Turn& turn) {
  KeepOtherSideShut(turn);
  if (turn.view.row.generation > 0)
    NothingIsLeftBehind(turn);  // the dual run waits for it, if it comes to that
  bool in_step = true;
  for (const TableName& table : turn.view.spec.tables) {
    // A round ends when everything that was seen since it began stands equal; writers run on, so a look is
    // good for as long as a sync would wait.
    const Nanoseconds since = turn.view.Since(turn.view.policy().sync_every);
    in_step = Replicate(turn, table, turn.view.row.to(), CopyRule::kCopy, since) && in_step;
  }
  if (in_step) {
    turn.Go(Event::kCopied);
  } else {
    turn.WaitFor(turn.view.held() ? turn.view.held_why() : "its tables to be copied");
    turn.LookAgainIn(turn.view.policy().look_again);
  }
}

void DecideState(Turn& turn) {
  switch (turn.view.row.state) {
    case UnitState::kRegistered:
      turn.Go(Event::kPlanAccepted, {{"plan_hash", turn.view.migration.plan_hash}});
      return;
    case UnitState::kPlanned: return DecidePlanned(turn);
    case UnitState::kBulkCopy: return DecideBulkCopy(turn);
    case UnitState::kDualRun: return DecideDualRun(turn);
    case UnitState::kFreezing: return DecideFreezing(turn);
    case UnitState::kFinalCopy: return DecideFinalCopy(turn);
    case UnitState::kWaitConsistent: return DecideWaitConsistent(turn);
    case UnitState::kReady: return DecideReady(turn);
    case UnitState::kSwitching: return DecideSwitching(turn);
    case UnitState::kUnfreezing: return DecideUnfreezing(turn);
    case UnitState::kProbation: return DecideProbation(turn);
    case UnitState::kCancelling: return DecideCancelling(turn);
    case UnitState::kCompleted:
    case UnitState::kAborted:
    case UnitState::kReversed: return DecideAtRest(turn);
  }
}

}  // namespace

Wish Decide(const UnitView& view) {
  Turn turn(view);
  const UnitState state = view.row.state;
  const bool before_freeze =
      state == UnitState::kPlanned || state == UnitState::kBulkCopy || state == UnitState::kDualRun;
  if (before_freeze && view.row.cancel_requested) {
    turn.Go(Event::kCancelled);
  } else if (!IsFrozen(state) || !DecideArbitration(turn)) {
    DecideState(turn);
  }
  if (!view.brake.empty()) turn.LookAgainIn(view.policy().look_again);  // nobody tells when it is over
  return std::move(turn.wish);
}

}  // namespace godwit::executor
