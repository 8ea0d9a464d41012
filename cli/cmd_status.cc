// `godwit status`: how a migration stands, read from its journal; safe beside a running `apply`.
#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "cli/command.h"
#include "cli/live_status.h"
#include "cli/state_folder.h"
#include "cli/status_text.h"

namespace godwit::cli {
namespace {

struct StatusArgs {
  std::string config = "godwit.yaml";
  bool watch = false;
};

constexpr std::chrono::seconds kWatchEvery{1};

std::vector<executor::UnitStatus> ReadStatus(const BegunMigration& begun, const LiveStatus& live) {
  std::vector<executor::UnitStatus> units;
  for (size_t i = 0; i < begun.migration.units.size(); ++i) {
    units.push_back({&begun.migration.units[i], &begun.ledger->row(i), {}, "", false, 0});
  }
  AddLiveStatus(live, units);
  return units;
}

const char* LiveWord(const LiveStatus& live) {
  if (!live.running) return "not running";
  return live.answered ? "running" : "silent";
}

std::string LiveText(const LiveStatus& live, bool at_rest) {
  if (live.answered || (!live.running && at_rest)) return "";
  if (!live.running) return "no `godwit apply` is running here: nothing moves on\n";
  return "a `godwit apply` is running but does not answer: what units wait for is not known\n";
}

ExitCode RunStatus(const StatusArgs& args, const Output& output) {
  Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  for (;;) {
    const Result<std::unique_ptr<BegunMigration>> begun = OpenMigration(*settings, true);
    if (!begun.ok()) return output.Fail(begun.error());
    const LiveStatus live = AskLiveStatus(settings->state_folder);
    const auto units = ReadStatus(**begun, live);
    const bool at_rest = std::all_of(units.begin(), units.end(), [](const executor::UnitStatus& unit) {
      return executor::IsTerminal(unit.row->state) || unit.row->state == executor::UnitState::kProbation;
    });
    if (output.json) {
      Json status = StatusJson(units);
      status["apply"] = LiveWord(live);
      status["run"] = RunJson((*begun)->ledger->run());
      const Result<state::Journal::Head> head = (*begun)->journal->GetHead();
      if (head.ok()) status["log"] = {{"records", head->sequence}, {"head", head->hash}};
      output.PrintJson(status);
    } else {
      if (args.watch) output.ClearScreen();
      output.Print(StatusTable(units) + LiveText(live, at_rest) + RunText((*begun)->ledger->run()));
    }
    if (!args.watch || at_rest) return at_rest ? kExitDone : kExitIncomplete;
    std::this_thread::sleep_for(kWatchEvery);
  }
}

}  // namespace

void AddStatus(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      AddCommand(app, invocation, "status", "Show how a migration stands", "godwit status --watch");
  auto args = std::make_shared<StatusArgs>();
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->add_flag("--watch", args->watch, "again every second, until every unit is at rest");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunStatus(*args, output); };
  });
}

}  // namespace godwit::cli
