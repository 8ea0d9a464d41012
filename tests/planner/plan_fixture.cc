// Cases: a small warehouse (warehouse_text.h); options: a wish of ChangeRequest each (cap=10GB, order=…), and
// `show`: units (default), times, waves, cuts, syncs, reasons, warnings, modes. Expected: that part of the
// plan.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bytes.h"
#include "base/time.h"
#include "planner/alternatives.h"
#include "planner/compare.h"
#include "planner/edits_json.h"
#include "planner/explain.h"
#include "planner/find_name.h"
#include "planner/make_plan.h"
#include "planner/plan_json.h"
#include "planner/request_json.h"
#include "planner/words.h"
#include "tests/fixture/fixture.h"
#include "tests/planner/warehouse_text.h"

namespace godwit::planner {
namespace {

class Shown {
 public:
  explicit Shown(const Plan& plan) : plan_(plan) {}

  Result<std::string> What(const std::string& what) const {
    if (what == "units") return Units();
    if (what == "times") return Times();
    if (what == "waves") return Waves();
    if (what == "cuts") return Cuts();
    if (what == "syncs") return Syncs();
    if (what == "reasons") return Reasons();
    if (what == "warnings") return fmt::format("{}", fmt::join(plan_.warnings, "\n"));
    if (what == "modes") return Modes();
    return InvalidInput("nothing is shown as " + what);
  }

 private:
  const std::string& Name(TableId id) const { return plan_.tables[Index(id)].name; }
  const std::string& Name(JobId id) const { return plan_.jobs[Index(id)].name; }
  const std::string& Name(UnitId id) const { return plan_.units[Index(id)].id; }
  template <typename Id>
  std::string Names(const std::vector<Id>& ids) const {
    std::vector<std::string> names;
    for (Id id : ids) names.push_back(Name(id));
    return fmt::format("{}", fmt::join(names, " "));
  }
  const std::string& WaveOf(const Unit& unit) const { return plan_.waves[Index(unit.wave)].id; }

  std::string Units() const {
    std::string text;
    for (const Unit& unit : plan_.units) {
      text += fmt::format("{} {}{} {}: {} | {}\n", WaveOf(unit), unit.id, unit.pinned ? " pinned" : "",
                          FormatBytes(unit.bytes), Names(unit.tables), Names(unit.jobs));
    }
    return text;
  }
  std::string Times() const {
    std::string text;
    for (const Unit& unit : plan_.units) {
      const Cutover& cutover = unit.cutover;
      text += fmt::format("{} copy {}..{} cut over {} frozen {} delta {} delays {} by {}{}{}\n", unit.id,
                          FormatDuration(unit.copy_start), FormatDuration(unit.copy_end),
                          FormatDuration(cutover.at), FormatDuration(cutover.freeze),
                          FormatBytes(cutover.final_delta_bytes), cutover.delayed_runs,
                          FormatDuration(cutover.delay), cutover.schedules_known ? "" : ", schedules unknown",
                          unit.critical ? ", critical" : "");
      if (unit.strategy == Strategy::kDualRun) {
        text += fmt::format("   both sides {}..{}\n", FormatDuration(unit.dual_run_start),
                            FormatDuration(unit.dual_run_end));
      }
    }
    return text;
  }
  std::string Waves() const {
    std::string text;
    for (const Wave& wave : plan_.waves) {
      text += fmt::format("{} {} {}..{} frozen {}: {}\n", wave.id, FormatBytes(wave.bytes),
                          FormatDuration(wave.start), FormatDuration(wave.end), FormatDuration(wave.freeze),
                          Names(wave.units));
    }
    return text;
  }
  std::string Cuts() const {
    std::string text;
    for (const CutEdge& edge : plan_.cut_edges) {
      text += fmt::format("{} -> {} {} a day, {}, {}..{}\n", Name(edge.table), Name(edge.job),
                          FormatBytes(edge.bytes_per_day), WordOf(edge.direction),
                          FormatDuration(edge.open_from), FormatDuration(edge.open_until));
    }
    return text;
  }
  std::string Syncs() const {
    std::string text;
    for (const Sync& sync : plan_.syncs) {
      text +=
          fmt::format("{} {} {} a day for {} readers, {}..{}, {} in all\n", Name(sync.table),
                      WordOf(sync.direction), FormatBytes(sync.bytes_per_day), sync.readers,
                      FormatDuration(sync.from), FormatDuration(sync.until), FormatBytes(sync.total_bytes));
    }
    return text;
  }
  std::string Reasons() const {
    std::string text;
    for (const Unit& unit : plan_.units) {
      for (const Reason& reason : unit.reasons)
        text += fmt::format("{} {}: {}\n", unit.id, reason.code, reason.text);
    }
    return text;
  }
  std::string Modes() const {
    std::string text;
    for (const PlannedJob& job : plan_.jobs)
      text += fmt::format("{} {}\n", job.name, WordOf(job.dual_run_mode));
    return text;
  }

