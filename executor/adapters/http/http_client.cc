#include "executor/adapters/http/http_client.h"

#include <curl/curl.h>

#include <strings.h>

#include <mutex>

namespace godwit::executor {

struct HttpClient::Pool {
  explicit Pool(HttpConfig given) : config(std::move(given)) {}
  ~Pool() {
    for (CURL* handle : idle) curl_easy_cleanup(handle);
  }

  HttpConfig config;
  std::mutex mutex;
  std::vector<CURL*> idle;  // each keeps its connections and cookies

  // The ticket of the first SPNEGO exchange is a cookie; without it every call would be two. A cookie, even
  // an empty one, turns them on for good; COOKIEFILE would too, but its list leaks when the handle is reset.
  static CURL* Make() {
    CURL* handle = curl_easy_init();
    if (handle != nullptr) curl_easy_setopt(handle, CURLOPT_COOKIELIST, "Set-Cookie:");
    return handle;
  }
  CURL* Take() {
    std::lock_guard lock(mutex);
    if (idle.empty()) return Make();
    CURL* handle = idle.back();
    idle.pop_back();
    return handle;
  }
  void Give(CURL* handle) {
    std::lock_guard lock(mutex);
    idle.push_back(handle);
  }
};

namespace {

struct Call {
  CURL* handle;
  const HttpRequest& request;
  HttpAnswer answer;
  size_t header_bytes = 0;
  std::string refusal;  // why we gave up an answer
};

size_t OnBody(char* data, size_t size, size_t count, void* self) {
  Call& call = *static_cast<Call*>(self);
  const std::string_view piece(data, size * count);
  long status = 0;
  curl_easy_getinfo(call.handle, CURLINFO_RESPONSE_CODE, &status);
  if (call.request.sink && status >= 200 && status < 300) {
    if (call.request.sink(piece)) return piece.size();
    call.refusal = "the answer is not wanted any more";
    return 0;
  }
  if (call.answer.body.size() + piece.size() > kHttpAnswerBytesMax) {
    call.refusal = "the answer is larger than " + std::to_string(kHttpAnswerBytesMax >> 20) + " MB";
    return 0;
  }
  call.answer.body.append(piece);
  return piece.size();
}

size_t OnHeader(char* data, size_t size, size_t count, void* self) {
  Call& call = *static_cast<Call*>(self);
  call.header_bytes += size * count;
  if (const std::string header(data, size * count); strncasecmp(header.c_str(), "Date: ", 6) == 0) {
    call.answer.date_seconds = curl_getdate(header.c_str() + 6, nullptr);
  }
  if (call.header_bytes <= kHttpHeaderBytesMax) return size * count;
  call.refusal = "the answer's headers are larger than " + std::to_string(kHttpHeaderBytesMax >> 10) + " kB";
  return 0;
}

void SetAuth(CURL* handle, const HttpConfig& config) {
  if (config.auth == HttpAuth::kBasic) {
    curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(handle, CURLOPT_USERNAME, config.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, config.password.c_str());
  } else if (config.auth == HttpAuth::kNegotiate) {
    curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_NEGOTIATE);
    curl_easy_setopt(handle, CURLOPT_USERPWD, ":");
  }
}

void SetLimits(CURL* handle, const HttpConfig& config, bool streamed) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config.connect_timeout.count()));
  if (streamed) {
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1024L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(config.stall_timeout.count()));
  } else {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(config.request_timeout.count()));
  }
  if (!config.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, config.ca_file.c_str());
}

curl_slist* SetRequest(CURL* handle, const HttpRequest& request) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.send_body || !request.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  curl_slist* headers = curl_slist_append(nullptr, "Expect:");  // no second's wait for "100 Continue"
  headers = curl_slist_append(headers, "Content-Type:");        // nothing here is a form; callers name theirs
  for (const std::string& header : request.headers) headers = curl_slist_append(headers, header.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  return headers;
}

// Whether the server cannot have seen the request.
bool NeverSent(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_URL_MALFORMAT ||
         code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

bool ConnectTimedOut(CURL* handle, CURLcode code) {
  curl_off_t connected = 0;
  curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &connected);
  return code == CURLE_OPERATION_TIMEDOUT && connected == 0;
}

HttpOutcome Finish(Call& call, CURLcode code, const char* detail) {
  HttpOutcome outcome;
  if (code != CURLE_OK) {
    outcome.sent = !NeverSent(code) && !ConnectTimedOut(call.handle, code);
    outcome.failure = !call.refusal.empty() ? call.refusal : (*detail ? detail : curl_easy_strerror(code));
    return outcome;
  }
  long status = 0;
  const char* type = nullptr;
  const char* location = nullptr;
  curl_easy_getinfo(call.handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(call.handle, CURLINFO_CONTENT_TYPE, &type);
  curl_easy_getinfo(call.handle, CURLINFO_REDIRECT_URL, &location);
  call.answer.status = static_cast<int>(status);
  call.answer.content_type = type ? type : "";
  call.answer.location = location ? location : "";
  outcome.sent = true;
  outcome.answer = std::move(call.answer);
  return outcome;
}

}  // namespace

HttpClient::HttpClient(HttpConfig config) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  GODWIT_ASSERT(started == CURLE_OK);
  pool_ = std::make_unique<Pool>(std::move(config));
}

HttpClient::~HttpClient() = default;

HttpOutcome HttpClient::Perform(const HttpRequest& request) {
  CURL* handle = pool_->Take();
  GODWIT_ASSERT(handle != nullptr);
  curl_easy_reset(handle);  // keeps connections and cookies
  char detail[CURL_ERROR_SIZE] = "";
  Call call{handle, request, {}, 0, ""};
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &call);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &call);
  SetLimits(handle, pool_->config, static_cast<bool>(request.sink));
  SetAuth(handle, pool_->config);
  curl_slist* headers = SetRequest(handle, request);
  const CURLcode code = curl_easy_perform(handle);
  HttpOutcome outcome = Finish(call, code, detail);
  curl_slist_free_all(headers);
  pool_->Give(handle);
  return outcome;
}

std::string PercentEncode(std::string_view text, std::string_view keep) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       keep.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace godwit::executor
