// `godwit watchdog`: thaws writers when the `godwit apply` that froze them is gone.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "cli/command.h"
#include "cli/notices.h"
#include "cli/opened_world.h"
#include "cli/state_folder.h"
#include "executor/action.h"
#include "executor/runtime.h"
#include "executor/watchdog.h"

namespace godwit::cli {
namespace {

struct WatchdogArgs {
  std::string config = "godwit.yaml";
  bool execute = false;
  bool once = false;
  int every_seconds = 10;
  int lost_seconds = 90;
  int patience_seconds = 300;
};

std::atomic<bool> stop_watching{false};
void OnSignal(int) { stop_watching = true; }

executor::WatchdogPolicy PolicyOf(const WatchdogArgs& args) {
  executor::WatchdogPolicy policy;
  policy.heartbeat_lost = std::chrono::seconds(args.lost_seconds);
  policy.patience = std::chrono::seconds(args.patience_seconds);
  return policy;
}

// False: the arbiter has decided otherwise, or somebody wrote just now; the next look will tell.
bool WinsArbiter(BegunMigration& begun, const executor::WatchdogDuty& duty, const executor::Moment& now) {
  if (!duty.ask_arbiter) return true;
  const state::Entry entry = executor::CancelEntry(begun.migration, *begun.ledger, duty.unit, now);
  return begun.journal->Append(0, std::nullopt, {entry}, nullptr).ok();
}

// How many steps were wanted.
int Thaw(const executor::WatchdogDuty& duty, executor::World& world, const Output& output) {
  int steps = 0;
  executor::Thaw(duty, world, [&](const executor::Action& action, const Result<executor::Effect>& done) {
    ++steps;
    output.Note(executor::Describe(action) + (done.ok() ? "" : ": " + done.error().message));
  });
  return steps;
}

void SayWhatItWouldDo(const std::string& unit, const executor::WatchdogDuty& duty, const Output& output) {
  output.Print(duty.late_pause
                   ? fmt::format("{}: is thawed; would look whether one of its {} jobs was paused late\n",
                                 unit, duty.thaw.size())
                   : fmt::format("{}: would cancel its freeze and thaw its writers ({} steps)\n", unit,
                                 duty.thaw.size()));
}

// One look at the journal. The number of units that it had something to do for. The journal is opened anew
// each time: it is small, and a watchdog must not hold on to anything.
Result<int> Look(const WatchdogArgs& args, const config::Settings& settings, const Output& output) {
  GODWIT_TRY_ASSIGN(const std::unique_ptr<BegunMigration> begun, OpenMigration(settings, !args.execute));
  GODWIT_TRY_ASSIGN(const state::Journal::Heartbeat beat, begun->journal->LastBeat());
  executor::SystemClock clock;
  const executor::Moment now = executor::MomentOf(clock);
  const auto duties = WatchdogDuties(begun->migration, *begun->ledger, beat, PolicyOf(args), now);
  if (duties.empty()) return 0;
  std::unique_ptr<OpenedWorld> opened;
  if (args.execute) {
    GODWIT_TRY_ASSIGN(opened, OpenWorld(settings, ProgramPath()));
  }
  int needy = 0;
  for (const executor::WatchdogDuty& duty : duties) {
    const std::string& unit = begun->migration.units[duty.unit].id;
    if (!args.execute) SayWhatItWouldDo(unit, duty, output);
    if (duty.late_pause) {
      if (args.execute && Thaw(duty, opened->world(), output) > 0) ++needy;
      continue;
    }
    ++needy;
    if (args.execute && WinsArbiter(*begun, duty, now)) {
      output.Print(fmt::format("{}: its orchestrator is silent; thaws its writers\n", unit));
      Thaw(duty, opened->world(), output);
    }
  }
  return needy;
}

// What the watchdog decides is told even if nobody else is there to tell it. Begun once there is a migration.
void TellWhatIsDecided(const WatchdogArgs& args, const config::Settings& settings, const Output& output,
                       std::unique_ptr<executor::Delivery>& delivery) {
  if (!args.execute || delivery || settings.notify.empty()) return;
  const Result<StateFolder> folder = StateFolder::Find(settings.state_folder);
  if (!folder.ok()) return;
  Result<std::unique_ptr<executor::Delivery>> started = StartDelivery(settings, *folder, output);
  if (started.ok()) {
    delivery = *std::move(started);
  } else {
    output.Warn(started.error().message);
  }
}

ExitCode Run(const WatchdogArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  std::unique_ptr<executor::Delivery> delivery;
  for (;;) {
    TellWhatIsDecided(args, *settings, output, delivery);
    const Result<int> duties = Look(args, *settings, output);
    if (!duties.ok() && args.once) return output.Fail(duties.error());
    if (!duties.ok()) output.Warn(duties.error().message);  // a watchdog does not go away
    if (args.once || !args.execute) {
      FinishDelivery(std::move(delivery), output);
      if (!args.execute) output.NextStep("godwit watchdog --execute, to act");
      return duties.ok() && *duties == 0 ? kExitDone : kExitIncomplete;
    }
    for (int i = 0; i < args.every_seconds * 10 && !stop_watching; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (stop_watching) {
      FinishDelivery(std::move(delivery), output);
      return kExitDone;
    }
  }
}

}  // namespace

void AddWatchdog(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<WatchdogArgs>();
  CLI::App* command = AddCommand(app, invocation, "watchdog",
                                 "Thaw writers whose orchestrator is gone (dry run unless --execute)",
                                 "godwit watchdog --execute");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->add_flag("--execute", args->execute, "act, and stay; without it, say what would be done");
  command->add_flag("--once", args->once, "one look, then end: for cron");
  command->add_option("--every", args->every_seconds, "seconds between two looks")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_option("--lost", args->lost_seconds, "seconds without a sign of life that count as silence")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command
      ->add_option("--patience", args->patience_seconds,
                   "thaw after so many seconds of silence, whatever the budget")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command->callback(
      [&invocation, args] { invocation.run = [args](const Output& output) { return Run(*args, output); }; });
}

}  // namespace godwit::cli
