#include "executor/watchdog.h"

#include <nlohmann/json.hpp>

#include "executor/defence.h"

namespace godwit::executor {
namespace {

bool IsSilentFor(const state::Journal::Heartbeat& beat, Duration how_long, const Moment& now) {
  return beat.boot_id != now.boot_id ||
         now.since_boot - Nanoseconds(beat.since_boot_ns) > Nanoseconds(how_long);
}

bool BudgetIsSpent(const UnitRow& row, const Moment& now) {
  return row.freeze_deadline.boot_id != now.boot_id ||
         now.since_boot >= Nanoseconds(row.freeze_deadline.since_boot_ns);
}

std::vector<Action> ThawOf(const UnitSpec& spec, const UnitRow& row, Token first_token) {
  const Token token = first_token + OpeningToken(row.generation);
  std::vector<Action> thaw;
  for (const TableName& table : StoredTables(spec)) {
    thaw.push_back(SetBarrier{row.from, table, Party::kWriters, false, token});
  }
  for (const JobSpec& job : spec.jobs) {
    thaw.push_back(SetGuard{row.from, job.name, false, token});
    if (!row.disabled.contains(job.name)) thaw.push_back(SetPaused{row.from, job.name, false, token});
  }
  return thaw;
}

// A scheduler without tokens takes a pause of the freeze also after its thaw; the orchestrator would undo it.
bool MayMeetLatePauses(const UnitRow& row, const WatchdogPolicy& policy, const Moment& now) {
  if (row.freezes.empty() || IsCommitted(row.state)) return false;
  const Nanoseconds late = policy.late_pauses;
  if (row.freeze_ended.boot_id == now.boot_id)
    return now.since_boot - Nanoseconds(row.freeze_ended.since_boot_ns) < late;
  // Another machine has its clock alone to go by. This one has been started anew since: if that is long ago,
  // so is the thaw, whatever the clock says.
  const Result<Timestamp> ended = ParseTimestamp(row.freezes.back().ended);
  return now.since_boot < late || (ended.ok() && std::chrono::abs(now.wall - *ended) < policy.late_pauses);
}

WatchdogDuty LatePauses(const UnitSpec& spec, size_t unit, const UnitRow& row, Token first_token) {
  WatchdogDuty duty{unit, false, {}, first_token + ClosingToken(row.generation)};
  for (const JobSpec& job : spec.jobs) {
    if (row.disabled.contains(job.name)) continue;
    duty.thaw.push_back(SetPaused{row.from, job.name, false, first_token + OpeningToken(row.generation)});
  }
  return duty;
}

// Whether the job of a step stands paused by a pause that came late.
bool MetLatePause(const SetPaused& step, Token late_pause, World& world) {
  const Result<JobStatus> status = world.At(step.side).scheduler.GetJob(step.job);
  return status.ok() && status->exists && status->paused &&
         (status->token == late_pause || status->token == 0);
}

}  // namespace

std::vector<WatchdogDuty> WatchdogDuties(const Migration& migration, const Ledger& ledger,
                                         const state::Journal::Heartbeat& beat, const WatchdogPolicy& policy,
                                         const Moment& now) {
  std::vector<WatchdogDuty> duties;
  if (!IsSilentFor(beat, policy.heartbeat_lost, now)) return duties;
  for (size_t i = 0; i < migration.units.size(); ++i) {
    const UnitRow& row = ledger.row(i);
    const bool frozen = IsFrozen(row.state);
    const bool being_thawed = row.state == UnitState::kCancelling && row.generation > 0;
    if (!frozen && !being_thawed) {
      if (MayMeetLatePauses(row, policy, now))
        duties.push_back(LatePauses(migration.units[i], i, row, ledger.run().first_token()));
      continue;
    }
    const bool cancelled = row.decision == Decision::kCancel;
    if (frozen && row.decision == Decision::kCommit) continue;
    const bool overdue = BudgetIsSpent(row, now) || IsSilentFor(beat, policy.patience, now);
    if (!cancelled && !overdue) continue;
    duties.push_back({i, frozen && !cancelled && Stands(Defence::kWatchdogAsks),
                      ThawOf(migration.units[i], row, ledger.run().first_token()), std::nullopt});
  }
  return duties;
}

void Thaw(const WatchdogDuty& duty, World& world,
          const std::function<void(const Action&, const Result<Effect>&)>& tell) {
  for (const Action& action : duty.thaw) {
    const auto* pause = std::get_if<SetPaused>(&action);
    if (duty.late_pause && !(pause != nullptr && MetLatePause(*pause, *duty.late_pause, world))) continue;
    tell(action, Perform(action, "watchdog", world));
  }
}

state::Entry CancelEntry(const Migration& migration, const Ledger& ledger, size_t unit, const Moment& now) {
  state::Entry entry;
  entry.unit = migration.units[unit].id;
  entry.generation = ledger.row(unit).generation;
  entry.kind = state::RecordKind::kDecision;
  entry.body =
      nlohmann::json({{"by", "watchdog"}, {"decision", "cancel"}, {"why", "the orchestrator is silent"}})
          .dump();
  entry.wall = FormatTimestamp(now.wall);
  entry.since_boot_ns = now.since_boot.count();
  entry.boot_id = now.boot_id;
  return entry;
}

}  // namespace godwit::executor
