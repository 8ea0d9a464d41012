// `godwit approve`: a person signs a plan, a wave, or the switch of one unit.
#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "cli/approver.h"
#include "cli/command.h"
#include "cli/state_folder.h"
#include "cli/text_file.h"

namespace godwit::cli {
namespace {

struct ApproveArgs {
  std::string plan;
  std::string unit;
  int wave = 0;
  std::string comment;
  std::string token;
  std::string config = "godwit.yaml";
};

// What is signed, as one digest: the plan by its text, a wave or a unit by what of it moves.
std::string HashOf(const std::vector<const executor::UnitSpec*>& units) {
  std::string text;
  for (const executor::UnitSpec* unit : units) {
    text += fmt::format("unit {} wave {}\n", unit->id, unit->wave);
    for (const executor::TableName& table : unit->tables) text += "table " + table.Text() + "\n";
    for (const executor::JobSpec& job : unit->jobs) {
      text += fmt::format("job {} {}\n", job.name, executor::RunModeName(job.mode));
    }
  }
  return Sha256Hex(text);
}

// A denied attempt is part of the story.
ExitCode Deny(state::Journal& journal, const std::string& unit, const std::string& what, const Error& error,
              const Output& output) {
  const Json note = {{"by", PersonName()}, {"denied", "approve " + what}, {"why", error.message}};
  const Status said = Say(journal, unit, state::RecordKind::kNote, note.dump());
  if (!said.ok()) output.Warn("the denial could not be written down: " + said.error().message);
  return output.Fail(error);
}

Json BodyOf(const ApproveArgs& args, const std::string& by, const std::string& what,
            const std::string& plan_hash) {
  return {
      {"by", by}, {"comment", args.comment}, {"os", PersonName()}, {"plan_hash", plan_hash}, {"what", what}};
}

ExitCode ApprovePlan(const ApproveArgs& args, const config::Settings& settings, const Output& output) {
  const Result<PlanFile> plan = ReadPlanFile(args.plan);
  if (!plan.ok()) return output.Fail(plan.error());
  const Result<StateFolder> folder = StateFolder::Make(settings.state_folder);
  if (!folder.ok()) return output.Fail(folder.error());
  if (const Status kept = KeepPlan(*folder, *plan); !kept.ok()) return output.Fail(kept.error());
  const Result<std::unique_ptr<state::Journal>> journal = state::OpenSqliteJournal(folder->JournalPath());
  if (!journal.ok()) return output.Fail(journal.error());
  const Result<std::string> by = ApproverName(settings.approvals, args.token);
  if (!by.ok()) return Deny(**journal, "", "plan", by.error(), output);
  const Json body = BodyOf(args, *by, "plan", plan->hash);
  const Status said = Say(**journal, "", state::RecordKind::kApproval, body.dump());
  if (!said.ok()) return output.Fail(said.error());
  if (output.json) {
    output.PrintJson({{"approved", "plan"}, {"plan_hash", plan->hash}, {"by", *by}});
  } else {
    output.Print(fmt::format("{} approved plan {} ({} units)\n", *by, plan->hash.substr(0, 12),
                             plan->plan.units.size()));
  }
  output.NextStep("godwit apply " + args.plan + " --execute");
  return kExitDone;
}

// Who signs the switch of this unit. Errors: kInvalidInput — why they may not.
Result<std::string> SignerOf(const ApproveArgs& args, const config::Settings& settings,
                             const BegunMigration& begun, const std::vector<size_t>& units) {
  GODWIT_TRY_ASSIGN(std::string by, ApproverName(settings.approvals, args.token));
  if (settings.approvals.four_eyes && IsSamePerson(begun.ledger->run().driver, by)) {
    return InvalidInput(by + " drives this migration: the switch needs a second person's approval");
  }
  for (const size_t unit : units) {
    const executor::UnitState state = begun.ledger->row(unit).state;
    if (executor::IsCommitted(state) && state != executor::UnitState::kProbation) {
      return InvalidInput(fmt::format("{} is {}: there is nothing to approve", begun.migration.units[unit].id,
                                      executor::UnitStateName(state)));
    }
  }
  return by;
}

Result<std::vector<size_t>> UnitsOf(const ApproveArgs& args, const BegunMigration& begun) {
  std::vector<size_t> units;
  if (!args.unit.empty()) {
    GODWIT_TRY_ASSIGN(const size_t unit, FindUnit(begun.migration, args.unit));
    return std::vector<size_t>{unit};
  }
  for (size_t i = 0; i < begun.migration.units.size(); ++i) {
    const bool done = executor::IsCommitted(begun.ledger->row(i).state);
    if (begun.migration.units[i].wave == args.wave && !done) units.push_back(i);
  }
  if (units.empty()) return InvalidInput(fmt::format("no unit of wave {} is still to switch", args.wave));
  return units;
}

ExitCode ApproveSwitches(const ApproveArgs& args, const config::Settings& settings, const Output& output) {
  const Result<std::unique_ptr<BegunMigration>> opened = OpenMigration(settings, false);
  if (!opened.ok()) return output.Fail(opened.error());
  const BegunMigration& begun = **opened;
  const std::string what = args.unit.empty() ? fmt::format("wave {}", args.wave) : "switch of " + args.unit;
  const Result<std::vector<size_t>> units = UnitsOf(args, begun);
  if (!units.ok()) return Deny(*begun.journal, "", what, units.error(), output);
  const Result<std::string> by = SignerOf(args, settings, begun, *units);
  if (!by.ok()) {
    return Deny(*begun.journal, args.unit.empty() ? "" : begun.migration.units[units->front()].id, what,
                by.error(), output);
  }
  std::vector<const executor::UnitSpec*> specs;
  for (const size_t unit : *units) specs.push_back(&begun.migration.units[unit]);
  const std::string hash = HashOf(specs);
  std::vector<state::Entry> entries;
  Json ids = Json::array();
  for (const executor::UnitSpec* spec : specs) {
    Json body = BodyOf(args, *by, "switch", begun.plan.hash);
    body["units_hash"] = hash;
    if (args.wave != 0) body["wave"] = args.wave;
    entries.push_back(SpokenEntry(spec->id, state::RecordKind::kApproval, body.dump()));
    ids.push_back(spec->id);
  }
  const auto said = begun.journal->Append(0, std::nullopt, entries, nullptr);
  if (!said.ok()) return output.Fail(said.error());
  if (output.json) {
    output.PrintJson({{"approved", "switch"}, {"units", ids}, {"units_hash", hash}, {"by", *by}});
  } else {
    output.Print(
        fmt::format("{} approved the {} ({} units, {})\n", *by, what, ids.size(), hash.substr(0, 12)));
  }
  return kExitDone;
}

ExitCode RunApprove(const ApproveArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  const int named = !args.unit.empty() + !args.plan.empty() + (args.wave != 0);
  if (named != 1) {
    return output.Fail(
        InvalidInput("name one of a plan file, --unit and --wave: `godwit approve plan.json`"));
  }
  return args.plan.empty() ? ApproveSwitches(args, *settings, output) : ApprovePlan(args, *settings, output);
}

}  // namespace

void AddApprove(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "approve", "Sign a plan, or the switch of a unit or a wave",
                                 "godwit approve plan.json --comment 'board of 22 November'");
  auto args = std::make_shared<ApproveArgs>();
  command->add_option("plan", args->plan, "the plan file");
  command->add_option("--unit", args->unit, "the switch of this unit instead");
  command->add_option("--wave", args->wave, "the switch of every unit of this wave instead")
      ->check(CLI::PositiveNumber);
  command->add_option("--comment", args->comment, "kept in the journal");
  command->add_option("--token", args->token,
                      "env:NAME or file:PATH, where `approvals.people` names who may");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunApprove(*args, output); };
  });
}

}  // namespace godwit::cli
