// Cases: a small warehouse (warehouse_text.h); options: a wish of ChangeRequest each (cap=10GB, order=…), and
// `show`: units (default), times, waves, cuts, syncs, reasons, warnings, modes. Expected: that part of the
// plan.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bytes.h"
#include "base/time.h"
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

Result<std::string> Show(const fixture::Case& each) {
  GODWIT_TRY_ASSIGN(Warehouse warehouse, ReadWarehouse(each.input));
  for (const auto& [key, value] : each.options) {
    if (key != "show") GODWIT_TRY(ChangeRequest(key + "=" + value, warehouse.request));
  }
  GODWIT_TRY_ASSIGN(const Plan plan, MakePlan(warehouse.workload, warehouse.request, warehouse.edits));
  GODWIT_TRY_ASSIGN(const Plan again, ReadPlan(PlanText(plan)));
  if (!(again == plan)) return InvalidInput("the plan is another one after it was written and read");
  return Shown(plan).What(each.Option("show", "units"));
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
