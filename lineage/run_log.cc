#include "lineage/run_log.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "lineage/names.h"

namespace godwit::lineage {
namespace {

using Json = nlohmann::json;

struct Tables {
  std::set<std::string> reads;
  std::set<std::string> writes;
};

std::string Text(const Json& json, const char* key) {
  if (!json.is_object()) return "";
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

void AddDatasets(const Json& event, const char* key, std::set<std::string>& tables) {
  const auto found = event.find(key);
  if (found == event.end()) return;
  for (const Json& dataset : *found) {
    const std::string name = Text(dataset, "name");
    if (name.empty()) continue;
    const bool path = name.find('/') != std::string::npos;
    tables.insert(path ? PathNode(FolderName(name)) : TableName(name, ""));
  }
}

bool TakeOpenLineage(const Json& event, std::map<std::string, Tables>& found) {
  if (!event.contains("job") || (!event.contains("inputs") && !event.contains("outputs"))) return false;
  const std::string job = Text(event["job"], "name");
  if (job.empty()) return false;
  AddDatasets(event, "inputs", found[job].reads);
  AddDatasets(event, "outputs", found[job].writes);
  return true;
}

// "db.table.column" → "db.table"
std::string TableOfColumn(const std::string& column) {
  return TableName(column.substr(0, column.rfind('.')), "");
}

bool TakeHive(const Json& event, std::map<std::string, Tables>& found) {
  if (!event.contains("vertices") || !event.contains("edges")) return false;
  std::map<int, std::string> columns;
  for (const Json& vertex : event["vertices"]) {
    if (vertex.is_object() && Text(vertex, "vertexType") == "COLUMN")
      columns[vertex.value("id", -1)] = Text(vertex, "vertexId");
  }
  std::string job = Text(event, "jobName");
  if (job.empty()) job = Text(event, "user");
  for (const Json& edge : event["edges"]) {
    if (!edge.is_object()) continue;
    const std::string kind = Text(edge, "edgeType");
    for (const Json& id : edge.value("sources", Json::array())) {
      const auto column = columns.find(id.is_number_integer() ? id.get<int>() : -1);
      if (column != columns.end()) found[job].reads.insert(TableOfColumn(column->second));
    }
    for (const Json& id : edge.value("targets", Json::array())) {
      const auto column = columns.find(id.is_number_integer() ? id.get<int>() : -1);
      if (column != columns.end() && kind == "PROJECTION")
        found[job].writes.insert(TableOfColumn(column->second));
    }
  }
  return true;
}

}  // namespace

Result<std::vector<LogLineage>> ReadRunLog(const std::string& file, std::string_view text) {
  std::map<std::string, Tables> found;
  size_t events = 0, others = 0;
  const auto take = [&](const Json& event) {
    if (event.is_object() && (TakeOpenLineage(event, found) || TakeHive(event, found)))
      ++events;
    else
      ++others;
  };
  if (const Json list = Json::parse(text, nullptr, false); list.is_array()) {
    for (const Json& event : list) take(event);
  } else {
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      at = end + 1;
      // A log line may carry a prefix before its document.
      const size_t brace = line.find('{');
      if (brace != std::string_view::npos) take(Json::parse(line.substr(brace), nullptr, false));
    }
  }
  if (events == 0 && others > 0)
    return InvalidInput(file + ": holds no OpenLineage event and no line of Hive's LineageLogger");
  std::vector<LogLineage> logs;
  for (const auto& [job, tables] : found) {
    logs.push_back(
        {job, {tables.reads.begin(), tables.reads.end()}, {tables.writes.begin(), tables.writes.end()}});
  }
  return logs;
}

}  // namespace godwit::lineage
