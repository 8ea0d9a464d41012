// `godwit mode`: which sides run a job before its unit's switch.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/command.h"
#include "cli/state_folder.h"

namespace godwit::cli {
namespace {

using executor::JobSpec;
using executor::RunMode;
using executor::UnitSpec;

struct ModeArgs {
  std::string job;
  std::string mode;
  std::string comment;
  std::string config = "godwit.yaml";
};

RunMode ModeOf(const executor::UnitRow& row, const JobSpec& job) {
  const auto set = row.modes.find(job.name);
  return executor::IsCommitted(row.state) ? RunMode::kNew : set == row.modes.end() ? job.mode : set->second;
}

ExitCode Show(const ModeArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  const Result<std::unique_ptr<BegunMigration>> begun = OpenMigration(*settings, true);
  if (!begun.ok()) return output.Fail(begun.error());
  Json list = Json::array();
  std::string text = fmt::format("{:<32} {:<8} {:<5} {}\n", "job", "unit", "mode", "may run on both sides");
  for (size_t i = 0; i < (*begun)->migration.units.size(); ++i) {
    const UnitSpec& unit = (*begun)->migration.units[i];
    for (const JobSpec& job : unit.jobs) {
      const RunMode mode = ModeOf((*begun)->ledger->row(i), job);
      list.push_back({{"job", job.name},
                      {"unit", unit.id},
                      {"mode", RunModeName(mode)},
                      {"may_run_twice", job.may_run_twice}});
      text += fmt::format("{:<32} {:<8} {:<5} {}\n", job.name, unit.id, RunModeName(mode),
                          job.may_run_twice ? "yes" : "no");
    }
  }
  if (output.json) {
    output.PrintJson({{"jobs", list}});
  } else {
    output.Print(text);
  }
  return kExitDone;
}

// Why a job may not have this mode now; "" if it may.
std::string Refusal(const executor::UnitRow& row, const UnitSpec& unit, const JobSpec& job, RunMode mode) {
  if (executor::IsCommitted(row.state)) return unit.id + " has switched: its jobs run at the target alone";
  if (mode == RunMode::kNew) return "a job runs at the target alone once its unit has switched, not before";
  if (mode == RunMode::kBoth && !job.may_run_twice) {
    return "it is an export, or nobody knows that it only overwrites its own partitions: it must run on one "
           "side only";
  }
  if (mode == RunMode::kBoth && row.shadow && !row.shadow->cursors.contains(job.name)) {
    return fmt::format(
        "the dual run of {0} has begun without it: `godwit unit cancel {0}`, then `godwit unit "
        "retry {0}`, begins another with it",
        unit.id);
  }
  if (executor::IsFrozen(row.state)) return unit.id + " is being cut over just now";
  return "";
}

struct Change {
  const UnitSpec* unit;
  const JobSpec* job;
  std::string refusal;  // empty: it is made
};

// The job of this name, or every job of the workflow of this name. Errors: kInvalidInput with the nearest
// job.
Result<std::vector<Change>> ChangesOf(const BegunMigration& begun, const ModeArgs& args) {
  std::set<std::string> of_workflow;
  for (const planner::PlannedJob& job : begun.plan.plan.jobs) {
    if (job.workflow == args.job) of_workflow.insert(job.name);
  }
  std::vector<Change> changes;
  for (size_t i = 0; i < begun.migration.units.size(); ++i) {
    const UnitSpec& unit = begun.migration.units[i];
    for (const JobSpec& job : unit.jobs) {
      if (job.name != args.job && !of_workflow.contains(job.name)) continue;
      changes.push_back(
          {&unit, &job, Refusal(begun.ledger->row(i), unit, job, *executor::ParseRunMode(args.mode))});
    }
  }
  if (changes.empty()) {
    GODWIT_TRY(FindUnit(begun.migration, args.job));
    return InvalidInput("`" + args.job + "` is neither a job nor a workflow: modes are set by job");
  }
  return changes;
}

// All in one append: either every job that may change does, or none.
Status Record(const BegunMigration& begun, const ModeArgs& args, const std::vector<Change>& changes) {
  std::vector<state::Entry> entries;
  for (const Change& change : changes) {
    if (!change.refusal.empty()) continue;
    const Json body = {{"by", PersonName()},
                       {"comment", args.comment},
                       {"job", change.job->name},
                       {"mode", args.mode},
                       {"verb", "mode"}};
    entries.push_back(SpokenEntry(change.unit->id, state::RecordKind::kControl, body.dump()));
  }
  GODWIT_TRY(begun.journal->Append(0, std::nullopt, entries, nullptr));
  return Ok();
}

ExitCode Set(const ModeArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  const Result<std::unique_ptr<BegunMigration>> begun = OpenMigration(*settings, false);
  if (!begun.ok()) return output.Fail(begun.error());
  const Result<std::vector<Change>> changes = ChangesOf(**begun, args);
  if (!changes.ok()) return output.Fail(changes.error());
  const bool any =
      std::any_of(changes->begin(), changes->end(), [](const Change& each) { return each.refusal.empty(); });
  if (!any) return output.Fail(InvalidInput(changes->front().job->name + ": " + changes->front().refusal));
  if (const Status recorded = Record(**begun, args, *changes); !recorded.ok())
    return output.Fail(recorded.error());
  Json list = Json::array();
  std::string text;
  for (const Change& each : *changes) {
    const bool changed = each.refusal.empty();
    list.push_back({{"job", each.job->name},
                    {"unit", each.unit->id},
                    {"mode", changed ? args.mode : ""},
                    {"refused", each.refusal}});
    text += fmt::format("{}: {}\n", each.job->name, changed ? args.mode : "stays as it is: " + each.refusal);
  }
  output.json ? output.PrintJson({{"jobs", list}}) : output.Print(text);
  return kExitDone;
}

}  // namespace

void AddMode(CLI::App& app, Invocation& invocation) {
  CLI::App* mode =
      app.add_subcommand("mode", "Which sides run a job before its unit's switch: old, both or new");
  mode->require_subcommand(1);
  auto args = std::make_shared<ModeArgs>();
  CLI::App* show = AddCommand(*mode, invocation, "show", "The modes of all jobs", "godwit mode show");
  show->add_option("--config", args->config, "configuration")->capture_default_str();
  show->callback(
      [&invocation, args] { invocation.run = [args](const Output& output) { return Show(*args, output); }; });
  CLI::App* set = AddCommand(*mode, invocation, "set", "Set the mode of a job, or of a workflow's jobs",
                             "godwit mode set dws_user_daily both");
  set->add_option("job", args->job, "a job, or a workflow for all of its jobs")->required();
  set->add_option("mode", args->mode, "old, both or new")
      ->required()
      ->check(CLI::IsMember({"old", "both", "new"}));
  set->add_option("--comment", args->comment, "kept in the journal");
  set->add_option("--config", args->config, "configuration")->capture_default_str();
  set->callback(
      [&invocation, args] { invocation.run = [args](const Output& output) { return Set(*args, output); }; });
}

}  // namespace godwit::cli
