#include "cli/notices.h"

#include <fmt/format.h>

#include "config/secret.h"
#include "executor/adapters/notify/command_notifier.h"
#include "executor/adapters/notify/file_notifier.h"
#include "executor/adapters/notify/webhook_notifier.h"

namespace godwit::cli {
namespace {

using config::ReceiverSettings;

constexpr std::chrono::seconds kFinishMax{5};

Result<std::unique_ptr<executor::Notifier>> OpenWebhook(const ReceiverSettings& receiver) {
  executor::WebhookConfig config;
  config.url = receiver.url;
  if (receiver.url_place) {
    GODWIT_TRY_ASSIGN(config.url, config::ReadSecret(*receiver.url_place));
  }
  if (receiver.key) {
    GODWIT_TRY_ASSIGN(config.key, config::ReadSecret(*receiver.key));
  }
  config.ca_file = receiver.ca_file;
  config.time_limit = receiver.time_limit;
  return std::unique_ptr<executor::Notifier>(std::make_unique<executor::WebhookNotifier>(std::move(config)));
}

Result<std::unique_ptr<executor::Notifier>> OpenNotifier(const ReceiverSettings& receiver) {
  switch (receiver.kind) {
    case ReceiverSettings::Kind::kWebhook: return OpenWebhook(receiver);
    case ReceiverSettings::Kind::kCommand:
      return std::unique_ptr<executor::Notifier>(
          std::make_unique<executor::CommandNotifier>(receiver.argv, receiver.time_limit));
    case ReceiverSettings::Kind::kFile:
      return std::unique_ptr<executor::Notifier>(std::make_unique<executor::FileNotifier>(receiver.path));
  }
  return InvalidInput("a receiver of no kind");
}

}  // namespace

Result<std::vector<executor::Receiver>> OpenReceivers(const config::Settings& settings) {
  std::vector<executor::Receiver> receivers;
  for (const ReceiverSettings& each : settings.notify) {
    Result<std::unique_ptr<executor::Notifier>> notifier = OpenNotifier(each);
    if (!notifier.ok()) return Within("notify " + each.name, notifier.error());
    receivers.push_back({each.name, each.events, *std::move(notifier)});
  }
  return receivers;
}

Result<std::unique_ptr<executor::Delivery>> StartDelivery(const config::Settings& settings,
                                                          const StateFolder& folder, const Output& output) {
  if (settings.notify.empty()) return std::unique_ptr<executor::Delivery>();
  GODWIT_TRY_ASSIGN(std::vector<executor::Receiver> receivers, OpenReceivers(settings));
  executor::DeliveryOptions options;
  options.folder = folder.NotifyPath();
  options.open_journal = [path = folder.JournalPath()] {
    return state::OpenSqliteJournal(path, {.read_only = true});
  };
  options.tell = [&output](const std::string& text) { output.Warn(text); };
  return executor::Delivery::Start(std::move(receivers), std::move(options));
}

void FinishDelivery(std::unique_ptr<executor::Delivery> delivery, const Output& output) {
  if (!delivery) return;
  const std::vector<std::string> behind = delivery->Finish(kFinishMax);
  if (behind.empty()) return;
  output.Warn(fmt::format("not everything was told to {}: the next `apply` or `godwit notify` does it",
                          fmt::join(behind, ", ")));
}

}  // namespace godwit::cli
