// States that keep their promises: a late request of an earlier attempt must not freeze writers for ever, nor
// start them on the wrong side.
#include <fmt/format.h>

#include "executor/defence.h"
#include "executor/turn.h"

namespace godwit::executor {
namespace {

// Writers of the side that gave the data away stay stopped.
void KeepStopped(Turn& turn, Side side) {
  if (!Stands(Defence::kLinger)) return;
  const Nanoseconds age = turn.view.policy().linger_every;
  const Token token = turn.view.closing();
  for (const JobSpec& job : turn.view.spec.jobs) {
    const auto* status = turn.Look(LookAtJob{side, job.name}, age);
    if (status != nullptr && status->exists && !status->paused)
      turn.Do(SetPaused{side, job.name, true, token});
  }
  for (const TableName& table : StoredTables(turn.view.spec)) {
    const auto* barrier = turn.Look(LookAtBarrier{side, table, Party::kWriters}, age);
    if (barrier != nullptr && !barrier->closed) {
      turn.Do(SetBarrier{side, table, Party::kWriters, true, token});
    }
  }
}

// Writers of the side that owns the data run, but for those that their owner had paused.
void KeepRunning(Turn& turn, Side side) {
  if (!Stands(Defence::kLinger)) return;
  const Nanoseconds age = turn.view.policy().linger_every;
  const Token token = turn.view.opening();
  if (turn.view.row.generation == 0) return;  // godwit never stopped them
  for (const TableName& table : StoredTables(turn.view.spec)) {
    const auto* barrier = turn.Look(LookAtBarrier{side, table, Party::kWriters}, age);
    if (barrier != nullptr && barrier->closed)
      turn.Do(SetBarrier{side, table, Party::kWriters, false, token});
  }
  for (const JobSpec& job : turn.view.spec.jobs) {
    const auto* status = turn.Look(LookAtJob{side, job.name}, age);
    if (status != nullptr && status->exists && status->guard_closed) {
      turn.Do(SetGuard{side, job.name, false, token});
    }
    if (turn.view.row.disabled.contains(job.name)) continue;
    // Under a token of its own generation; with another one its owner paused it since.
    if (status != nullptr && status->exists && status->paused &&
        (status->token == turn.view.closing() || status->token == 0)) {
      turn.Do(SetPaused{side, job.name, false, token});
    }
  }
}

// Copies that nobody waits for any more.
void DropCopies(Turn& turn) {
  for (const auto& [op, intent] : turn.view.row.open) {
    const auto* copy = std::get_if<StartCopy>(&intent.action);
    if (copy == nullptr || turn.view.wanted_elsewhere.contains(copy->table)) continue;
    const auto* status = turn.Look(LookAtCopy{copy->tag}, turn.view.policy().look_again);
    if (status == nullptr) continue;
    if (status->state == CopyState::kRunning) {
      turn.Do(CancelCopy{copy->tag});
    } else {
      turn.wish.conclusions.push_back({op, {{"outcome", "abandoned"}}, false, std::nullopt});
    }
  }
}

bool ProbationIsOver(const UnitView& view) {
  // Seen by this process without a break: true whatever the wall clock did meanwhile.
  if (view.now - view.state_since >= Nanoseconds(view.policy().probation)) return true;
  if (view.row.freezes.empty()) return false;
  Result<Timestamp> switched = ParseTimestamp(view.row.freezes.back().ended);
  return switched.ok() && view.wall - *switched >= view.policy().probation;
}

// The new side proves itself: each job ran there since the switch.
bool EveryJobRanHere(Turn& turn, Side side) {
  bool ran = true;
  for (const JobSpec& job : turn.view.spec.jobs) {
    if (turn.view.row.disabled.contains(job.name)) continue;
    const auto* there = turn.Look(LookAtJob{side, job.name}, turn.view.policy().linger_every);
    const auto* before = turn.Look(LookAtJob{Other(side), job.name}, turn.view.policy().linger_every);
    if (there == nullptr || before == nullptr || there->cursor <= before->cursor) {
      ran = false;
      turn.WaitFor("the first run of " + job.name + " at " + SideName(side));
    }
  }
  return ran;
}

}  // namespace

void ReplicateWanted(Turn& turn, Side receiver) {
  DropCopies(turn);  // one that nobody waits for would hold up the rest for ever: a unit has few at a time
  const Nanoseconds since = turn.view.Since(turn.view.policy().sync_every);
  for (const TableName& table : turn.view.wanted_elsewhere) {
    Replicate(turn, table, receiver, CopyRule::kCopy, since);
  }
  if (!turn.view.wanted_elsewhere.empty()) turn.LookAgainIn(turn.view.policy().sync_every);
}

void DecideCancelling(Turn& turn) {
  const UnitRow& row = turn.view.row;
  const Nanoseconds age = turn.view.policy().look_again;
  const Token token = turn.view.opening();
  bool thawed = true;
  if (row.generation > 0) {
    for (const TableName& table : StoredTables(turn.view.spec)) {
      // Sent even where nothing is denied: it shuts out a late denial.
      thawed =
          AssertBarrier(turn, row.from, table, Party::kWriters, false, token, age) == Seen::kYes && thawed;
    }
    for (const JobSpec& job : turn.view.spec.jobs) {
      const auto* status = turn.Look(LookAtJob{row.from, job.name}, age);
      const bool gone = status != nullptr && !status->exists;  // its owner removed it
      if (gone) continue;
      thawed = AssertGuard(turn, row.from, job, false, token, age) == Seen::kYes && thawed;
      if (row.disabled.contains(job.name)) continue;
      thawed = AssertPaused(turn, row.from, job, false, token, age) == Seen::kYes && thawed;
    }
  }
  for (const JobSpec& job : turn.view.spec.jobs) {
    const auto* shadow = turn.Look(LookAtJob{row.to(), job.name}, age);
    if (shadow == nullptr) {
      thawed = false;
    } else if (shadow->exists && !shadow->paused) {
      turn.Do(SetPaused{row.to(), job.name, true, token});
      thawed = false;
    }
  }
  if (!thawed && Stands(Defence::kThaw)) {
    turn.WaitFor("writers to run again at " + std::string(SideName(row.from)));
    return;
  }
  const bool give_up =
      row.cancel_requested || row.attempts >= turn.view.policy().cutover_attempts_max || row.attempts == 0;
  turn.Go(give_up ? Event::kGaveUp : Event::kThawed);
}

void DecideProbation(Turn& turn) {
  const UnitRow& row = turn.view.row;
  const Side owner = row.to();
  KeepStopped(turn, row.from);
  KeepRunning(turn, owner);
  ReplicateWanted(turn, row.from);
  if (row.reverse_requested) {
    turn.Go(Event::kReversalBegun);
    return;
  }
  const bool ran = EveryJobRanHere(turn, owner);
  const bool left_behind = !turn.view.wanted_elsewhere.empty();
  if (left_behind) turn.WaitFor("readers of its tables to leave " + std::string(SideName(row.from)));
  const bool by_itself = turn.view.policy().complete_by_itself && ran && ProbationIsOver(turn.view);
  if ((row.complete_requested || by_itself) && !left_behind) {
    turn.Go(Event::kCompletedByApproval);
  } else if (turn.wish.waits_for.empty()) {
    turn.WaitFor("`godwit unit complete " + turn.view.spec.id + "`, or reverse");
  }
  turn.LookAgainIn(turn.view.policy().linger_every);
}

void DecideAtRest(Turn& turn) {
  const UnitRow& row = turn.view.row;
  if (row.state == UnitState::kCompleted) {
    // Its own way back is given up; that of units which read its tables is not.
    KeepStopped(turn, row.from);
    KeepRunning(turn, row.to());
    ReplicateWanted(turn, row.from);
  } else {
    KeepRunning(turn, row.from);
    KeepOtherSideShut(turn);
    ReplicateWanted(turn, row.to());
    if (row.retry_requested) turn.Go(Event::kRetried);
  }
  turn.LookAgainIn(turn.view.policy().linger_every);
}

}  // namespace godwit::executor
