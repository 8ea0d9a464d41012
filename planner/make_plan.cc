#include "planner/make_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "planner/atoms.h"
#include "planner/cost.h"
#include "planner/crossings.h"
#include "planner/timeline.h"
#include "planner/unit_order.h"

namespace godwit::planner {
namespace {

constexpr int64_t kAssumedDays = 30;  // to move everything, where the bandwidth is not known
constexpr int64_t kSecondsPerDay = 24 * 3600;

Placement Place(const Atoms& atoms, const arrange::Units& units) {
  Placement placement{std::vector<uint32_t>(atoms.of_table.size(), kNoUnit),
                      std::vector<uint32_t>(atoms.of_job.size()), units.count};
  for (size_t t = 0; t < atoms.of_table.size(); ++t) {
    if (atoms.of_table[t] != kNoAtom) placement.of_table[t] = units.of[atoms.of_table[t]];
  }
  for (size_t j = 0; j < atoms.of_job.size(); ++j) placement.of_job[j] = units.of[atoms.of_job[j]];
  return placement;
}

void SortUnique(std::vector<TableId>& tables) {
  std::sort(tables.begin(), tables.end());
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
}

void CopyNames(const Workload& workload, Plan& plan) {
  plan.named = !workload.tables.empty() && !workload.tables.front().name.empty();
  if (!plan.named) return;
  for (const Table& table : workload.tables) {
    plan.tables.push_back(
        {table.name, table.bytes, table.changed_bytes_per_day, workload.label(table.owner)});
  }
  for (const Job& job : workload.jobs) {
    plan.jobs.push_back({job.name, job.type, RunMode::kOld, job.run_seconds, workload.label(job.workflow),
                         workload.label(job.owner), workload.schedule(job.schedule), job.repeatability, {}, {}});
  }
  for (const Access& access : workload.accesses) {
    PlannedJob& job = plan.jobs[Index(access.job)];
    (access.kind == AccessKind::kRead ? job.reads : job.writes).push_back(access.table);
  }
  for (PlannedJob& job : plan.jobs) {
    SortUnique(job.reads);
    SortUnique(job.writes);
  }
}

void FillUnits(const Workload& workload, const Placement& placement, Plan& plan) {
  plan.units.resize(placement.units);
  for (size_t i = 0; i < plan.units.size(); ++i) plan.units[i].id = fmt::format("u{:05}", i + 1);
  for (uint32_t t = 0; t < placement.of_table.size(); ++t) {
    if (placement.of_table[t] == kNoUnit) continue;
    Unit& unit = plan.units[placement.of_table[t]];
    unit.tables.push_back(TableId{t});
    unit.bytes += workload.tables[t].bytes;
    unit.changed_bytes_per_day += workload.tables[t].changed_bytes_per_day;
  }
  for (uint32_t j = 0; j < placement.of_job.size(); ++j)
    plan.units[placement.of_job[j]].jobs.push_back(JobId{j});
}

// Units whose tables the unit reads by hard reads.
void FindHardOrder(const Workload& workload, const Request& request, const Placement& placement,
                   std::vector<UnitNeeds>& needs) {
  const bool all_hard = request.order == OrderRule::kUpstreamFirst;
  for (const Access& access : workload.accesses) {
    if (access.kind != AccessKind::kRead || !(access.hard || all_hard)) continue;
    const uint32_t upstream = placement.of_table[Index(access.table)];
    const uint32_t reader = placement.of_job[Index(access.job)];
    if (upstream != kNoUnit && upstream != reader) needs[reader].after.push_back(UnitId{upstream});
  }
  for (UnitNeeds& need : needs) {
    std::ranges::sort(need.after);
    need.after.erase(std::ranges::unique(need.after).begin(), need.after.end());
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
  std::vector<int64_t> change(placement.units + 1, 0);  // of bytes a day, from one unit to the next
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

std::vector<UnitNeeds> FindNeeds(const Workload& workload, const Request& request, const Placement& placement,
                                 const Plan& plan) {
  std::vector<UnitNeeds> needs(plan.units.size());
  FindHardOrder(workload, request, placement, needs);
  FindForwardSyncs(workload, placement, needs);
  FindPools(workload, request, plan, needs);
  return needs;
}

void SumUp(Plan& plan) {
  for (const Unit& unit : plan.units) {
    plan.totals.freeze += unit.cutover.freeze;
    plan.totals.longest_freeze = std::max(plan.totals.longest_freeze, unit.cutover.freeze);
    plan.totals.delayed_runs += unit.cutover.delayed_runs;
  }
  if (!plan.waves.empty()) plan.totals.duration = plan.waves.back().end;
}

}  // namespace

int64_t MovingBytes(const Workload& workload) {
  int64_t total = 0;
  for (const Table& table : workload.tables) {
    if (table.residence == Residence::kMoves) total += table.bytes;
  }
  return total;
}

Result<Plan> MakePlan(const Workload& workload, const Request& asked) {
  Request request = asked;
  Plan plan;
  plan.totals.bytes = MovingBytes(workload);
  plan.unit_bytes_max = std::max<int64_t>(1, request.unit_max.Of(plan.totals.bytes));
  if (request.bandwidth.bytes_per_second == 0) {
    request.bandwidth.bytes_per_second =
        std::max<int64_t>(1, plan.totals.bytes / (kAssumedDays * kSecondsPerDay));
    plan.warnings.push_back("the bandwidth is not known: assumed that everything can be copied in 30 days");
  }
  plan.start = request.start;
  plan.objective = request.objective == Objective::kReads ? "reads" : "sync-once";
  plan.order = request.order == OrderRule::kUpstreamFirst ? "upstream-first"
               : request.alpha == 1                       ? "free"
                                                          : "priced";
  plan.alpha = request.alpha;
  plan.seed = request.seed;

  const Atoms atoms = MakeAtoms(workload, {plan.unit_bytes_max, request.ties, request.cut_at_unknown});
  const arrange::Units units = OrderAtoms(workload, atoms, request, plan.unit_bytes_max);
  const Placement placement = Place(atoms, units);
  CopyNames(workload, plan);
  FillUnits(workload, placement, plan);
  GODWIT_TRY(LayOutTime(workload, request, FindNeeds(workload, request, placement, plan), plan));
  FindCrossings(workload, placement, plan);
  plan.totals.cost = CostOf(workload, placement, {plan.unit_bytes_max, request.unit_overhead, request.alpha});
  SumUp(plan);
  return plan;
}

}  // namespace godwit::planner
