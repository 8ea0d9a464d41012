#include "planner/crossings.h"

#include <algorithm>

#include "planner/strategy.h"

namespace godwit::planner {
namespace {

constexpr double kSecondsPerDay = 24 * 3600;

double Days(Seconds time) { return static_cast<double>(time.count()) / kSecondsPerDay; }

int64_t BytesOver(int64_t bytes_per_day, Seconds from, Seconds until) {
  return static_cast<int64_t>(static_cast<double>(bytes_per_day) * Days(until - from));
}

// All edges of one table in one direction, as one sync. A reverse sync begins with the table's cut-over and
// loses its readers one by one; a forward one gains them and ends with the table's cut-over.
Sync MakeSync(const std::vector<CutEdge>& edges, int64_t changed_bytes_per_day) {
  Sync sync;
  sync.table = edges.front().table;
  sync.direction = edges.front().direction;
  sync.from = edges.front().open_from;
  sync.until = edges.front().open_until;
  sync.readers = static_cast<int32_t>(edges.size());
  std::vector<std::pair<Seconds, int64_t>> changes;  // of what is read across
  int64_t reading_all = 0;
  for (const CutEdge& edge : edges) {
    sync.from = std::min(sync.from, edge.open_from);
    sync.until = std::max(sync.until, edge.open_until);
    changes.emplace_back(edge.open_from, edge.bytes_per_day);
    changes.emplace_back(edge.open_until, -edge.bytes_per_day);
    reading_all += edge.bytes_per_day;
  }
  sync.bytes_per_day = std::min(reading_all, changed_bytes_per_day);
  std::sort(changes.begin(), changes.end());
  int64_t reading = 0;
  Seconds since = sync.from;
  for (const auto& [at, change] : changes) {
    sync.total_bytes += BytesOver(std::min(reading, changed_bytes_per_day), since, at);
    since = at;
    reading += change;
  }
  return sync;
}

Presence PresenceIn(const Unit& unit, bool on_both) {
  if (unit.strategy == Strategy::kDualRun && on_both) return {unit.dual_run_start, unit.dual_run_end};
  return {unit.cutover.at, unit.cutover.at};
}

// A table is kept fresh on the target by its writers, if all of them run there.
std::vector<bool> FreshOnBoth(const Workload& workload, const std::vector<RunMode>& modes) {
  std::vector<bool> fresh(workload.tables.size(), true);
  std::vector<bool> written(workload.tables.size(), false);
  for (const Access& access : workload.accesses) {
    if (access.kind != AccessKind::kWrite) continue;
    written[Index(access.table)] = true;
    if (modes[Index(access.job)] != RunMode::kBoth) fresh[Index(access.table)] = false;
  }
  for (size_t t = 0; t < fresh.size(); ++t) fresh[t] = fresh[t] && written[t];
  return fresh;
}

double DoubledJobHours(const Workload& workload, const Placement& placement,
                       const std::vector<RunMode>& modes, const Plan& plan) {
  double hours = 0;
  for (uint32_t j = 0; j < modes.size(); ++j) {
    if (modes[j] != RunMode::kBoth) continue;
    const Unit& unit = plan.units[placement.of_job[j]];
    hours += Days(unit.dual_run_end - unit.dual_run_start) * RunsPerDay(workload, JobId{j}) *
             workload.jobs[j].run_seconds / 3600.0;
  }
  return hours;
}

}  // namespace

void FindCrossings(const Workload& workload, const Placement& placement, const std::vector<RunMode>& modes,
                   Plan& plan) {
  const ReadsByTable grouped = GroupReads(workload);
  const std::vector<bool> fresh = FreshOnBoth(workload, modes);
  std::vector<CutEdge> of_table[2];  // by direction
  for (uint32_t t = 0; t < workload.tables.size(); ++t) {
    const uint32_t table_unit = placement.of_table[t];
    if (table_unit == kNoUnit) continue;
    const Presence table = PresenceIn(plan.units[table_unit], fresh[t]);
    for (auto& edges : of_table) edges.clear();
    for (uint32_t i = grouped.first[t]; i < grouped.first[t + 1]; ++i) {
      const Access& read = workload.accesses[grouped.reads[i]];
      const uint32_t job_unit = placement.of_job[Index(read.job)];
      plan.totals.read_bytes_per_day += read.bytes_per_day;
      if (job_unit == table_unit) continue;
      const Presence job = PresenceIn(plan.units[job_unit], modes[Index(read.job)] == RunMode::kBoth);
      const auto cross = [&](Direction direction, Seconds from, Seconds until) {
        if (from >= until) return;
        plan.totals.crossing_bytes += BytesOver(read.bytes_per_day, from, until);
        plan.cut_edges.push_back({TableId{t}, read.job, UnitId{table_unit}, UnitId{job_unit}, direction,
                                  read.bytes_per_day, from, until});
        of_table[static_cast<size_t>(direction)].push_back(plan.cut_edges.back());
      };
      cross(Direction::kReverse, table.on_source_until, job.on_source_until);
      cross(Direction::kForward, job.on_target_from, table.on_target_from);
    }
    for (const auto& edges : of_table) {
      if (edges.empty()) continue;
      plan.syncs.push_back(MakeSync(edges, workload.tables[t].changed_bytes_per_day));
      plan.totals.sync_bytes += plan.syncs.back().total_bytes;
    }
  }
  plan.totals.doubled_job_hours = DoubledJobHours(workload, placement, modes, plan);
}

}  // namespace godwit::planner
