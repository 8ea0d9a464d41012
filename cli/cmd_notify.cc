// `godwit notify`: brings what the journal tells to its receivers, without an `apply`.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/hash.h"
#include "cli/command.h"
#include "cli/notices.h"
#include "executor/runtime.h"

namespace godwit::cli {
namespace {

struct NotifyArgs {
  std::string config = "godwit.yaml";
  bool follow = false;
  bool try_out = false;
};

std::atomic<bool> stop_telling{false};
void OnSignal(int) { stop_telling = true; }

// One notice that tells of nothing, to every receiver: whether each takes it.
ExitCode TryOut(const config::Settings& settings, const Output& output) {
  Result<std::vector<executor::Receiver>> receivers = OpenReceivers(settings);
  if (!receivers.ok()) return output.Fail(receivers.error());
  executor::SystemClock clock;
  executor::Notice notice;
  notice.event = "test";
  notice.text = "a notice to try its receiver out, by " + PersonName();
  notice.time = clock.Now();
  notice.id = Sha256Hex(notice.text + FormatTimestamp(notice.time));
  ExitCode code = kExitDone;
  Json list = Json::array();
  for (const executor::Receiver& receiver : *receivers) {
    const Result<executor::Effect> sent = receiver.notifier->Send(notice);
    if (!sent.ok()) code = kExitFailed;
    list.push_back({{"receiver", receiver.name}, {"problem", sent.ok() ? "" : sent.error().message}});
    if (!output.json)
      output.Print(receiver.name + ": " + (sent.ok() ? "taken" : sent.error().message) + "\n");
  }
  if (output.json) output.PrintJson({{"receivers", list}});
  return code;
}

ExitCode RunNotify(const NotifyArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  if (settings->notify.empty()) {
    return output.Fail(
        InvalidInput(args.config + " names no receivers: add `notify:` (docs/notifications.md)"));
  }
  if (args.try_out) return TryOut(*settings, output);
  const Result<StateFolder> folder = StateFolder::Find(settings->state_folder);
  if (!folder.ok()) return output.Fail(folder.error());
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  Result<std::unique_ptr<executor::Delivery>> delivery = StartDelivery(*settings, *folder, output);
  if (!delivery.ok()) return output.Fail(delivery.error());
  while (args.follow && !stop_telling) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::vector<std::string> behind = (*delivery)->Finish(std::chrono::seconds(30));
  if (output.json) {
    output.PrintJson({{"behind", behind}});
  } else if (behind.empty()) {
    output.Print("everything was told\n");
  } else {
    output.Print(fmt::format("not everything was told to {}\n", fmt::join(behind, ", ")));
  }
  return behind.empty() ? kExitDone : kExitIncomplete;
}

}  // namespace

void AddNotify(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "notify", "Tell receivers what the journal has for them",
                                 "godwit notify --test, or from cron: godwit notify");
  auto args = std::make_shared<NotifyArgs>();
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->add_flag("--follow", args->follow, "stay, and go on telling until stopped");
  command->add_flag("--test", args->try_out, "send one notice to every receiver, now");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunNotify(*args, output); };
  });
}

}  // namespace godwit::cli
