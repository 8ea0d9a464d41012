#include "planner/make_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "planner/atoms.h"
#include "planner/cost.h"
#include "planner/crossings.h"
#include "planner/reasons.h"
#include "planner/strategy.h"
#include "planner/unit_needs.h"
#include "planner/unit_order.h"

namespace godwit::planner {
namespace {

// Where the bandwidth is not known: what moves everything in 30 days, but no less than 100 MB/s.
constexpr int64_t kAssumedDays = 30;
constexpr int64_t kAssumedRateMin = 100'000'000;
constexpr int64_t kSecondsPerDay = 24 * 3600;

// Fills in what the request leaves open, and says so.
Request Completed(const Request& asked, int64_t total_bytes, std::vector<std::string>& warnings) {
  Request request = asked;
  if (request.objective == Objective::kDualRun) request.order = OrderRule::kUpstreamFirst;
  if (request.bandwidth.bytes_per_second == 0) {
    int64_t& rate = request.bandwidth.bytes_per_second;
    rate = std::max(kAssumedRateMin, total_bytes / (kAssumedDays * kSecondsPerDay));
    warnings.push_back(fmt::format("the bandwidth is not known: {}/s is assumed; set it to trust the times",
                                   FormatBytes(rate)));
  }
  return request;
}

void SortUnique(std::vector<TableId>& tables) {
  std::ranges::sort(tables);
  tables.erase(std::ranges::unique(tables).begin(), tables.end());
}

void CopyNames(const Workload& workload, const std::vector<RunMode>& modes, Plan& plan) {
  plan.named = IsNamed(workload);
  if (!plan.named) return;
  for (const Table& table : workload.tables) {
    plan.tables.push_back(
        {table.name, table.bytes, table.changed_bytes_per_day, workload.label(table.owner)});
  }
  for (size_t j = 0; j < workload.jobs.size(); ++j) {
    const Job& job = workload.jobs[j];
    PlannedJob& made = plan.jobs.emplace_back();
    made.name = job.name;
    made.type = job.type;
    made.dual_run_mode = modes[j];
    made.run_seconds = job.run_seconds;
    made.workflow = workload.label(job.workflow);
    made.owner = workload.label(job.owner);
    made.schedule = workload.schedule(job.schedule);
    made.repeatability = job.repeatability;
    made.hazards = job.hazards;
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

// Size and expected freeze of drafts, for grouping them into waves.
DraftLoad LoadOfDrafts(const Workload& workload, const Atoms& atoms, const Request& request) {
  std::vector<Seconds> freeze(atoms.count, request.freeze.fixed);
  const RunPatterns patterns(workload);
  for (uint32_t j = 0; request.waves.freeze_max > Seconds{0} && j < workload.jobs.size(); ++j) {
    Seconds& of_atom = freeze[atoms.of_job[j]];
    of_atom = std::max(of_atom, ExpectedFreeze(patterns.Of({JobId{j}}), request.freeze));
  }
  return [freeze = std::move(freeze), &atoms](const UnitDraft& draft) {
    WaveLoad load;
    for (Node atom : draft.atoms) {
      load.bytes += static_cast<int64_t>(atoms.bytes[atom]);
      load.freeze = std::max(load.freeze, freeze[atom]);
    }
    return load;
  };
}

arrange::Units UnitsOf(const DraftOrder& order, Node atoms) {
  arrange::Units units{std::vector<uint32_t>(atoms), static_cast<uint32_t>(order.units.size())};
  for (uint32_t i = 0; i < order.units.size(); ++i) {
    for (Node atom : order.units[i].atoms) units.of[atom] = i;
  }
  return units;
}

void FillUnits(const Workload& workload, const Placement& placement, const DraftOrder& order, Plan& plan) {
  plan.units.resize(placement.units);
  plan.waves.resize(order.waves.empty() ? 0 : order.waves.back() + 1);
  for (size_t w = 0; w < plan.waves.size(); ++w) plan.waves[w].id = fmt::format("w{:03}", w + 1);
  for (uint32_t i = 0; i < plan.units.size(); ++i) {
    plan.units[i].id = fmt::format("u{:05}", i + 1);
    plan.units[i].wave = WaveId{order.waves[i]};
    plan.units[i].pinned = order.units[i].wave.has_value();
    plan.waves[order.waves[i]].units.push_back(UnitId{i});
  }
  for (uint32_t t = 0; t < placement.of_table.size(); ++t) {
    if (placement.of_table[t] == kNoUnit) continue;
    Unit& unit = plan.units[placement.of_table[t]];
    unit.tables.push_back(TableId{t});
    unit.bytes += workload.tables[t].bytes;
    unit.changed_bytes_per_day += workload.tables[t].changed_bytes_per_day;
  }
  for (uint32_t j = 0; j < placement.of_job.size(); ++j)
    plan.units[placement.of_job[j]].jobs.push_back(JobId{j});
  for (const Unit& unit : plan.units) plan.waves[Index(unit.wave)].bytes += unit.bytes;
}

void SumUp(Plan& plan) {
  Totals& totals = plan.totals;
  for (const Unit& unit : plan.units) {
    totals.freeze += unit.cutover.freeze;
    totals.longest_freeze = std::max(totals.longest_freeze, unit.cutover.freeze);
    totals.delayed_runs += unit.cutover.delayed_runs;
    totals.duration = std::max(totals.duration, unit.cutover.at + unit.cutover.freeze);
  }
}

// Every id once and in range.
template <typename Id>
Status CheckPlaced(const Plan& plan, std::vector<Id> Unit::*ids, size_t count, const char* kind) {
  std::vector<bool> placed(count, false);
  for (const Unit& unit : plan.units) {
    for (Id id : unit.*ids) {
      if (Index(id) >= count)
        return InvalidInput(fmt::format("{}: there is no {} {}", unit.id, kind, Index(id)));
      if (placed[Index(id)])
        return InvalidInput(fmt::format("{}: {} {} is in two units", unit.id, kind, Index(id)));
      placed[Index(id)] = true;
    }
  }
  return Ok();
}

template <typename Mine, typename Theirs>
bool SameNames(const std::vector<Mine>& mine, const std::vector<Theirs>& theirs) {
  return std::ranges::equal(mine, theirs, {}, &Mine::name, &Theirs::name);
}

}  // namespace

Status CheckFits(const Workload& workload, const Plan& plan) {
  const bool same =
      plan.named == IsNamed(workload) &&
      (!plan.named || (SameNames(plan.tables, workload.tables) && SameNames(plan.jobs, workload.jobs)));
  if (!same)
    return InvalidInput("the plan names other tables or jobs than what it was made from: make it anew");
  GODWIT_TRY(CheckPlaced(plan, &Unit::tables, workload.tables.size(), "table"));
  GODWIT_TRY(CheckPlaced(plan, &Unit::jobs, workload.jobs.size(), "job"));
  const Placement placement = PlacementOf(workload, plan);
  for (uint32_t j = 0; j < workload.jobs.size(); ++j) {
    if (placement.of_job[j] == kNoUnit)
      return InvalidInput("the plan leaves out " + JobName(workload, JobId{j}));
  }
  for (uint32_t t = 0; t < workload.tables.size(); ++t) {
    const bool moves = workload.tables[t].residence == Residence::kMoves;
    if (moves != (placement.of_table[t] != kNoUnit)) {
      return InvalidInput(TableName(workload, TableId{t}) +
                          " moves, but not in the plan, or the other way round");
    }
  }
  return Ok();
}

int64_t MovingBytes(const Workload& workload) {
  int64_t total = 0;
  for (const Table& table : workload.tables) {
    if (table.residence == Residence::kMoves) total += table.bytes;
  }
  return total;
}

AtomRules AtomRulesOf(const Plan& plan) {
  AtomRules rules{plan.unit_bytes_max, plan.request.ties, plan.request.cut_at_unknown, {}};
  for (const Edit& edit : plan.edits) rules.together.push_back(edit.tables);
  return rules;
}

Placement PlacementOf(const Workload& workload, const Plan& plan) {
  Placement placement{std::vector<uint32_t>(workload.tables.size(), kNoUnit),
                      std::vector<uint32_t>(workload.jobs.size(), kNoUnit),
                      static_cast<uint32_t>(plan.units.size())};
  for (uint32_t i = 0; i < plan.units.size(); ++i) {
    for (TableId table : plan.units[i].tables) placement.of_table[Index(table)] = i;
    for (JobId job : plan.units[i].jobs) placement.of_job[Index(job)] = i;
  }
  return placement;
}

Result<Plan> MakePlan(const Workload& workload, const Request& asked, const std::vector<Edit>& edits) {
  GODWIT_TRY(CheckRequest(asked));
  Plan plan;
  plan.totals.bytes = MovingBytes(workload);
  const Request request = Completed(asked, plan.totals.bytes, plan.warnings);
  plan.request = request;
  plan.edits = edits;
  plan.unit_bytes_max = std::max<int64_t>(1, request.unit_max.Of(plan.totals.bytes));

  const Atoms atoms = MakeAtoms(workload, AtomRulesOf(plan));
  const arrange::Units found = OrderAtoms(workload, atoms, request, plan.unit_bytes_max);
  const std::vector<arrange::Read> reads =
      edits.empty() ? std::vector<arrange::Read>() : AtomReads(workload, atoms, request, {});
  GODWIT_TRY_ASSIGN(const DraftOrder order,
                    ApplyEdits(edits, atoms, reads, found, request.waves, plan.totals.bytes,
                               LoadOfDrafts(workload, atoms, request)));
  const Placement placement = PlaceAtoms(atoms, UnitsOf(order, atoms.count));
  FillUnits(workload, placement, order, plan);
  ChooseStrategies(workload, request, plan);
  const std::vector<RunMode> modes = ChooseRunModes(workload, placement, plan);
  CopyNames(workload, modes, plan);

  const std::vector<UnitNeeds> needs = FindNeeds(workload, request, placement, plan);
  GODWIT_TRY(LayOutTime(request, needs, plan));
  FindCrossings(workload, placement, modes, plan);
  plan.totals.cost = CostOf(workload, placement, {plan.unit_bytes_max, request.unit_overhead, request.alpha});
  SumUp(plan);
  GiveReasons(workload, request, atoms, order, plan);
  return plan;
}

}  // namespace godwit::planner
