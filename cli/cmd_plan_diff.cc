// `godwit plan diff A B`: what another plan would change.
#include <memory>

#include "cli/plan_commands.h"
#include "cli/plan_view.h"
#include "cli/state_folder.h"
#include "planner/compare.h"

namespace godwit::cli {
namespace {

struct DiffArgs {
  std::string before;
  std::string after;
};

ExitCode RunDiff(const DiffArgs& args, const Output& output) {
  const Result<PlanFile> before = ReadPlanFile(args.before);
  if (!before.ok()) return output.Fail(before.error());
  const Result<PlanFile> after = ReadPlanFile(args.after);
  if (!after.ok()) return output.Fail(after.error());
  if (before->plan.named != after->plan.named) {
    return output.Fail(
        InvalidInput("one plan has names and the other only numbers: they are of different warehouses"));
  }
  const planner::PlanDiff diff = planner::ComparePlans(before->plan, after->plan);
  if (output.json) {
    output.PrintJson(DiffJson(before->plan, after->plan, diff));
  } else {
    output.Print(DiffText(before->plan, after->plan, diff));
  }
  output.NextStep("godwit plan explain NAME --plan " + args.after);
  return kExitDone;
}

}  // namespace

void AddPlanDiff(CLI::App& plan, Invocation& invocation) {
  CLI::App* command = AddCommand(plan, invocation, "diff", "What differs between two plans",
                                 "godwit plan diff plan.json other.json");
  auto args = std::make_shared<DiffArgs>();
  command->add_option("BEFORE", args->before, "a plan")->required();
  command->add_option("AFTER", args->after, "another one")->required();
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunDiff(*args, output); };
  });
}

}  // namespace godwit::cli
