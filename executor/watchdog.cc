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
    if (!frozen && !being_thawed) continue;
    const bool cancelled = row.decision == Decision::kCancel;
    if (frozen && row.decision == Decision::kCommit) continue;
    const bool overdue = BudgetIsSpent(row, now) || IsSilentFor(beat, policy.patience, now);
    if (!cancelled && !overdue) continue;
    duties.push_back({i, frozen && !cancelled && Stands(Defence::kWatchdogAsks),
                      ThawOf(migration.units[i], row, ledger.run().first_token())});
  }
  return duties;
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
