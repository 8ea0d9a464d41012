#include "planner/cost.h"

#include <algorithm>
#include <cmath>

namespace godwit::planner {
namespace {

double FullestUnit(const Workload& workload, const Placement& placement, int64_t unit_bytes_max) {
  std::vector<double> load(placement.units, 0);
  for (size_t t = 0; t < workload.tables.size(); ++t) {
    if (placement.of_table[t] == kNoUnit) continue;
    const int64_t bytes = workload.tables[t].bytes;
    load[placement.of_table[t]] += bytes > unit_bytes_max ? unit_bytes_max / 2.0 : static_cast<double>(bytes);
  }
  const double fullest = load.empty() ? 0 : *std::max_element(load.begin(), load.end());
  return unit_bytes_max > 0 ? fullest / static_cast<double>(unit_bytes_max) : 0;
}

// A remote reader of a table: how long it stays remote, and what it reads.
struct Remote {
  double time;
  double bytes_per_day;
};

// One sync carries at most what changes, for as long as anyone still reads across.
double SyncedTraffic(std::vector<Remote>& remote, double changed_bytes_per_day) {
  std::sort(remote.begin(), remote.end(), [](const Remote& a, const Remote& b) { return a.time < b.time; });
  double reading = 0;
  for (const Remote& reader : remote) reading += reader.bytes_per_day;
  double traffic = 0, since = 0;
  for (const Remote& reader : remote) {
    traffic += std::min(reading, changed_bytes_per_day) * (reader.time - since);
    since = reader.time;
    reading -= reader.bytes_per_day;
  }
  return traffic;
}

}  // namespace

std::vector<double> UnitEndTimes(const Workload& workload, const Placement& placement,
                                 const CostRules& rules) {
  std::vector<double> bytes(placement.units, 0);
  double total = 0;
  for (size_t t = 0; t < workload.tables.size(); ++t) {
    if (placement.of_table[t] == kNoUnit) continue;
    bytes[placement.of_table[t]] += static_cast<double>(workload.tables[t].bytes);
    total += static_cast<double>(workload.tables[t].bytes);
  }
  const double overhead = rules.unit_overhead * static_cast<double>(rules.unit_bytes_max);
  double at = 0;
  for (double& entry : bytes) entry = at += total > 0 ? (entry + overhead) / total : 0;
  return bytes;
}

ReadsByTable GroupReads(const Workload& workload) {
  ReadsByTable grouped;
  grouped.first.assign(workload.tables.size() + 1, 0);
  for (const Access& access : workload.accesses) {
    if (access.kind == AccessKind::kRead) ++grouped.first[Index(access.table) + 1];
  }
  for (size_t t = 1; t < grouped.first.size(); ++t) grouped.first[t] += grouped.first[t - 1];
  grouped.reads.resize(grouped.first.back());
  std::vector<uint32_t> next(grouped.first.begin(), grouped.first.end() - 1);
  for (uint32_t i = 0; i < workload.accesses.size(); ++i) {
    const Access& access = workload.accesses[i];
    if (access.kind == AccessKind::kRead) grouped.reads[next[Index(access.table)]++] = i;
  }
  for (size_t t = 0; t + 1 < grouped.first.size(); ++t) {
    std::sort(grouped.reads.begin() + grouped.first[t], grouped.reads.begin() + grouped.first[t + 1],
              [&](uint32_t a, uint32_t b) {
                return std::make_pair(workload.accesses[a].job, a) <
                       std::make_pair(workload.accesses[b].job, b);
              });
  }
  return grouped;
}

Cost CostOf(const Workload& workload, const Placement& placement, const CostRules& rules) {
  const std::vector<double> end = UnitEndTimes(workload, placement, rules);
  const ReadsByTable grouped = GroupReads(workload);
  Cost cost;
  double all = 0, synced_late = 0, synced = 0;
  std::vector<double> crossing(placement.units + 1, 0);
  std::vector<Remote> left_behind, ahead;
  for (size_t t = 0; t < workload.tables.size(); ++t) {
    const uint32_t table_unit = placement.of_table[t];
    if (table_unit == kNoUnit) continue;
    left_behind.clear();
    ahead.clear();
    for (uint32_t i = grouped.first[t]; i < grouped.first[t + 1]; ++i) {
      const Access& read = workload.accesses[grouped.reads[i]];
      const double bytes = static_cast<double>(read.bytes_per_day);
      const uint32_t job_unit = placement.of_job[Index(read.job)];
      all += bytes;
      if (job_unit == table_unit) continue;
      const double time = std::abs(end[job_unit] - end[table_unit]);
      const bool reader_first = job_unit < table_unit;
      cost.crossing += bytes * time;
      cost.priced += bytes * time * (reader_first ? rules.alpha : 1);
      cost.cut_share += bytes;
      cost.reader_first_reads += reader_first;
      crossing[std::min(job_unit, table_unit)] += bytes;
      crossing[std::max(job_unit, table_unit)] -= bytes;
      (reader_first ? ahead : left_behind).push_back({time, bytes});
    }
    const double changed = static_cast<double>(workload.tables[t].changed_bytes_per_day);
    synced += SyncedTraffic(left_behind, changed);
    synced_late += SyncedTraffic(ahead, changed);
  }
  cost.synced = synced + rules.alpha * synced_late;
  if (all > 0) {
    for (double* share : {&cost.crossing, &cost.priced, &cost.cut_share, &cost.synced}) *share /= all;
  }
  double open = 0;
  for (double change : crossing) cost.peak_bytes_per_day = std::max(cost.peak_bytes_per_day, open += change);
  cost.units_full = FullestUnit(workload, placement, rules.unit_bytes_max);
  return cost;
}

}  // namespace godwit::planner
