#include "executor/adapters/notify/webhook_notifier.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "executor/adapters/notify/notice_json.h"

namespace godwit::executor {
namespace {

constexpr std::chrono::milliseconds kConnectMax{5000};

HttpConfig HttpOf(const WebhookConfig& config) {
  HttpConfig http;
  http.ca_file = config.ca_file;
  http.connect_timeout = std::min(kConnectMax, config.time_limit);
  http.request_timeout = config.time_limit;
  return http;
}

// libcurl names hosts and reasons, but some messages repeat the URL.
std::string WithoutUrl(std::string text, const std::string& url) {
  for (size_t at = text.find(url); at != std::string::npos; at = text.find(url)) {
    text.replace(at, url.size(), "its URL");
  }
  return text;
}

}  // namespace

WebhookNotifier::WebhookNotifier(WebhookConfig config) : config_(std::move(config)), http_(HttpOf(config_)) {}

Result<Effect> WebhookNotifier::Send(const Notice& notice) {
  HttpRequest request;
  request.method = "POST";
  request.url = config_.url;
  request.body = NoticeJson(notice);
  request.send_body = true;
  request.headers = {"Content-Type: application/json", "X-Godwit-Event: " + notice.event,
                     "X-Godwit-Id: " + notice.id};
  if (!config_.key.empty()) {
    request.headers.push_back("X-Godwit-Signature: sha256=" + HmacSha256Hex(config_.key, request.body));
  }
  const HttpOutcome outcome = http_.Perform(request);
  if (!outcome.answer) return Unavailable("no answer: " + WithoutUrl(outcome.failure, config_.url));
  const int status = outcome.answer->status;
  if (status < 200 || status > 299) return Unavailable(fmt::format("it answered {}", status));
  return Effect::kDone;
}

}  // namespace godwit::executor
