// `godwit approve`: a person signs a plan, or the switch of one unit.
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/state_folder.h"
#include "cli/text_file.h"

namespace godwit::cli {
namespace {

struct ApproveArgs {
  std::string plan;
  std::string unit;
  std::string comment;
  std::string config = "godwit.yaml";
};

ExitCode ApprovePlan(const ApproveArgs& args, const config::Settings& settings, const Output& output) {
  const Result<PlanFile> plan = ReadPlanFile(args.plan);
  if (!plan.ok()) return output.Fail(plan.error());
  const Result<StateFolder> folder = StateFolder::Make(settings.state_folder);
  if (!folder.ok()) return output.Fail(folder.error());
  if (const Status kept = KeepPlan(*folder, *plan); !kept.ok()) return output.Fail(kept.error());
  const Result<std::unique_ptr<state::Journal>> journal = state::OpenSqliteJournal(folder->JournalPath());
  if (!journal.ok()) return output.Fail(journal.error());
  const Json body = {
      {"by", PersonName()}, {"comment", args.comment}, {"plan_hash", plan->hash}, {"what", "plan"}};
  const Status said = Say(**journal, "", state::RecordKind::kApproval, body.dump());
  if (!said.ok()) return output.Fail(said.error());
  if (output.json) {
    output.PrintJson({{"approved", "plan"}, {"plan_hash", plan->hash}, {"by", PersonName()}});
  } else {
    output.Print(fmt::format("{} approved plan {} ({} units)\n", PersonName(), plan->hash.substr(0, 12),
                             plan->plan.units.size()));
  }
  output.NextStep("godwit apply " + args.plan + " --execute");
  return kExitDone;
}

ExitCode ApproveSwitch(const ApproveArgs& args, const config::Settings& settings, const Output& output) {
  const Result<std::unique_ptr<BegunMigration>> begun = OpenMigration(settings, false);
  if (!begun.ok()) return output.Fail(begun.error());
  const Result<size_t> unit = FindUnit((*begun)->migration, args.unit);
  if (!unit.ok()) return output.Fail(unit.error());
  const std::string& id = (*begun)->migration.units[*unit].id;
  const Json body = {{"by", PersonName()},
                     {"comment", args.comment},
                     {"plan_hash", (*begun)->plan.hash},
                     {"what", "switch"}};
  const Status said = Say(*(*begun)->journal, id, state::RecordKind::kApproval, body.dump());
  if (!said.ok()) return output.Fail(said.error());
  if (output.json) {
    output.PrintJson({{"approved", "switch"}, {"unit", id}, {"by", PersonName()}});
  } else {
    output.Print(fmt::format("{} approved the switch of {}\n", PersonName(), id));
  }
  return kExitDone;
}

ExitCode RunApprove(const ApproveArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  if (args.unit.empty() == args.plan.empty()) {
    return output.Fail(InvalidInput("name either a plan file or --unit: `godwit approve plan.json`"));
  }
  return args.unit.empty() ? ApprovePlan(args, *settings, output) : ApproveSwitch(args, *settings, output);
}

}  // namespace

void AddApprove(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "approve", "Sign a plan, or the switch of a unit",
                                 "godwit approve plan.json --comment 'board of 22 November'");
  auto args = std::make_shared<ApproveArgs>();
  command->add_option("plan", args->plan, "the plan file");
  command->add_option("--unit", args->unit, "the switch of this unit instead");
  command->add_option("--comment", args->comment, "kept in the journal");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunApprove(*args, output); };
  });
}

}  // namespace godwit::cli
