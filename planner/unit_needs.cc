#include "planner/unit_needs.h"

#include <algorithm>

namespace godwit::planner {
namespace {

constexpr int64_t kSecondsPerDay = 24 * 3600;

void SortUnique(std::vector<UnitId>& units) {
  std::ranges::sort(units);
  units.erase(std::ranges::unique(units).begin(), units.end());
}

// Which units read from which, and which have to wait for which: hard reads, and all reads of dual-run units,
// whose jobs start on the target only when what they read is there.
void FindReads(const Workload& workload, const Request& request, const Placement& placement,
               std::vector<UnitNeeds>& needs, Plan& plan) {
  const bool all_hard = request.order == OrderRule::kUpstreamFirst;
  for (const Access& access : workload.accesses) {
    if (access.kind != AccessKind::kRead) continue;
    const uint32_t upstream = placement.of_table[Index(access.table)];
    const uint32_t reader = placement.of_job[Index(access.job)];
    if (upstream == kNoUnit || upstream == reader) continue;
    needs[reader].reads_from.push_back(UnitId{upstream});
    const bool waits = access.hard || all_hard || plan.units[reader].strategy == Strategy::kDualRun;
    if (waits && upstream < reader) plan.units[reader].after.push_back(UnitId{upstream});
  }
  for (size_t i = 0; i < needs.size(); ++i) {
    SortUnique(needs[i].reads_from);
    SortUnique(plan.units[i].after);
  }
}

// While a unit is copied, syncs to readers that moved before their tables take from the same direction of the
// link.
void FindForwardSyncs(const Workload& workload, const Placement& placement, std::vector<UnitNeeds>& needs) {
  std::vector<uint32_t> first_reader(placement.of_table);
  for (const Access& access : workload.accesses) {
    uint32_t& first = first_reader[Index(access.table)];
    if (access.kind == AccessKind::kRead && first != kNoUnit) {
      first = std::min(first, placement.of_job[Index(access.job)]);
    }
  }
  std::vector<int64_t> change(placement.units + 2, 0);  // of bytes a day, from one unit to the next
  for (size_t t = 0; t < first_reader.size(); ++t) {
    if (first_reader[t] == placement.of_table[t]) continue;
    change[first_reader[t] + 1] += workload.tables[t].changed_bytes_per_day;
    change[placement.of_table[t] + 1] -= workload.tables[t].changed_bytes_per_day;
  }
  int64_t open = 0;
  for (size_t i = 0; i < needs.size(); ++i) {
    open += change[i];
    needs[i].forward_bytes_per_second = open / kSecondsPerDay;
  }
}

void FindPools(const Workload& workload, const Request& request, const Plan& plan,
               std::vector<UnitNeeds>& needs) {
  for (size_t p = 0; p < request.pools.size(); ++p) {
    const std::string& group = request.pools[p].group;
    for (size_t i = 0; i < plan.units.size(); ++i) {
      const bool member = group.empty() || std::ranges::any_of(plan.units[i].tables, [&](TableId table) {
                            return workload.label(workload.table(table).group) == group;
                          });
      if (member) needs[i].pools.push_back(p);
    }
  }
}

}  // namespace

std::vector<UnitNeeds> FindNeeds(const Workload& workload, const Request& request, const Placement& placement,
                                 Plan& plan) {
  std::vector<UnitNeeds> needs(plan.units.size());
  FindReads(workload, request, placement, needs, plan);
  FindForwardSyncs(workload, placement, needs);
  FindPools(workload, request, plan, needs);
  const RunPatterns patterns(workload);
  for (size_t i = 0; i < needs.size(); ++i) needs[i].runs = patterns.Of(plan.units[i].jobs);
  return needs;
}

}  // namespace godwit::planner