  const Plan& plan_;
};

Result<std::string> Explained(const Workload& workload, const Plan& plan, const std::string& name) {
  GODWIT_TRY_ASSIGN(const UnitId unit, FindUnit(workload, plan, name));
  const Result<TableId> table = FindTable(workload, name);
  const Explanation found =
      table.ok() ? ExplainTable(workload, plan, *table) : ExplainUnit(workload, plan, unit);
  std::string text = fmt::format("{} in {}\n", found.what, plan.units[Index(found.unit)].id);
  for (const Reason& reason : found.together) text += fmt::format("{}: {}\n", reason.code, reason.text);
  for (const Reason& reason : found.wave) text += fmt::format("{}: {}\n", reason.code, reason.text);
  for (uint32_t i : found.cuts) {
    const CutEdge& edge = plan.cut_edges[i];
    text += fmt::format("cut {} -> {}: {} in all\n", NameIn(plan, edge.table), NameIn(plan, edge.job),
                        FormatBytes(BytesInAll(edge)));
  }
  for (const Elsewhere& other : found.elsewhere) {
    text += fmt::format("elsewhere {}: x{:.3f} {}\n", plan.units[Index(other.unit)].id, other.ratio,
                        other.obstacle);
  }
  return text;
}

std::string Differences(const Plan& before, const Plan& after) {
  const PlanDiff diff = ComparePlans(before, after);
  std::string text = fmt::format("{} of {} units kept\n", diff.units_kept, diff.units_after);
  for (const MovedThing& thing : diff.moved) {
    text += fmt::format("{}: {} {} -> {} {}\n", thing.name, thing.unit_before, thing.wave_before,
                        thing.unit_after, thing.wave_after);
  }
  for (const ChangedCut& cut : diff.opened) text += fmt::format("cut {} -> {}\n", cut.table, cut.job);
  for (const ChangedCut& cut : diff.closed) text += fmt::format("not cut {} -> {}\n", cut.table, cut.job);
  return text;
}

std::string Alternatives(const Workload& workload, const Plan& plan) {
  std::string text;
  for (const Alternative& other : WeighAlternatives(workload, plan)) {
    text += fmt::format("{} ({}): {:.4f} instead of {:.4f}\n", other.name, other.option, other.cost.crossing,
                        plan.totals.cost.crossing);
  }
  return text;
}

Result<std::string> Show(const fixture::Case& each) {
  GODWIT_TRY_ASSIGN(Warehouse warehouse, ReadWarehouse(each.input));
  for (const auto& [key, value] : each.options) {
    if (key != "show") GODWIT_TRY(ChangeRequest(key + "=" + value, warehouse.request));
  }
  GODWIT_TRY_ASSIGN(const Plan plan, MakePlan(warehouse.workload, warehouse.request, warehouse.edits));
  GODWIT_TRY_ASSIGN(const Plan again, ReadPlan(PlanText(plan)));
  if (!(again == plan)) return InvalidInput("the plan is another one after it was written and read");
  GODWIT_TRY_ASSIGN(const std::vector<Edit> edits,
                    ReadEdits(EditsText(warehouse.edits, warehouse.workload), warehouse.workload));
  if (edits != warehouse.edits) return InvalidInput("the edits are others after they were written and read");
  const std::string show = each.Option("show", "units");
  if (show.starts_with("explain:")) return Explained(warehouse.workload, plan, show.substr(8));
  if (show == "alternatives") return Alternatives(warehouse.workload, plan);
  if (show != "diff") return Shown(plan).What(show);
  GODWIT_TRY_ASSIGN(const Plan before, MakePlan(warehouse.workload, warehouse.request, {}));
  return Differences(before, plan);
}

std::string Make(const fixture::Case& each) {
  const Result<std::string> text = Show(each);
  return text.ok() ? *text : "error: " + text.error().message;
}

}  // namespace
}  // namespace godwit::planner

int main(int argc, char** argv) {
  return godwit::fixture::RunAllTests(argc, argv, "planner/plans", godwit::planner::Make);
}
