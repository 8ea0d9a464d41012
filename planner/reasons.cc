#include "planner/reasons.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/counted.h"

namespace godwit::planner {
namespace {

// How many atoms of a unit have each cause.
struct CauseCounts {
  int shared_writer = 0, cycle = 0, tied = 0, unknown = 0;
};

CauseCounts CountCauses(const UnitDraft& draft, const Atoms& atoms) {
  CauseCounts counts;
  for (Node atom : draft.atoms) {
    counts.shared_writer += (atoms.causes[atom] & kSharedWriter) != 0;
    counts.cycle += (atoms.causes[atom] & kCycle) != 0;
    counts.tied += (atoms.causes[atom] & kTied) != 0;
    counts.unknown += (atoms.causes[atom] & kUnknownUpstream) != 0;
  }
  return counts;
}

void Add(Unit& unit, const char* code, std::string text) { unit.reasons.push_back({code, std::move(text)}); }

void ExplainTogether(const UnitDraft& draft, const Atoms& atoms, Unit& unit) {
  const CauseCounts counts = CountCauses(draft, atoms);
  if (counts.shared_writer > 0) {
    Add(unit, "shared-writer",
        fmt::format("tables and jobs kept together by shared writers: {}", counts.shared_writer));
  }
  if (counts.cycle > 0)
    Add(unit, "cycle", fmt::format("cycles of jobs that feed each other, kept whole: {}", counts.cycle));
  if (counts.tied > 0) Add(unit, "tie", fmt::format("groups kept together on request: {}", counts.tied));
  if (counts.unknown > 0) {
    Add(unit, "unknown-upstream",
        fmt::format("groups kept whole because what feeds them could not be read: {}", counts.unknown));
  }
  if (draft.edited)
    Add(unit, "edited", draft.wave ? "taken out and pinned to this wave by an edit" : "split off by an edit");
  if (draft.cascade) Add(unit, "cascade", "comes along with a pinned unit that must not move without it");
}

void ExplainSize(const Workload& workload, int64_t unit_bytes_max, Unit& unit) {
  for (TableId id : unit.tables) {
    const int64_t bytes = workload.table(id).bytes;
    if (bytes <= unit_bytes_max) continue;
    Add(unit, "oversize",
        fmt::format("{} holds {}, more than the {} of a unit; it counts as half a unit",
                    TableName(workload, id), FormatBytes(bytes), FormatBytes(unit_bytes_max)));
  }
}

// What a unit exchanges with others while the move lasts.
void ExplainCuts(Plan& plan) {
  std::vector<int64_t> in(plan.units.size(), 0), out(plan.units.size(), 0);
  for (const CutEdge& edge : plan.cut_edges) {
    out[Index(edge.table_unit)] += edge.bytes_per_day;
    in[Index(edge.job_unit)] += edge.bytes_per_day;
  }
  for (size_t i = 0; i < plan.units.size(); ++i) {
    const std::string text = in[i] + out[i] == 0
                                 ? "nothing is cut: it exchanges data with no other unit"
                                 : fmt::format("reads {} a day from other units, is read {} a day by them",
                                               FormatBytes(in[i]), FormatBytes(out[i]));
    Add(plan.units[i], in[i] + out[i] == 0 ? "whole" : "cut", text);
  }
}

void WarnOfResidence(const Workload& workload, Plan& plan) {
  int64_t reads = 0, writes = 0, bytes = 0;
  for (const Access& access : workload.accesses) {
    if (workload.table(access.table).residence != Residence::kStays) continue;
    if (access.kind == AccessKind::kWrite) ++writes;
    if (access.kind == AccessKind::kRead) ++reads, bytes += access.bytes_per_day;
  }
  if (reads > 0) {
    plan.warnings.push_back(
        fmt::format("{} ({} a day) of tables that stay will cross sites for good: move these "
                    "tables, or change the jobs",
                    Counted(reads, "read", "reads"), FormatBytes(bytes)));
  }
  if (writes > 0) {
    plan.warnings.push_back(Counted(writes, "write goes", "writes go") +
                            " to tables that stay while their jobs move");
  }
}

void WarnOfUnits(const Request& request, const Atoms& atoms, Plan& plan) {
  size_t long_freezes = 0, blind = 0;
  for (const Unit& unit : plan.units) {
    long_freezes += unit.cutover.freeze > request.freeze.budget;
    blind += !unit.cutover.schedules_known;
  }
  if (blind > 0) {
    plan.warnings.push_back(
        fmt::format("{} of {} {} jobs whose schedule is not known: their freezes may meet running jobs",
                    blind, Counted(std::ssize(plan.units), "unit", "units"),
                    OneOrMany(static_cast<int64_t>(blind), "has", "have")));
  }
  if (long_freezes > 0) {
    plan.warnings.push_back(Counted(static_cast<int64_t>(long_freezes),
                                    "freeze is predicted to be longer than its budget",
                                    "freezes are predicted to be longer than their budget"));
  }
  const auto oversize = std::ranges::count_if(
      atoms.load, [&](double load) { return load > static_cast<double>(plan.unit_bytes_max) * (1 + 1e-9); });
  if (oversize > 0) {
    plan.warnings.push_back(
        fmt::format("{} one alone; a cap of {} would hold the largest",
                    Counted(oversize, "group that cannot be cut is larger than a unit: it is",
                            "groups that cannot be cut are larger than a unit: each is"),
                    FormatBytes(static_cast<int64_t>(*std::ranges::max_element(atoms.load)))));
  }
}

}  // namespace

void GiveReasons(const Workload& workload, const Request& request, const Atoms& atoms,
                 const DraftOrder& order, Plan& plan) {
  for (size_t i = 0; i < plan.units.size(); ++i) {
    ExplainTogether(order.units[i], atoms, plan.units[i]);
    ExplainSize(workload, plan.unit_bytes_max, plan.units[i]);
  }
  ExplainCuts(plan);
  WarnOfResidence(workload, plan);
  WarnOfUnits(request, atoms, plan);
}

}  // namespace godwit::planner
