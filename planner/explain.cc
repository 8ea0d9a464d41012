#include "planner/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/time.h"
#include "planner/atoms.h"
#include "planner/cost.h"
#include "planner/make_plan.h"

namespace godwit::planner {
namespace {

constexpr size_t kPlacesMax = 8;  // looked at besides its own
constexpr size_t kNamesMax = 5;   // in one sentence

// "a, b and 7 more".
std::string Listed(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kNamesMax);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

// The tables and jobs that can never be apart from one table.
class Company {
 public:
  Company(const Workload& workload, const Plan& plan, TableId table)
      : workload_(workload), plan_(plan), atoms_(MakeAtoms(workload, AtomRulesOf(plan))), table_(table) {
    for (uint32_t t = 0; t < atoms_.of_table.size(); ++t) {
      if (Has(TableId{t})) tables_.push_back(TableId{t});
    }
  }

  const std::vector<TableId>& tables() const { return tables_; }
  bool Has(TableId table) const { return atoms_.of_table[Index(table)] == atom(); }
  bool Has(JobId job) const { return atoms_.of_job[Index(job)] == atom(); }
  double load() const { return atoms_.load[atom()]; }

  std::vector<Reason> Reasons() const {
    std::vector<Reason> reasons;
    AddWriters(reasons);
    AddSharedWriters(reasons);
    const uint8_t causes = atoms_.causes[atom()];
    if (causes & kCycle) reasons.push_back({"cycle", "its jobs are in a cycle: each feeds the others"});
    if (causes & kTied) {
      reasons.push_back({"tie", "a tie keeps it with the other tables of its workflow, owner or group"});
    }
    if (causes & kUnknownUpstream) {
      reasons.push_back(
          {"unknown-upstream", "a writer here could not be read: what is known of its input stays with it"});
    }
    if (causes & kEdited) AddEdits(reasons);
    if (tables_.size() > 1) {
      reasons.push_back({"whole", "so these are never apart: " + Listed(NamesOf(tables_))});
    }
    return reasons;
  }

 private:
  Node atom() const { return atoms_.of_table[Index(table_)]; }

  std::vector<std::string> NamesOf(const std::vector<TableId>& tables) const {
    std::vector<std::string> names;
    for (TableId id : tables) names.push_back(TableName(workload_, id));
    return names;
  }

  void AddWriters(std::vector<Reason>& reasons) const {
    std::vector<std::string> writers;
    for (const Access& access : workload_.accesses) {
      if (access.kind == AccessKind::kWrite && access.table == table_)
        writers.push_back(JobName(workload_, access.job));
    }
    if (writers.empty()) {
      reasons.push_back({"writer", "no job writes it: it moves on its own"});
    } else {
      reasons.push_back({"writer", "what writes it moves with it: " + Listed(writers)});
    }
  }

  void AddSharedWriters(std::vector<Reason>& reasons) const {
    std::map<JobId, std::vector<std::string>> also;  // what the table's writers write besides
    std::set<JobId> writers;
    for (const Access& access : workload_.accesses) {
      if (access.kind == AccessKind::kWrite && access.table == table_) writers.insert(access.job);
    }
    for (const Access& access : workload_.accesses) {
      if (access.kind != AccessKind::kWrite || access.table == table_ || !writers.contains(access.job))
        continue;
      also[access.job].push_back(TableName(workload_, access.table));
    }
    for (const auto& [job, tables] : also) {
      reasons.push_back(
          {"shared-writer", fmt::format("{} also writes {}", JobName(workload_, job), Listed(tables))});
    }
  }

  void AddEdits(std::vector<Reason>& reasons) const {
    for (const Edit& edit : plan_.edits) {
      if (std::ranges::none_of(edit.tables, [&](TableId id) { return Has(id); })) continue;
      reasons.push_back({"edited", fmt::format("an edit keeps {} together{}", Listed(NamesOf(edit.tables)),
                                               edit.why.empty() ? "" : ": " + edit.why)});
    }
  }

