#include "planner/sync_once.h"

#include <algorithm>
#include <cmath>

namespace godwit::planner {
namespace {

struct Reader {
  uint32_t read;  // position in Workload::accesses
  double time;    // how long it is remote
  double bytes;
};

// The share of its read that each remote reader pays on average while it is remote.
void ShareAmong(std::vector<Reader>& readers, double changed, std::vector<double>& shares) {
  std::sort(readers.begin(), readers.end(), [](const Reader& a, const Reader& b) { return a.time < b.time; });
  double reading = 0;
  for (const Reader& reader : readers) reading += reader.bytes;
  double paid = 0, since = 0;  // share times time so far
  for (const Reader& reader : readers) {
    paid += (reading > changed ? changed / reading : 1) * (reader.time - since);
    since = reader.time;
    if (reader.time > 0) shares[reader.read] = paid / reader.time;
    reading -= reader.bytes;
  }
}

}  // namespace

std::vector<double> SyncShares(const Workload& workload, const Placement* placement, const CostRules& rules) {
  const ReadsByTable grouped = GroupReads(workload);
  std::vector<double> end;
  if (placement) end = UnitEndTimes(workload, *placement, rules);
  std::vector<double> shares(workload.accesses.size(), 1);
  std::vector<Reader> behind, ahead;
  for (size_t t = 0; t < workload.tables.size(); ++t) {
    const double changed = static_cast<double>(workload.tables[t].changed_bytes_per_day);
    const uint32_t unit = placement ? placement->of_table[t] : 0;
    if (unit == kNoUnit) continue;
    behind.clear();
    ahead.clear();
    double remote = 0;
    for (uint32_t i = grouped.first[t]; i < grouped.first[t + 1]; ++i) {
      const Access& read = workload.accesses[grouped.reads[i]];
      const double bytes = static_cast<double>(read.bytes_per_day);
      const uint32_t job_unit = placement ? placement->of_job[Index(read.job)] : 1;
      if (job_unit == unit) continue;
      const double time = placement ? std::abs(end[job_unit] - end[unit]) : 1;
      (job_unit < unit ? ahead : behind).push_back({grouped.reads[i], time, bytes});
      remote += bytes;
    }
    ShareAmong(behind, changed, shares);
    ShareAmong(ahead, changed, shares);
    for (uint32_t i = grouped.first[t]; placement && i < grouped.first[t + 1]; ++i) {
      const Access& read = workload.accesses[grouped.reads[i]];
      const double reading = remote + static_cast<double>(read.bytes_per_day);
      if (placement->of_job[Index(read.job)] == unit)
        shares[grouped.reads[i]] = reading > changed ? changed / reading : 1;
    }
  }
  return shares;
}

}  // namespace godwit::planner
