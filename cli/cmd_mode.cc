// `godwit mode`: which sides run a job before its unit's switch.
#include <fmt/format.h>

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

const JobSpec* FindJob(const UnitSpec& unit, const std::string& name) {
  for (const JobSpec& job : unit.jobs) {
    if (job.name == name) return &job;
  }
  return nullptr;
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
  if (executor::IsFrozen(row.state)) return unit.id + " is being cut over just now";
  return "";
}

ExitCode Set(const ModeArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  const Result<std::unique_ptr<BegunMigration>> begun = OpenMigration(*settings, false);
  if (!begun.ok()) return output.Fail(begun.error());
  const Result<size_t> unit = FindUnit((*begun)->migration, args.job);
  if (!unit.ok()) return output.Fail(unit.error());
  const UnitSpec& spec = (*begun)->migration.units[*unit];
  const JobSpec* job = FindJob(spec, args.job);
  if (job == nullptr)
    return output.Fail(InvalidInput("`" + args.job + "` is not a job: modes are set by job"));
  const std::string refusal =
      Refusal((*begun)->ledger->row(*unit), spec, *job, *executor::ParseRunMode(args.mode));
  if (!refusal.empty()) return output.Fail(InvalidInput(args.job + ": " + refusal));
  const Json body = {{"by", PersonName()},
                     {"comment", args.comment},
                     {"job", args.job},
                     {"mode", args.mode},
                     {"verb", "mode"}};
  const Status said = Say(*(*begun)->journal, spec.id, state::RecordKind::kControl, body.dump());
  if (!said.ok()) return output.Fail(said.error());
  if (output.json) {
    output.PrintJson({{"job", args.job}, {"unit", spec.id}, {"mode", args.mode}});
  } else {
    output.Print(fmt::format("{}: {}\n", args.job, args.mode));
  }
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
  CLI::App* set =
      AddCommand(*mode, invocation, "set", "Set one job's mode", "godwit mode set dws_user_daily both");
  set->add_option("job", args->job, "the job")->required();
  set->add_option("mode", args->mode, "old, both or new")
      ->required()
      ->check(CLI::IsMember({"old", "both", "new"}));
  set->add_option("--comment", args->comment, "kept in the journal");
  set->add_option("--config", args->config, "configuration")->capture_default_str();
  set->callback(
      [&invocation, args] { invocation.run = [args](const Output& output) { return Set(*args, output); }; });
}

}  // namespace godwit::cli