  const Workload& workload_;
  const Plan& plan_;
  const Atoms atoms_;
  const TableId table_;
  std::vector<TableId> tables_;
};

// What binds the table to the rest of its unit: reads that would be cut if it left.
void AddBonds(const Workload& workload, const Placement& placement, const Company& company,
              const Unit& plan_unit, std::vector<Reason>& reasons) {
  const uint32_t unit = placement.of_table[Index(company.tables().front())];
  std::vector<std::pair<int64_t, std::string>> bonds;
  for (const Access& access : workload.accesses) {
    if (access.kind != AccessKind::kRead || placement.of_table[Index(access.table)] != unit) continue;
    if (placement.of_job[Index(access.job)] != unit || company.Has(access.table) == company.Has(access.job))
      continue;
    bonds.emplace_back(access.bytes_per_day,
                       fmt::format("{} reads {} ({} a day)", JobName(workload, access.job),
                                   TableName(workload, access.table), FormatBytes(access.bytes_per_day)));
  }
  std::ranges::sort(bonds, std::greater<>());
  std::vector<std::string> names;
  for (auto& [bytes, text] : bonds) names.push_back(std::move(text));
  if (!names.empty()) reasons.push_back({"read", "reads that stay inside the unit: " + Listed(names)});
  const bool alone = std::ranges::all_of(plan_unit.tables, [&](TableId id) { return company.Has(id); });
  if (names.empty() && !alone) {
    reasons.push_back({"packed", "it exchanges nothing with the rest of its unit: it fills the unit up"});
  }
}

// Why the unit is not in the wave before, as far as the rules for waves say.
std::string WhyNotEarlier(const Plan& plan, const Unit& unit) {
  const uint32_t w = Index(unit.wave);
  const Unit& first = plan.units[Index(plan.waves[w].units.front())];
  if (w == 0) return plan.request.waves.pilot ? "it is in the pilot wave" : "it is in the first wave";
  const Wave& before = plan.waves[w - 1];
  const WaveRules& rules = plan.request.waves;
  if (rules.pilot && w == 1) return fmt::format("{} is the pilot and stays alone", before.id);
  if (rules.units_max > 0 && std::cmp_greater_equal(before.units.size(), rules.units_max)) {
    return fmt::format("{} is full: it has {} units", before.id, before.units.size());
  }
  const int64_t bytes_max = rules.bytes_max.Of(plan.totals.bytes);
  if (bytes_max > 0 && before.bytes + first.bytes > bytes_max) {
    return fmt::format("{} is full: {} of {} and {} begins with {}", before.id, FormatBytes(before.bytes),
                       FormatBytes(bytes_max), plan.waves[w].id, FormatBytes(first.bytes));
  }
  return rules.pilot
             ? fmt::format("waves grow slowly: {} is as large as what went before it allows", before.id)
             : fmt::format("{} is as long frozen as a wave may be", before.id);
}

std::vector<Reason> WaveReasons(const Plan& plan, UnitId id) {
  const Unit& unit = plan.units[Index(id)];
  std::vector<Reason> reasons;
  reasons.push_back({"order", fmt::format("number {} of {} in the order in which least crosses sites",
                                          Index(id) + 1, plan.units.size())});
  if (unit.pinned) reasons.push_back({"pinned", "an edit pins it to " + plan.waves[Index(unit.wave)].id});
  reasons.push_back({"wave", WhyNotEarlier(plan, unit)});
  if (!unit.after.empty()) {
    std::vector<std::string> names;
    for (UnitId before : unit.after) names.push_back(plan.units[Index(before)].id);
    reasons.push_back({"after", "it waits for what it must not move before: " + Listed(names)});
  }
  const Cutover& cutover = unit.cutover;
  if (cutover.delayed_runs > 0) {
    reasons.push_back({"freeze", fmt::format("no quiet window: {} scheduled runs wait {} in all",
                                             cutover.delayed_runs, FormatDuration(cutover.delay))});
  } else if (!cutover.schedules_known) {
    reasons.push_back(
        {"freeze", "some of its jobs' schedules are not known: the longest may have to be waited for"});
  } else {
    reasons.push_back({"freeze", "its freeze lies in a quiet window: no scheduled run is delayed"});
  }
  reasons.push_back({"slack", unit.critical ? "critical: if it is late, everything is"
                                            : fmt::format("it may be {} late without delaying the end",
                                                          FormatDuration(unit.slack))});
  return reasons;
}

CostRules RulesOf(const Plan& plan) {
  return {plan.unit_bytes_max, plan.request.unit_overhead, plan.request.alpha};
}

// What the order was made to keep small.
double PriceOf(const Workload& workload, const Plan& plan, const Placement& placement) {
  const Cost cost = CostOf(workload, placement, RulesOf(plan));
  return plan.request.objective == Objective::kSyncOnce ? cost.synced : cost.priced;
}

std::string HardObstacle(const Workload& workload, const Plan& plan, const Placement& placement) {
  const bool all_hard = plan.request.order == OrderRule::kUpstreamFirst;
  for (const Access& access : workload.accesses) {
    if (access.kind != AccessKind::kRead || !(access.hard || all_hard)) continue;
    const uint32_t table = placement.of_table[Index(access.table)];
    if (table == kNoUnit || placement.of_job[Index(access.job)] >= table) continue;
    return fmt::format("{} would move before {}, which it must not", JobName(workload, access.job),
                       TableName(workload, access.table));
  }
  return "";
}

Elsewhere Priced(const Workload& workload, const Plan& plan, const Placement& own, const Placement& other,
                 UnitId unit) {
  Elsewhere elsewhere{unit, 1, HardObstacle(workload, plan, other)};
  const double price = PriceOf(workload, plan, own);
  elsewhere.ratio = price > 0 ? PriceOf(workload, plan, other) / price : 1;
  return elsewhere;
}

// Bytes that the unit's tables take of its cap.
double LoadOf(const Workload& workload, const Plan& plan, UnitId id) {
  double load = 0;
  for (TableId table : plan.units[Index(id)].tables) {
    const int64_t bytes = workload.table(table).bytes;
    load += bytes > plan.unit_bytes_max ? plan.unit_bytes_max / 2.0 : static_cast<double>(bytes);
  }
  return load;
}

// The units that the company exchanges most with, and its neighbours in the order.
std::vector<UnitId> PlacesFor(const Workload& workload, const Placement& placement, const Company& company,
                              UnitId own) {
  std::map<uint32_t, int64_t> bytes;
  for (const Access& access : workload.accesses) {
    if (access.kind != AccessKind::kRead || company.Has(access.table) == company.Has(access.job)) continue;
    const uint32_t table = placement.of_table[Index(access.table)];
    if (table == kNoUnit) continue;
    bytes[company.Has(access.table) ? placement.of_job[Index(access.job)] : table] += access.bytes_per_day;
  }
  if (Index(own) > 0) bytes.try_emplace(Index(own) - 1, 0);
  if (Index(own) + 1 < placement.units) bytes.try_emplace(Index(own) + 1, 0);
  bytes.erase(Index(own));
  std::vector<std::pair<int64_t, uint32_t>> ranked;
  for (const auto& [unit, exchanged] : bytes) ranked.emplace_back(-exchanged, unit);
  std::ranges::sort(ranked);
  ranked.resize(std::min(ranked.size(), kPlacesMax));
  std::vector<UnitId> places;
  for (const auto& [rank, unit] : ranked) places.push_back(UnitId{unit});
  return places;
}

std::vector<Elsewhere> ElsewhereForTable(const Workload& workload, const Plan& plan, const Placement& own,
                                         const Company& company, UnitId unit) {
  std::vector<Elsewhere> found;
  for (UnitId place : PlacesFor(workload, own, company, unit)) {
    Placement other = own;
    for (uint32_t t = 0; t < other.of_table.size(); ++t) {
      if (company.Has(TableId{t})) other.of_table[t] = Index(place);
    }
    for (uint32_t j = 0; j < other.of_job.size(); ++j) {
      if (company.Has(JobId{j})) other.of_job[j] = Index(place);
    }
    found.push_back(Priced(workload, plan, own, other, place));
    const double load = LoadOf(workload, plan, place) + company.load();
    if (found.back().obstacle.empty() && load > static_cast<double>(plan.unit_bytes_max)) {
      found.back().obstacle = fmt::format("no room: {} of {} there", FormatBytes(static_cast<int64_t>(load)),
                                          FormatBytes(plan.unit_bytes_max));
    }
  }
  return found;
}

// The order with one unit at another place.
Placement WithUnitAt(const Placement& own, uint32_t from, uint32_t to) {
  const auto place = [&](uint32_t unit) {
    if (unit == kNoUnit) return unit;
    if (unit == from) return to;
    if (from < to) return unit > from && unit <= to ? unit - 1 : unit;
    return unit >= to && unit < from ? unit + 1 : unit;
  };
  Placement other = own;
  for (uint32_t& unit : other.of_table) unit = place(unit);
  for (uint32_t& unit : other.of_job) unit = place(unit);
  return other;
}

std::vector<Elsewhere> ElsewhereForUnit(const Workload& workload, const Plan& plan, const Placement& own,
                                        UnitId unit) {
  std::set<uint32_t> places;
  const uint32_t here = Index(unit), wave = Index(plan.units[here].wave);
  if (wave > 0) places.insert(Index(plan.waves[wave - 1].units.back()));
  if (wave + 1 < plan.waves.size()) places.insert(Index(plan.waves[wave + 1].units.front()));
  places.insert(0);
  places.insert(own.units - 1);
  places.erase(here);
  std::vector<Elsewhere> found;
  for (uint32_t place : places) {
    found.push_back(Priced(workload, plan, own, WithUnitAt(own, here, place), UnitId{place}));
  }
  return found;
}

template <typename Touches>
std::vector<uint32_t> CutsThat(const Plan& plan, const Touches& touches) {
  std::vector<uint32_t> cuts;
  for (uint32_t i = 0; i < plan.cut_edges.size(); ++i) {
    if (touches(plan.cut_edges[i])) cuts.push_back(i);
  }
  std::ranges::stable_sort(cuts, std::greater<>(), [&](uint32_t i) { return BytesInAll(plan.cut_edges[i]); });
  return cuts;
}

}  // namespace

int64_t BytesInAll(const CutEdge& edge) {
  constexpr double kDay = 24 * 3600;
  const double days = static_cast<double>((edge.open_until - edge.open_from).count()) / kDay;
  return static_cast<int64_t>(static_cast<double>(edge.bytes_per_day) * days);
}

Explanation ExplainTable(const Workload& workload, const Plan& plan, TableId table) {
  const Company company(workload, plan, table);
  const Placement placement = PlacementOf(workload, plan);
  Explanation found;
  found.what = IsNamed(workload) ? "table " + TableName(workload, table) : TableName(workload, table);
  found.unit = UnitId{placement.of_table[Index(table)]};
  found.together = company.Reasons();
  AddBonds(workload, placement, company, plan.units[Index(found.unit)], found.together);
  found.wave = WaveReasons(plan, found.unit);
  found.cuts =
      CutsThat(plan, [&](const CutEdge& edge) { return company.Has(edge.table) || company.Has(edge.job); });
  found.elsewhere = ElsewhereForTable(workload, plan, placement, company, found.unit);
  return found;
}

Explanation ExplainUnit(const Workload& workload, const Plan& plan, UnitId unit) {
  Explanation found;
  found.what = "unit " + plan.units[Index(unit)].id;
  found.unit = unit;
  found.together = plan.units[Index(unit)].reasons;
  found.wave = WaveReasons(plan, unit);
  found.cuts =
      CutsThat(plan, [&](const CutEdge& edge) { return edge.table_unit == unit || edge.job_unit == unit; });
  found.elsewhere = ElsewhereForUnit(workload, plan, PlacementOf(workload, plan), unit);
  return found;
}

}  // namespace godwit::planner
