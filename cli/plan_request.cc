#include "cli/plan_request.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/time.h"
#include "cli/text_file.h"
#include "config/yaml.h"
#include "planner/request_json.h"

namespace godwit::cli {
namespace {

using config::YamlValue;
using nlohmann::ordered_json;

ordered_json ScalarJson(const YamlValue& value) {
  const std::string& text = value.text;
  if (value.quoted) return text;
  if (text == "true" || text == "false") return text == "true";
  const char* end = text.data() + text.size();
  int64_t whole = 0;
  if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc() && read.ptr == end) {
    return whole >= 0 ? ordered_json(static_cast<uint64_t>(whole)) : ordered_json(whole);
  }
  double number = 0;
  if (const auto read = std::from_chars(text.data(), end, number);
      read.ec == std::errc() && read.ptr == end) {
    return number;
  }
  return text;
}

// ParseYaml bounds the depth.
ordered_json ToJson(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::kNull: return nullptr;
    case YamlValue::Kind::kScalar: return ScalarJson(value);
    case YamlValue::Kind::kList: {
      ordered_json list = ordered_json::array();
      for (const YamlValue& item : value.items) list.push_back(ToJson(item));
      return list;
    }
    case YamlValue::Kind::kMap: {
      ordered_json map = ordered_json::object();
      for (const config::YamlEntry& entry : value.entries) map[entry.key] = ToJson(entry.value);
      return map;
    }
  }
  return nullptr;
}

// Where `path`, such as "pools[1].group", stands; as deep as it can be followed.
config::YamlPlace PlaceOf(const YamlValue& root, std::string_view path) {
  const YamlValue* at = &root;
  while (!path.empty()) {
    const size_t end = std::min(path.find_first_of(".["), path.size());
    if (end > 0) {
      const YamlValue* next = at->Find(path.substr(0, end));
      if (next == nullptr) break;
      at = next;
      path.remove_prefix(path[std::min(end, path.size() - 1)] == '.' ? end + 1 : end);
    } else {
      size_t index = 0;
      const auto [stop, error] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
      if (error != std::errc() || index >= at->items.size()) break;
      at = &at->items[index];
      path.remove_prefix(std::min<size_t>(stop - path.data() + 1, path.size()));
      if (path.starts_with('.')) path.remove_prefix(1);
    }
  }
  return at->place;
}

// What the planner says of the JSON, at its place in the YAML.
Error AtPlace(const std::string& file, const YamlValue& section, const Error& error) {
  const std::string path = error.message.substr(0, error.message.find(':'));
  const config::YamlPlace place = PlaceOf(section, path);
  return InvalidInput(fmt::format("{}:{}:{}: plan: {}", file, place.line, place.column, error.message));
}

const std::string* TextAt(const YamlValue& root, std::string_view section, std::string_view key) {
  const YamlValue* map = root.Find(section);
  const YamlValue* value = map == nullptr ? nullptr : map->Find(key);
  return value == nullptr || value->kind != YamlValue::Kind::kScalar ? nullptr : &value->text;
}

// What other sections say of link and freeze. Values that are wrong there are for their own reader to report.
void TakeFromOthers(const YamlValue& root, planner::Request& request) {
  for (const char* key : {"expected_bandwidth", "bandwidth"}) {  // the latter is the limit: it wins
    const std::string* text = TextAt(root, "copy", key);
    if (text == nullptr) continue;
    const Result<int64_t> rate =
        ParseBytes(text->ends_with("/s") ? text->substr(0, text->size() - 2) : *text);
    if (rate.ok()) request.bandwidth.bytes_per_second = *rate;
  }
  if (const std::string* text = TextAt(root, "freeze", "budget")) {
    const Result<Duration> budget = ParseDuration(*text);
    if (budget.ok()) request.freeze.budget = std::chrono::duration_cast<planner::Seconds>(*budget);
  }
}

}  // namespace

Result<planner::Request> RequestFromConfig(const std::string& config) {
  planner::Request request;
  if (config.empty()) return request;
  GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(config));
  GODWIT_TRY_ASSIGN(const YamlValue root, config::ParseYaml(config, text));
  TakeFromOthers(root, request);
  const YamlValue* section = root.Find("plan");
  if (section == nullptr || section->kind == YamlValue::Kind::kNull) return request;
  const Status read = planner::ReadOntoRequest(ToJson(*section).dump(), request);
  if (!read.ok()) return AtPlace(config, *section, read.error());
  return request;
}

}  // namespace godwit::cli
