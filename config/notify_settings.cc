#include "config/notify_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.h"
#include "config/yaml_section.h"

namespace godwit::config {
namespace {

using Kind = ReceiverSettings::Kind;

constexpr size_t kNameMax = 64;
constexpr Duration kTimeLimitMax = std::chrono::minutes(5);
// As executor/notice.h has them; a test compares.
const std::vector<std::string> kEvents = {"approval", "approval_wanted", "breaker_closed", "breaker_open",
                                          "cancel",   "denied",          "failure",        "freeze",
                                          "hold",     "problem",         "switch",         "thaw"};

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kNameMax && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool IsHttp(const std::string& url) { return url.starts_with("http://") || url.starts_with("https://"); }

std::optional<SecretPlace> SecretOf(YamlMap& map, const std::string& key, const std::string& folder) {
  const std::optional<std::string> text = map.Text(key);
  if (!text) return std::nullopt;
  Result<SecretPlace> place = ParseSecretPlace(*text);
  if (!place.ok()) {
    map.Problem(map.PlaceOf(key), "`" + key + "`: " + place.error().message);
    return std::nullopt;
  }
  if (place->kind == SecretPlace::Kind::kFile) place->name = Absolute(folder, place->name);
  return *std::move(place);
}

void ReadWebhook(YamlMap& map, const std::string& folder, ReceiverSettings& receiver) {
  receiver.kind = Kind::kWebhook;
  const std::string url = map.Text("webhook").value_or("");
  if (IsHttp(url)) {
    receiver.url = url;
  } else if (url.starts_with("env:") || url.starts_with("file:")) {
    receiver.url_place = SecretOf(map, "webhook", folder);
  } else {
    map.Problem(map.PlaceOf("webhook"),
                "`webhook` is an http:// or https:// URL, or env:NAME or file:PATH that holds one");
  }
  receiver.key = SecretOf(map, "key", folder);
  Take(map.Text("ca_file"), receiver.ca_file);
  receiver.ca_file = Absolute(folder, receiver.ca_file);
}

void ReadCommand(YamlMap& map, ReceiverSettings& receiver) {
  receiver.kind = Kind::kCommand;
  receiver.argv = map.Texts("command");
  if (receiver.argv.empty() || !receiver.argv[0].starts_with('/')) {
    map.Problem(map.PlaceOf("command"),
                "`command` begins with the absolute path of a program; no shell reads it");
  }
}

void ReadEvents(YamlMap& map, ReceiverSettings& receiver) {
  for (const std::string& event : map.Texts("events")) {
    if (std::find(kEvents.begin(), kEvents.end(), event) == kEvents.end()) {
      const std::optional<std::string> nearest = NearestWord(event, kEvents);
      map.Problem(map.PlaceOf("events"),
                  nearest
                      ? fmt::format("there is no event `{}`: did you mean `{}`?", event, *nearest)
                      : fmt::format("there is no event `{}`: there are {}", event, fmt::join(kEvents, ", ")));
    }
    receiver.events.insert(event);
  }
}

ReceiverSettings ReadReceiver(YamlMap& map, const std::string& folder) {
  ReceiverSettings receiver;
  receiver.name = map.RequiredText("name");
  if (!receiver.name.empty() && !IsName(receiver.name)) {
    map.Problem(map.PlaceOf("name"), "a receiver's name is made of letters, digits, `-` and `_`, at most 64");
  }
  const int kinds = map.Has("webhook") + map.Has("command") + map.Has("file");
  if (kinds != 1) {
    map.Problem(map.place(), "a receiver has one of `webhook`, `command` and `file`");
  }
  if (map.Has("webhook")) ReadWebhook(map, folder, receiver);
  if (map.Has("command")) ReadCommand(map, receiver);
  if (map.Has("file")) receiver.path = Absolute(folder, map.Text("file").value_or(""));
  Take(map.Duration("time_limit"), receiver.time_limit);
  if (receiver.time_limit <= Duration(0) || receiver.time_limit > kTimeLimitMax) {
    map.Problem(map.PlaceOf("time_limit"), "`time_limit` is above 0s and at most 5m");
  }
  ReadEvents(map, receiver);
  map.Finish();
  return receiver;
}

}  // namespace

std::vector<ReceiverSettings> ReadReceivers(YamlMap& file, const std::string& folder,
                                            YamlProblems& problems) {
  std::vector<ReceiverSettings> receivers;
  std::set<std::string> names;
  for (const YamlValue& item : file.List("notify")) {
    YamlMap map(item, "a receiver", problems);
    receivers.push_back(ReadReceiver(map, folder));
    if (!names.insert(receivers.back().name).second) {
      map.Problem(map.PlaceOf("name"), fmt::format("there are two receivers `{}`", receivers.back().name));
    }
  }
  if (receivers.size() > kReceiversMax) {
    problems.Add(file.PlaceOf("notify"), fmt::format("at most {} receivers", kReceiversMax));
  }
  return receivers;
}

}  // namespace godwit::config
