// `godwit plan explain TABLE|UNIT`: why it is where it is, and what another place would cost.
#include <memory>

#include "cli/plan_commands.h"
#include "cli/plan_source.h"
#include "cli/plan_view.h"
#include "cli/state_folder.h"
#include "planner/explain.h"
#include "planner/find_name.h"

namespace godwit::cli {
namespace {

struct ExplainArgs {
  std::string name;
  std::string plan = "plan.json";
};

Result<planner::Explanation> Explain(const planner::Workload& workload, const planner::Plan& plan,
                                     const std::string& name) {
  GODWIT_TRY_ASSIGN(const planner::UnitId unit, planner::FindUnit(workload, plan, name));
  const Result<planner::TableId> table = planner::FindTable(workload, name);
  return table.ok() ? planner::ExplainTable(workload, plan, *table)
                    : planner::ExplainUnit(workload, plan, unit);
}

ExitCode RunExplain(const ExplainArgs& args, const Output& output) {
  const Result<PlanFile> file = ReadPlanFile(args.plan);
  if (!file.ok()) return output.Fail(file.error());
  const planner::Plan& plan = file->plan;
  const Result<planner::Workload> workload = LoadAgain(plan);
  if (!workload.ok()) return output.Fail(workload.error());
  const Result<planner::Explanation> found = Explain(*workload, plan, args.name);
  if (!found.ok()) return output.Fail(found.error());
  if (output.json) {
    output.PrintJson(ExplanationJson(plan, *found));
  } else {
    output.Print(ExplanationText(plan, *found));
  }
  const std::string& unit = plan.units[planner::Index(found->unit)].id;
  output.NextStep("godwit plan edit relocate " + unit +
                  " --wave N --dry-run, to see what another wave would do");
  return kExitDone;
}

}  // namespace

void AddPlanExplain(CLI::App& plan, Invocation& invocation) {
  CLI::App* command =
      AddCommand(plan, invocation, "explain", "Why a table, job or unit moves with what and when",
                 "godwit plan explain mart.daily\n  godwit plan explain u00042 --plan plan.json");
  auto args = std::make_shared<ExplainArgs>();
  command->add_option("NAME", args->name, "a table, job or unit")->required();
  command->add_option("--plan", args->plan, "the plan")->capture_default_str();
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunExplain(*args, output); };
  });
}

}  // namespace godwit::cli
