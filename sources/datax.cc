#include "sources/datax.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sources/command_line.h"
#include "sources/sql_text.h"

namespace godwit::sources {
namespace {

using Json = nlohmann::json;

const Json& At(const Json& json, const char* key) {
  static const Json kNone;
  if (!json.is_object()) return kNone;
  const auto found = json.find(key);
  return found == json.end() ? kNone : *found;
}

std::string Text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array() && !json.empty()) return Text(json.front());
  return "";
}

// One end of a job: {"name": "mysqlreader", "parameter": {…}}
std::vector<Endpoint> EndsOf(const Json& part) {
  const std::string plugin = Text(At(part, "name"));
  const Json& parameter = At(part, "parameter");
  const std::string kind =
      plugin.ends_with("reader") || plugin.ends_with("writer") ? plugin.substr(0, plugin.size() - 6) : plugin;
  if (kind == "hdfs" || kind == "hive") return {{Endpoint::Kind::kPath, Text(At(parameter, "path"))}};
  std::vector<Endpoint> ends;
  const Json& connections = At(parameter, "connection");
  for (const Json& connection : connections.is_array() ? connections : Json::array({parameter})) {
    std::string server = ExternalName(Text(At(connection, "jdbcUrl")));
    if (server.empty()) server = kind;
    const Json& tables = At(connection, "table");
    for (const Json& table : tables.is_array() ? tables : Json::array({tables})) {
      ends.push_back({Endpoint::Kind::kExternal, Text(table).empty() ? server : server + "." + Text(table)});
    }
  }
  return ends;
}

}  // namespace

Result<std::vector<Transfer>> ReadDataXJob(std::string_view text, const Variables& variables) {
  const auto value = [&](const std::string& name) -> std::optional<TracedText> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return TracedText(found->second, {});
  };
  const TracedText filled = FillPatterns(TracedText(text, {}), value);
  const Json json = Json::parse(filled.text(), nullptr, false, true);
  const Json& content = At(At(json, "job"), "content");
  if (!content.is_array()) return InvalidInput("not a DataX job: it has no job.content");
  std::vector<Transfer> transfers;
  for (const Json& each : content) {
    Transfer transfer;
    transfer.tool = "datax";
    transfer.reads = EndsOf(At(each, "reader"));
    transfer.writes = EndsOf(At(each, "writer"));
    const auto outside = [](const std::vector<Endpoint>& ends) {
      return !ends.empty() && ends.front().kind == Endpoint::Kind::kExternal;
    };
    transfer.kind = outside(transfer.writes)  ? Transfer::Kind::kExport
                    : outside(transfer.reads) ? Transfer::Kind::kImport
                                              : Transfer::Kind::kCopy;
    transfers.push_back(std::move(transfer));
  }
  return transfers;
}

}  // namespace godwit::sources
