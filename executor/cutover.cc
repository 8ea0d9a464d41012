// When to freeze, whether to switch, and the way through the switch.
#include <fmt/format.h>

#include <algorithm>

#include "executor/defence.h"
#include "executor/turn.h"

namespace godwit::executor {
namespace {

constexpr Duration kFreezeOverhead = std::chrono::seconds(1);  // beyond looking and copying

// How long runs that are listed late have to be waited for.
Nanoseconds DrainGap(const UnitView& view) {
  const bool all_counted = std::ranges::all_of(view.spec.jobs, [&](const JobSpec& job) {
    const auto* status = view.answers.Find(LookAtJob{view.row.from, job.name}, view.state_since);
    return status != nullptr && status->counts_at_once;
  });
  return all_counted ? Nanoseconds(0) : DrainGaps(view.policy());
}

// How long the writers would be stopped if the freeze began now.
Nanoseconds PredictedFreeze(const UnitView& view) {
  const int64_t rate = std::max<int64_t>(1, view.expected_bytes_per_second);
  return std::chrono::seconds(DifferenceInBytes(view) / rate) + DrainGap(view) + Nanoseconds(kFreezeOverhead);
}

Duration BudgetOf(const UnitView& view) {
  return view.spec.freeze_budget.count() > 0 ? view.spec.freeze_budget : view.policy().freeze_budget;
}

// Every job of the unit is deployed at `to`, or a person is called.
bool JobsAreDeployed(Turn& turn) {
  bool deployed = true;
  for (const JobSpec& job : turn.view.spec.jobs) {
    const auto* status = turn.Look(LookAtJob{turn.view.row.to(), job.name}, turn.view.policy().sync_every);
    if (status == nullptr) {
      deployed = false;
    } else if (!status->exists) {
      turn.Hold(
          fmt::format("job {} is not deployed at {}: deploy it there (paused), then `godwit unit retry {}`",
                      job.name, SideName(turn.view.row.to()), turn.view.spec.id));
      deployed = false;
    }
  }
  return deployed;
}

// The earliest time that the plan, or rather a person, has set for the cut-over.
const std::optional<Timestamp>& CutoverTime(const UnitView& view) {
  return view.row.cutover_not_before ? view.row.cutover_not_before : view.spec.cutover_not_before;
}

// How long a freeze could have begun, but for runs in its way.
Nanoseconds WaitedForQuiet(const UnitView& view) {
  const Nanoseconds waited = view.now - view.state_since;
  const std::optional<Timestamp>& earliest = CutoverTime(view);
  return earliest ? std::min<Nanoseconds>(waited, view.wall - *earliest) : waited;
}

// No run is under way and none is due before the freeze would be over; or the wait for such a window was long
// enough.
bool WindowIsQuiet(Turn& turn, Nanoseconds freeze) {
  const bool waited_enough = WaitedForQuiet(turn.view) > Nanoseconds(turn.view.policy().quiet_wait_max);
  bool quiet = true;
  for (const JobSpec& job : turn.view.spec.jobs) {
    const auto* status = turn.Look(LookAtJob{turn.view.row.from, job.name}, turn.view.policy().look_again);
    if (status == nullptr) return false;
    if (status->paused || waited_enough) continue;
    if (status->in_flight > 0) {
      turn.WaitFor("a run of " + job.name + " to end");
      quiet = false;
    } else if (status->next_due && Nanoseconds(*status->next_due - turn.view.wall) < freeze) {
      turn.WaitFor("a quiet window: " + job.name + " is due at " + FormatTimestamp(*status->next_due));
      quiet = false;
    }
  }
  turn.LookAgainIn(turn.view.policy().look_again);
  return quiet;
}

// The calendar forbids a freeze that begins now.
bool IsBlackedOut(Turn& turn, Nanoseconds freeze) {
  const auto ahead = FindBlackout(turn.view.migration.blackouts, turn.view.wall,
                                  std::chrono::duration_cast<Duration>(freeze));
  if (!ahead) return false;
  turn.WaitFor(fmt::format("the black-out until {} to end{}{}", FormatTimestamp(ahead->until),
                           ahead->blackout->reason.empty() ? "" : ": ", ahead->blackout->reason));
  turn.LookAgainIn(ahead->until - turn.view.wall);
  return true;
}

// Signed, where it has to be, and not too long ago.
bool SwitchIsApproved(const UnitView& view) {
  const Policy& policy = view.policy();
  if (!policy.switch_needs_approval || !Stands(Defence::kApproval)) return true;
  if (!view.row.switch_approved || policy.switch_approval_lasts.count() == 0) return view.row.switch_approved;
  return view.row.switch_approved_at &&
         view.wall < *view.row.switch_approved_at + policy.switch_approval_lasts;
}

// What a person or the plan still has to give.
bool LeaveIsGiven(Turn& turn) {
  const UnitView& view = turn.view;
  bool given = !turn.Stays();
  if (!SwitchIsApproved(view)) {
    const std::string wanted = "approval of the switch: `godwit approve --unit " + view.spec.id + "`";
    turn.WaitFor(wanted);
    turn.wish.needs_person = true;
    if (!view.row.approval_wanted) turn.wish.want_approval = wanted;
    given = false;
  }
  if (const std::optional<Timestamp>& earliest = CutoverTime(view); earliest && view.wall < *earliest) {
    turn.WaitFor("its cut-over time " + FormatTimestamp(*earliest));
    turn.LookAgainIn(*earliest - view.wall);
    given = false;
  }
  if (!view.missing_inputs.empty() && Stands(Defence::kInputs)) {
    turn.WaitFor(fmt::format("{} tables that its jobs read to be in sync at {}, first {}",
                             view.missing_inputs.size(), SideName(view.row.to()),
                             view.missing_inputs.begin()->Text()));
    given = false;
  }
  if (!view.freeze_slot) {
    turn.WaitFor("other units to thaw");
    given = false;
  }
  return given;
}

std::vector<std::string> DisabledJobs(const UnitView& view) {
  std::vector<std::string> disabled;
  for (const JobSpec& job : view.spec.jobs) {
    const auto* status = view.answers.Find(LookAtJob{view.row.from, job.name}, view.state_since);
    if (status != nullptr && status->paused) disabled.push_back(job.name);
  }
  return disabled;
}

bool AllManifestsKnown(const UnitView& view) {
  const std::vector<TableName> stored = StoredTables(view.spec);
  return std::all_of(stored.begin(), stored.end(), [&](const TableName& table) {
    return view.answers.Find(LookAtManifest{view.row.from, table}, view.state_since) != nullptr;
  });
}

// Its last word came from this freeze.
bool GuardIsOurs(const JobStatus& status, const UnitView& view) {
  return status.guard_closed && (status.guard_token == view.closing() || !Stands(Defence::kGeneration));
}
bool PauseIsOurs(const JobStatus& status, const UnitView& view) {
  return status.token == 0 || status.token == view.closing() || !Stands(Defence::kGeneration) ||
         !Stands(Defence::kPause);
}

}  // namespace

void DecideDualRun(Turn& turn) {
  const UnitView& view = turn.view;
  const std::set<TableName> shadow_tables = view.row.shadow ? ShadowTables(view) : std::set<TableName>{};
  const Nanoseconds since = view.Since(view.policy().sync_every);
  bool in_step = true;
  for (const TableName& table : view.spec.tables) {
    const CopyRule rule = shadow_tables.contains(table) ? CopyRule::kLeaveRows : CopyRule::kCopy;
    in_step = Replicate(turn, table, view.row.to(), rule, since) && in_step;
  }
  KeepOtherSideShut(turn);
  const bool compared = RunShadows(turn, in_step);
  const bool clean = NothingIsLeftBehind(turn);
  const bool deployed = JobsAreDeployed(turn);
  const bool leave = LeaveIsGiven(turn);
  turn.LookAgainIn(view.policy().look_again);
  if (!compared || !clean || !deployed || !leave || turn.wish.hold) return;
  const bool listed = view.row.shadow ? in_step : AllManifestsKnown(view);
  if (!listed || !turn.wish.actions.empty()) {
    turn.WaitFor("copies to come near");
    return;
  }
  const Nanoseconds freeze = PredictedFreeze(view);
  const Nanoseconds budget = BudgetOf(view);
  if (freeze > budget / 2) {
    turn.WaitFor(fmt::format("a smaller difference: a freeze would last {}, half the budget is {}",
                             FormatDuration(std::chrono::duration_cast<Duration>(freeze)),
                             FormatDuration(std::chrono::duration_cast<Duration>(budget / 2))));
    return;
  }
  if (IsBlackedOut(turn, freeze) || !WindowIsQuiet(turn, freeze)) return;
  turn.Go(Event::kFreezeBegun,
          {{"deadline_ns", (view.now + budget).count()}, {"disabled", DisabledJobs(view)}});
}

std::vector<GuardVerdict> Guards(Turn& turn) {
  const UnitView& view = turn.view;
  const UnitRow& row = view.row;
  const Nanoseconds age = view.policy().look_again;
  std::vector<GuardVerdict> verdicts;
  const auto say = [&](std::string name, std::optional<bool> holds, std::string detail) {
    verdicts.push_back({std::move(name), holds, std::move(detail)});
  };
  say("approval", SwitchIsApproved(view), "of the switch");
  const Evidence evidence = row.evidence.value_or(Evidence{});
  const bool evidence_young =
      evidence.boot_id == view.boot_id &&
      view.now - Nanoseconds(evidence.since_boot_ns) < Nanoseconds(view.policy().evidence_age_max);
  say("evidence",
      row.evidence && evidence.generation == row.generation &&
          evidence.seal_generation == row.seal_generation && evidence_young,
      "of this freeze and this seal, not too old");
  say("lease",
      row.freeze_deadline.boot_id == view.boot_id &&
          view.now < Nanoseconds(row.freeze_deadline.since_boot_ns),
      "budget left");
  for (const TableName& table : view.spec.tables) {
    const auto* from = turn.LookSince(LookAtManifest{row.from, table}, view.state_since);
    const auto* to = turn.LookSince(LookAtManifest{row.to(), table}, view.state_since);
    const auto proven = evidence.manifests.find(table.Text());
    std::optional<bool> same;
    if (from != nullptr && to != nullptr) {
      same = proven != evidence.manifests.end() && from->Digest() == proven->second.first &&
             to->Digest() == proven->second.second &&
             (from->files_open_for_write == 0 || !Stands(Defence::kOpenFiles));
      same = *same || !Stands(Defence::kUnchanged);
    }
    say("unchanged", same, table.Text() + " since the evidence, on both sides");
    const auto* here = turn.LookSince(LookAtTable{row.from, table}, view.state_since);
    const auto* there = turn.LookSince(LookAtTable{row.to(), table}, view.state_since);
    std::optional<bool> same_schema;
    if (here != nullptr && there != nullptr) {
      same_schema = here->has_value() && there->has_value() && (*here)->columns == (*there)->columns &&
                    (*here)->partition_keys == (*there)->partition_keys;
      same_schema = *same_schema || !Stands(Defence::kSchema);
    }
    say("schema", same_schema, table.Text());
  }
  for (const TableName& table : StoredTables(view.spec)) {
    for (const Side side : {row.from, row.to()}) {
      const auto* denied = turn.Look(LookAtBarrier{side, table, Party::kWriters}, age);
      std::optional<bool> by_us;
      if (denied != nullptr) {
        by_us = denied->closed && (denied->token == turn.view.closing() || !Stands(Defence::kGeneration));
        by_us = *by_us || !Stands(Defence::kWriteBarrier);
      }
      say("denied", by_us, table.Text() + " at " + SideName(side) + " by this generation");
    }
    const auto* sealed = turn.Look(LookAtBarrier{row.to(), table, Party::kCopiers}, age);
    std::optional<bool> by_seal;
    if (sealed != nullptr) {
      by_seal = sealed->closed && (sealed->token == turn.view.sealing() || !Stands(Defence::kGeneration));
      by_seal = *by_seal || !Stands(Defence::kSeal);
    }
    say("sealed", by_seal, table.Text() + " at " + SideName(row.to()) + " against copiers");
  }
  for (const JobSpec& job : view.spec.jobs) {
    for (const Side side : {row.from, row.to()}) {
      const auto* status = turn.Look(LookAtJob{side, job.name}, age);
      std::optional<bool> stopped;
      if (status != nullptr) {
        stopped = status->exists && (status->paused || !Stands(Defence::kPause)) &&
                  (status->in_flight == 0 || !Stands(Defence::kDrain)) &&
                  (GuardIsOurs(*status, turn.view) || !Stands(Defence::kJobGuard)) &&
                  PauseIsOurs(*status, turn.view);
      }
      say("stopped", stopped, job.name + " at " + SideName(side));
    }
  }
  const auto* copies = turn.Look(LookForCopies{CopyTagPrefix(view.spec.id)}, age);
  say("no copier",
      copies == nullptr ? std::nullopt : std::optional(copies->empty() || !Stands(Defence::kSeal)), "runs");
  return verdicts;
}

void DecideReady(Turn& turn) {
  bool all_known = true;
  if (!Stands(Defence::kGuards)) turn.wish.verdict = Decision::kCommit;
  if (turn.wish.verdict) return;
  for (const GuardVerdict& verdict : Guards(turn)) {
    if (verdict.holds == std::optional(false)) {
      turn.Go(Event::kGuardFailed, {{"guard", verdict.name}, {"detail", verdict.detail}});
      return;
    }
    all_known = all_known && verdict.holds.has_value();
  }
  if (!all_known) {
    turn.WaitFor("every guard to be read once more");
    return;
  }
  turn.wish.verdict = Decision::kCommit;
  turn.wish.verdict_why = "every guard holds";
}

namespace {

// The next run of the job at `to` is the one after the last at `from`. Until that is so nothing but its guard
// may keep it from running: its scheduler may have forgotten the pause. Once it was told to run the cursor is
// its own, also where a late pause stopped it after a run.
Seen HandOver(Turn& turn, const JobSpec& job) {
  const UnitRow& row = turn.view.row;
  if (row.disabled.contains(job.name) || row.handed_over.contains(job.name)) return Seen::kYes;
  if (!Stands(Defence::kCursor)) return Seen::kYes;
  const Nanoseconds age = turn.view.policy().look_again;
  const auto* here = turn.Look(LookAtJob{row.from, job.name}, age);
  const auto* there = turn.Look(LookAtJob{row.to(), job.name}, age);
  if (here == nullptr || there == nullptr) return Seen::kUnknown;
  const Token token = turn.view.opening();
  if (there->paused && there->cursor != here->cursor) {
    turn.Do(SetCursor{row.to(), job.name, there->cursor, here->cursor, token});
  } else if (there->cursor < here->cursor) {
    // Not under the token that unpauses it: a second delivery of this, long after, must find that one there.
    turn.Do(SetPaused{row.to(), job.name, true, std::max(turn.view.closing(), there->token)});
  } else {
    return Seen::kYes;
  }
  return Seen::kNo;
}

}  // namespace

void DecideSwitching(Turn& turn) {
  const UnitRow& row = turn.view.row;
  const Migration& migration = turn.view.migration;
  const Route route{row.to() == Side::kSource ? migration.source_name : migration.target_name,
                    turn.view.opening()};
  bool routed = true;
  for (const TableName& table : turn.view.spec.tables) {
    for (const Side side : {Side::kSource, Side::kTarget}) {
      const auto* there = turn.Look(LookAtRoute{side, table}, turn.view.policy().look_again);
      if (there == nullptr) {
        routed = false;
      } else if (there->site != route.site || there->token < route.token) {
        turn.Do(SetRoute{side, table, route});
        routed = false;
      }
    }
  }
  for (const JobSpec& job : turn.view.spec.jobs) HandOver(turn, job);  // meanwhile
  if (routed || !Stands(Defence::kRoutesFirst)) {
    turn.Go(Event::kRouted);
  } else {
    turn.WaitFor("every reader's route to be read back");
  }
}

void DecideUnfreezing(Turn& turn) {
  const UnitRow& row = turn.view.row;
  const Nanoseconds age = turn.view.policy().look_again;
  const Token token = turn.view.opening();
  bool resumed = true;
  for (const TableName& table : StoredTables(turn.view.spec)) {
    resumed =
        AssertBarrier(turn, row.to(), table, Party::kWriters, false, token, age) == Seen::kYes && resumed;
  }
  for (const JobSpec& job : turn.view.spec.jobs) {
    if (HandOver(turn, job) != Seen::kYes) {
      resumed = false;
      continue;
    }
    resumed = AssertGuard(turn, row.to(), job, false, token, age) == Seen::kYes && resumed;
    if (row.disabled.contains(job.name)) continue;
    const auto* there = turn.Look(LookAtJob{row.to(), job.name}, age);
    if (there == nullptr) {
      resumed = false;
    } else if (there->paused) {
      if (resumed) turn.Do(SetPaused{row.to(), job.name, false, token});
      resumed = false;
    }
  }
  if (resumed) {
    turn.Go(row.from == Side::kSource ? Event::kResumed : Event::kReturned);
  } else {
    turn.WaitFor("writers to run at " + std::string(SideName(row.to())));
  }
}

}  // namespace godwit::executor
