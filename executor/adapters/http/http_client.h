// executor/adapters/http/http_client.h — HTTP over libcurl for the adapters: connections are kept and reused,
// every wait has an end, every answer a largest size. Redirects are returned, not followed: who may be
// followed is the caller's business. Nothing is tried twice here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace godwit::executor {

enum class HttpAuth : uint8_t {
  kNone,
  kBasic,
  kNegotiate
};  // kNegotiate: SPNEGO with the Kerberos ticket cache

struct HttpConfig {
  HttpAuth auth = HttpAuth::kNone;
  std::string user;      // kBasic
  std::string password;  // kBasic; never part of a message
  std::string ca_file;   // certificates to trust; empty: the system's
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds request_timeout{30000};  // of a whole call, unless its answer is streamed
  std::chrono::seconds stall_timeout{30};  // a stream that brings less than 1 kB/s for so long is given up
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  bool send_body = false;  // with PUT and POST: a body even if it is empty
  // Takes the pieces of a 2xx answer's body as they come, instead of HttpAnswer::body; false gives up the
  // call.
  std::function<bool(std::string_view)> sink;
};

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string location;  // of a redirect
  std::string body;
  int64_t date_seconds = -1;  // the server's clock, seconds since 1970; -1: not said
};

struct HttpOutcome {
  std::optional<HttpAnswer> answer;
  bool sent = false;    // without an answer: the server may have acted on the request
  std::string failure;  // why there is no answer
};

inline constexpr size_t kHttpAnswerBytesMax = size_t{64} << 20;
inline constexpr size_t kHttpHeaderBytesMax = size_t{256} << 10;

// Threads may share one; each call in flight has its own connection.
class HttpClient {
 public:
  explicit HttpClient(HttpConfig config);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpOutcome Perform(const HttpRequest& request);

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

// Everything but letters, digits, "-._~" and the characters of `keep` as %XX.
std::string PercentEncode(std::string_view text, std::string_view keep = "");

}  // namespace godwit::executor
