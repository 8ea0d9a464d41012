// Configuration, addresses, and who is asked: NameNodes in turn, DataNodes by redirect.
#include "executor/adapters/hdfs/web_hdfs.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/adapters/hdfs/remote_exception.h"
#include "executor/adapters/hdfs/web_hdfs_operation.h"

namespace godwit::executor {

namespace {

constexpr int kDataNodesTriedMax = 3;
constexpr char kPrefix[] = "/webhdfs/v1";

// "http://host:port" of a URL, and its host alone.
std::string_view OriginOf(std::string_view url) {
  const size_t begin = url.find("://");
  return begin == url.npos ? url : url.substr(0, url.find_first_of("/?", begin + 3));
}

std::string HostOf(std::string_view url) {
  std::string_view origin = OriginOf(url);
  origin.remove_prefix(std::min(origin.size(), origin.find("://") + 3));
  if (const size_t at = origin.rfind('@'); at != origin.npos) origin.remove_prefix(at + 1);
  return std::string(origin.substr(0, origin.rfind(':')));
}

std::string AuthorityOf(std::string_view url) {
  std::string_view origin = OriginOf(url);
  return std::string(origin.substr(std::min(origin.size(), origin.find("://") + 3)));
}

bool HostAllowed(const std::string& host, const std::vector<std::string>& allowed) {
  if (host.starts_with("169.254.") || host.starts_with("[fe80"))
    return false;  // link-local: a machine's own services
  return allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
           return name.starts_with('.') ? host.ends_with(name) : host == name;
         });
}

HttpConfig HttpOf(const HdfsConfig& config) {
  HttpConfig http;
  if (config.auth == HdfsAuth::kKerberos) http.auth = HttpAuth::kNegotiate;
  http.ca_file = config.ca_file;
  http.connect_timeout = config.connect_timeout;
  http.request_timeout = config.request_timeout;
  http.stall_timeout = config.stall_timeout;
  return http;
}

}  // namespace

WebHdfs::WebHdfs(HdfsConfig config) : config_(std::move(config)), http_(HttpOf(config_)) {}

Result<std::unique_ptr<WebHdfs>> WebHdfs::Open(HdfsConfig config) {
  if (config.fs_names.empty() || config.namenodes.empty()) {
    return InvalidInput("hdfs: give the file system's name (hdfs://…) and the HTTP address of its NameNodes");
  }
  for (std::string& name : config.fs_names) {
    while (name.ends_with('/')) name.pop_back();
    if (!name.starts_with("hdfs://") || name.find('/', 7) != name.npos || name.size() == 7) {
      return InvalidInput(fmt::format("hdfs: {} is not a file system name; write hdfs://HOST:PORT", name));
    }
  }
  for (std::string& address : config.namenodes) {
    while (address.ends_with('/')) address.pop_back();
    if (!address.starts_with("http://") && !address.starts_with("https://")) {
      return InvalidInput(
          fmt::format("hdfs: {} is not a NameNode's address; write http://HOST:9870", address));
    }
  }
  config.parallel_calls = std::clamp<size_t>(config.parallel_calls, 1, 64);
  config.replication = std::max(config.replication, 1);
  return std::unique_ptr<WebHdfs>(new WebHdfs(std::move(config)));
}

Result<std::string> WebHdfs::PathOf(const std::string& location) const {
  std::string path = location;
  if (!location.starts_with('/')) {
    const size_t slash =
        location.find('/', location.find("://") == location.npos ? 0 : location.find("://") + 3);
    const std::string name = location.substr(0, slash);
    if (std::find(config_.fs_names.begin(), config_.fs_names.end(), name) == config_.fs_names.end()) {
      return InvalidInput(
          fmt::format("{} does not lie in {}: data of other file systems is not moved; if it is the "
                      "same one, add its name to the site's `fs_names`",
                      location, config_.fs_names.front()));
    }
    path = slash == location.npos ? "/" : location.substr(slash);
  }
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if ((path + "/").find("/../") != path.npos || (path + "/").find("/./") != path.npos) {
    return InvalidInput(fmt::format("{}: a location without . and .. is wanted", location));
  }
  if (std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return InvalidInput(fmt::format("{}: control characters in a location", location));
  }
  return path;
}

std::string WebHdfs::Identity() const {
  std::string text;
  if (config_.auth == HdfsAuth::kSimple && !config_.user.empty())
    text += "&user.name=" + PercentEncode(config_.user);
  if (!config_.do_as.empty()) text += "&doas=" + PercentEncode(config_.do_as);
  if (config_.auth == HdfsAuth::kDelegationToken)
    text += "&delegation=" + PercentEncode(config_.delegation_token);
  return text;
}

