// executor/adapters/notify/webhook_notifier.h — a notice as one POST of JSON. With a key the body is signed:
//
//     X-Godwit-Signature: sha256=HEX     HMAC-SHA256 of the body's bytes under the key
//     X-Godwit-Event: freeze             X-Godwit-Id: HEX, the same for every attempt
#pragma once

#include <string>

#include "executor/adapters/http/http_client.h"
#include "executor/ports/notifier.h"

namespace godwit::executor {

struct WebhookConfig {
  std::string url;  // may be a secret itself: never part of a message
  std::string key;  // "": not signed
  std::string ca_file;
  Duration time_limit = std::chrono::seconds(10);  // of one attempt
};

class WebhookNotifier : public Notifier {
 public:
  explicit WebhookNotifier(WebhookConfig config);
  // Taken when the answer is 2xx. Redirects are not followed.
  Result<Effect> Send(const Notice& notice) override;

 private:
  WebhookConfig config_;
  HttpClient http_;
};

}  // namespace godwit::executor
