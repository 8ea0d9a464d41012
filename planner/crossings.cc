#include "planner/crossings.h"

#include <algorithm>
#include <tuple>

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

}  // namespace

void FindCrossings(const Workload& workload, const Placement& placement, Plan& plan) {
  const ReadsByTable grouped = GroupReads(workload);
  std::vector<CutEdge> reverse, forward;
  for (uint32_t t = 0; t < workload.tables.size(); ++t) {
    const uint32_t table_unit = placement.of_table[t];
    if (table_unit == kNoUnit) continue;
    reverse.clear();
    forward.clear();
    for (uint32_t i = grouped.first[t]; i < grouped.first[t + 1]; ++i) {
      const Access& read = workload.accesses[grouped.reads[i]];
      const uint32_t job_unit = placement.of_job[Index(read.job)];
      plan.totals.read_bytes_per_day += read.bytes_per_day;
      if (job_unit == table_unit) continue;
      const bool reader_first = job_unit < table_unit;
      CutEdge edge{TableId{t},
                   read.job,
                   UnitId{table_unit},
                   UnitId{job_unit},
                   reader_first ? Direction::kForward : Direction::kReverse,
                   read.bytes_per_day};
      std::tie(edge.open_from, edge.open_until) =
          std::minmax({plan.units[table_unit].cutover.at, plan.units[job_unit].cutover.at});
      plan.totals.crossing_bytes += BytesOver(edge.bytes_per_day, edge.open_from, edge.open_until);
      plan.cut_edges.push_back(edge);
      (reader_first ? forward : reverse).push_back(edge);
    }
    for (const auto* edges : {&reverse, &forward}) {
      if (edges->empty()) continue;
      plan.syncs.push_back(MakeSync(*edges, workload.tables[t].changed_bytes_per_day));
      plan.totals.sync_bytes += plan.syncs.back().total_bytes;
    }
  }
}

}  // namespace godwit::planner