std::string WebHdfs::Url(size_t namenode, const Operation& operation, const std::string& path,
                         const HdfsParameters& parameters) const {
  std::string url = fmt::format("{}{}{}?op={}{}", config_.namenodes[namenode], kPrefix,
                                PercentEncode(path, "/"), operation.name, Identity());
  for (const auto& [key, value] : parameters) url += fmt::format("&{}={}", key, PercentEncode(value));
  return url;
}

Status WebHdfs::MayFollow(const std::string& from, const std::string& to) const {
  const bool secure = to.starts_with("https://");
  if (!secure && !to.starts_with("http://")) return Unavailable("redirect to " + std::string(OriginOf(to)));
  if (!secure && from.starts_with("https://")) {
    return InvalidInput(fmt::format("redirect from https to {}: give the DataNodes TLS too", OriginOf(to)));
  }
  if (!HostAllowed(HostOf(to), config_.datanode_hosts)) {
    return InvalidInput(
        fmt::format("redirect to {}, which is not among the site's `datanode_hosts`", OriginOf(to)));
  }
  return Ok();
}

Result<HttpAnswer> WebHdfs::AskNameNode(const Operation& operation, const std::string& path,
                                        const HdfsParameters& parameters) {
  const size_t count = config_.namenodes.size();
  const size_t first = active_.load();
  const std::string what = fmt::format("{} {}", operation.name, path);
  std::string failures;
  for (size_t i = 0; i < count; ++i) {
    const size_t namenode = (first + i) % count;
    HttpRequest request;
    request.method = operation.method;
    request.send_body = operation.changes;  // an empty one: some servers wait for it
    request.url = Url(namenode, operation, path, parameters);
    HttpOutcome outcome = http_.Perform(request);
    if (!outcome.answer) {
      failures += fmt::format(" {}: {}.", config_.namenodes[namenode], outcome.failure);
      if (outcome.sent && operation.changes) {
        return Unavailable(fmt::format("{}: no answer, so it may have happened:{}", what, failures));
      }
      continue;
    }
    if (outcome.answer->status < 400) {
      active_.store(namenode);
      return *std::move(outcome.answer);
    }
    const RemoteException exception = ParseRemoteException(*outcome.answer);
    if (!IsStandby(exception)) return *std::move(outcome.answer);
    failures += fmt::format(" {}: {}.", config_.namenodes[namenode], exception.message);
  }
  return Unavailable(fmt::format("{}: no NameNode could do it:{}", what, failures));
}

Result<HttpAnswer> WebHdfs::AskDataNode(const Operation& operation, const std::string& path,
                                        HdfsParameters parameters, const Payload& payload) {
  const std::string what = fmt::format("{} {}", operation.name, path);
  std::string excluded;
  std::string failures;
  for (int tried = 0; tried < kDataNodesTriedMax; ++tried) {
    HdfsParameters with = parameters;
    if (!excluded.empty()) with.emplace_back("excludedatanodes", excluded);
    GODWIT_TRY_ASSIGN(HttpAnswer answer, AskNameNode(operation, path, with));
    if (answer.status >= 400) return answer;
    if (answer.location.empty())
      return Unavailable(what + ": the NameNode names no DataNode; is a proxy in between?");
    if (auto allowed = MayFollow(config_.namenodes[active_.load()], answer.location); !allowed.ok()) {
      return Within(what, allowed.error());
    }
    HttpRequest request;
    request.method = operation.method;
    request.url = answer.location;
    if (payload.body) {
      request.body = *payload.body;
      request.send_body = true;
      request.headers = {"Content-Type: application/octet-stream"};
    }
    bool delivered = false;
    if (payload.sink) {
      request.sink = [&](std::string_view piece) { return delivered = true, payload.sink(piece); };
    }
    HttpOutcome outcome = http_.Perform(request);
    if (outcome.answer) return *std::move(outcome.answer);
    failures += fmt::format(" {}: {}.", OriginOf(answer.location), outcome.failure);
    if (delivered || (outcome.sent && operation.changes)) break;
    excluded += (excluded.empty() ? "" : ",") + AuthorityOf(answer.location);
  }
  return Unavailable(fmt::format("{}: no DataNode finished it:{}", what, failures));
}

Status WebHdfs::Change(const Operation& operation, const std::string& path,
                       const HdfsParameters& parameters) {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode(operation, path, parameters));
  if (answer.status >= 300) return RefusalOf(fmt::format("{} {}", operation.name, path), answer);
  return Ok();
}

}  // namespace godwit::executor
