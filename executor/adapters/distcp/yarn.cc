#include "executor/adapters/distcp/yarn.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

namespace godwit::executor {

using nlohmann::json;

namespace {

constexpr int kKillPolls = 240;
constexpr auto kKillPause = std::chrono::milliseconds(250);
constexpr size_t kQueuesMax = 10'000;

HttpConfig HttpOf(const DistcpConfig& config) {
  HttpConfig http;
  if (config.kerberos) http.auth = HttpAuth::kNegotiate;
  http.ca_file = config.ca_file;
  return http;
}

std::string Text(const json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : std::string();
}

double Real(const json& object, const char* key) {
  return object.contains(key) && object[key].is_number() ? object[key].get<double>() : 0;
}

YarnApplication ApplicationOf(const json& app) {
  YarnApplication application{Text(app, "id"),
                              Text(app, "name"),
                              Text(app, "state"),
                              Text(app, "finalStatus"),
                              "",
                              Real(app, "progress"),
                              {}};
  const std::string diagnostics = Text(app, "diagnostics");
  application.diagnostics = diagnostics.substr(0, std::min<size_t>(diagnostics.find('\n'), 500));
  std::string tags = Text(app, "applicationTags") + ",";
  for (size_t begin = 0, end; (end = tags.find(',', begin)) != tags.npos; begin = end + 1) {
    if (end > begin) application.tags.push_back(tags.substr(begin, end - begin));
  }
  return application;
}

Error NotUnderstood(const std::string& what) {
  return Unavailable("ResourceManager " + what + ": the answer is not what YARN answers");
}

}  // namespace

Yarn::Yarn(const DistcpConfig& config)
    : addresses_(config.resource_managers), user_(config.yarn_user), http_(HttpOf(config)) {
  for (std::string& address : addresses_) {
    while (address.ends_with('/')) address.pop_back();
  }
}

Result<std::string> Yarn::Call(const std::string& method, const std::string& path, const std::string& body) {
  std::string failures;
  for (const std::string& address : addresses_) {
    HttpRequest request;
    request.method = method;
    request.url = address + "/ws/v1/cluster" + path;
    if (!user_.empty())
      request.url += (path.find('?') == path.npos ? "?" : "&") + ("user.name=" + PercentEncode(user_));
    request.headers = {"Accept: application/json"};
    if (!body.empty()) {
      request.body = body;
      request.headers.push_back("Content-Type: application/json");
    }
    const HttpOutcome outcome = http_.Perform(request);
    if (!outcome.answer) {
      failures += fmt::format(" {}: {}.", address, outcome.failure);
      continue;
    }
    const HttpAnswer& answer = *outcome.answer;
    // A standby ResourceManager sends a redirect to the active one, or a page that refreshes itself.
    if (answer.status >= 300 && answer.status < 400) {
      failures += fmt::format(" {}: is the standby.", address);
      continue;
    }
    if (answer.status == 401 || answer.status == 403) {
      return InvalidInput(
          fmt::format("ResourceManager {}: HTTP {}: godwit's user has no right to it", path, answer.status));
    }
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    if (answer.status == 404) return InvalidInput(fmt::format("ResourceManager {}: not found", path));
    failures += fmt::format(" {}: HTTP {}.", address, answer.status);
  }
  return Unavailable(fmt::format("ResourceManager {}: no clear answer:{}", path, failures));
}

Result<std::vector<YarnApplication>> Yarn::Tagged(const std::string& tag) {
  GODWIT_TRY_ASSIGN(const std::string text, Call("GET", "/apps?applicationTags=" + PercentEncode(tag), ""));
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("apps")) return NotUnderstood("/apps");
  std::vector<YarnApplication> applications;
  if (!document["apps"].is_object() || !document["apps"].contains("app")) return applications;  // null: none
  for (const json& app : document["apps"]["app"]) {
    if (!app.is_object()) return NotUnderstood("/apps");
    YarnApplication application = ApplicationOf(app);
    // An older ResourceManager does not know the parameter and sends all there are.
    if (std::find(application.tags.begin(), application.tags.end(), tag) != application.tags.end()) {
      applications.push_back(std::move(application));
    }
  }
  std::sort(applications.begin(), applications.end(),
            [](const YarnApplication& a, const YarnApplication& b) { return a.id < b.id; });
  return applications;
}

Result<YarnApplication> Yarn::Get(const std::string& id) {
  GODWIT_TRY_ASSIGN(const std::string text, Call("GET", "/apps/" + PercentEncode(id), ""));
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("app") || !document["app"].is_object())
    return NotUnderstood(id);
  return ApplicationOf(document["app"]);
}

Status Yarn::Kill(const std::string& id) {
  GODWIT_TRY(Call("PUT", "/apps/" + PercentEncode(id) + "/state", R"({"state":"KILLED"})"));
  for (int i = 0; i < kKillPolls; ++i) {
    GODWIT_TRY_ASSIGN(const YarnApplication application, Get(id));
    if (application.over()) return Ok();
    std::this_thread::sleep_for(kKillPause);
  }
  return Unavailable(fmt::format("application {} does not end", id));
}

Result<YarnQueue> Yarn::Queue(const std::string& name) {
  GODWIT_TRY_ASSIGN(const std::string text, Call("GET", "/scheduler", ""));
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("scheduler")) return NotUnderstood("/scheduler");
  // The capacity scheduler's queues are a tree of "queues": {"queue": […]}, the fair one's of "childQueues".
  std::vector<const json*> open = {&document["scheduler"]};
  for (size_t i = 0; i < open.size() && i < kQueuesMax; ++i) {
    const json& node = *open[i];
    if (node.is_object() && (Text(node, "queueName") == name || Text(node, "queuePath") == name)) {
      return YarnQueue{name, Text(node, "state"), Real(node, "usedCapacity")};
    }
    if (!node.is_structured()) continue;
    for (const json& child : node) {
      if (child.is_structured()) open.push_back(&child);
    }
  }
  return InvalidInput(
      fmt::format("YARN has no queue {}: set `queue` to one that godwit's user may submit to", name));
}

Result<std::string> Yarn::Version() {
  GODWIT_TRY_ASSIGN(const std::string text, Call("GET", "/info", ""));
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("clusterInfo")) return NotUnderstood("/info");
  return Text(document["clusterInfo"], "resourceManagerVersion");
}

}  // namespace godwit::executor
