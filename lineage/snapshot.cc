#include "lineage/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "base/time.h"
#include "lineage/names.h"

namespace godwit::lineage {
namespace {

using Json = nlohmann::ordered_json;

// The fields of one entry; the first mistake is kept.
class Entry {
 public:
  Entry(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) Fail("must be an object");
  }

  std::string Text(const char* key, bool needed = false) {
    const Json* value = Value(key, needed);
    if (value == nullptr) return "";
    if (value->is_string()) return value->get<std::string>();
    Fail(fmt::format("{} must be a text", key));
    return "";
  }
  int64_t Number(const char* key) {
    const Json* value = Value(key, false);
    if (value == nullptr) return 0;
    if (value->is_number_integer() && value->get<int64_t>() >= 0) return value->get<int64_t>();
    Fail(fmt::format("{} must be a whole number, not below 0", key));
    return 0;
  }
  bool Flag(const char* key) {
    const Json* value = Value(key, false);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    Fail(fmt::format("{} must be true or false", key));
    return false;
  }
  std::vector<std::string> Texts(const char* key) {
    std::vector<std::string> texts;
    const Json* value = Value(key, false);
    if (value == nullptr) return texts;
    if (!value->is_array()) Fail(fmt::format("{} must be a list of texts", key));
    for (const Json& each : *value) {
      if (each.is_string())
        texts.push_back(each.get<std::string>());
      else
        Fail(fmt::format("{} must be a list of texts", key));
    }
    return texts;
  }
  const Json* Value(const char* key, bool needed) {
    known_.emplace_back(key);
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(key);
    if (found == json_.end() && needed) Fail(fmt::format("needs {}", key));
    return found == json_.end() ? nullptr : &*found;
  }
  void Fail(std::string what) {
    if (problem_.empty()) problem_ = where_ + ": " + std::move(what);
  }
  Status Finish() {
    for (const auto& [key, value] : json_.items()) {
      if (!json_.is_object() || std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      const auto nearest = NearestWord(key, known_);
      Fail(fmt::format("has no '{}'{}", key, nearest ? ": did you mean '" + *nearest + "'?" : ""));
    }
    if (problem_.empty()) return Ok();
    return InvalidInput(problem_);
  }

 private:
  const Json& json_;
  std::string where_;
  std::string problem_;
  std::vector<std::string> known_;
};

Result<CatalogTable> TableOf(const Json& json, const std::string& where) {
  Entry entry(json, where);
  CatalogTable table;
  table.name = TableName(entry.Text("name", true), "");
  table.view = entry.Flag("view");
  table.owner = entry.Text("owner");
  table.bytes = entry.Number("bytes");
  table.changed_bytes_per_day = entry.Number("changed_bytes_per_day");
  table.partitions = entry.Number("partitions");
  table.location = entry.Text("location");
  table.format = entry.Text("format");
  table.transactional = entry.Flag("transactional");
  table.foreign_partitions = entry.Number("foreign_partitions");
  table.columns = entry.Texts("columns");
  table.partition_columns = entry.Texts("partition_columns");
  GODWIT_TRY(entry.Finish());
  return table;
}

Status AddJob(const Json& json, const std::string& where, Snapshot& snapshot) {
  Entry entry(json, where);
  CatalogJob job;
  job.name = entry.Text("name", true);
  job.owner = entry.Text("owner");
  job.schedule = entry.Text("schedule");
  if (const Json* runs = entry.Value("runs", false)) {
    for (size_t i = 0; i < runs->size(); ++i) {
      Entry run((*runs)[i], fmt::format("{}, run {}", where, i));
      const std::string start = run.Text("start", true);
      const Result<Timestamp> time = ParseTimestamp(start);
      if (!time.ok()) run.Fail(time.error().message);
      const int64_t seconds = run.Number("seconds");
      GODWIT_TRY(run.Finish());
      const auto since = std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
      snapshot.runs.push_back({job.name, since, static_cast<int32_t>(std::min<int64_t>(seconds, INT32_MAX))});
    }
  }
  GODWIT_TRY(entry.Finish());
  snapshot.jobs.push_back(std::move(job));
  return Ok();
}

template <typename T>
Status SortUnique(std::vector<T>& values, const std::string& file) {
  std::sort(values.begin(), values.end(), [](const T& a, const T& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(values.begin(), values.end(),
                                        [](const T& a, const T& b) { return a.name == b.name; });
  if (twice != values.end())
    return InvalidInput(fmt::format("{}: {} stands twice: keep one", file, twice->name));
  return Ok();
}

}  // namespace

const CatalogTable* Snapshot::Find(std::string_view table) const {
  const auto found =
      std::lower_bound(tables.begin(), tables.end(), table,
                       [](const CatalogTable& each, std::string_view wanted) { return each.name < wanted; });
  return found == tables.end() || found->name != table ? nullptr : &*found;
}

Result<Snapshot> ParseSnapshot(const std::string& file, std::string_view text) {
  const Json root = Json::parse(text, nullptr, false);
  if (!root.is_object()) return InvalidInput(file + ": not a JSON object: see docs/snapshot_format.md");
  Snapshot snapshot;
  Entry entry(root, file);
  if (entry.Number("version") != 1) entry.Fail("version must be 1");
  snapshot.taken_at = entry.Text("taken_at");
  const Json* tables = entry.Value("tables", true);
  const Json* jobs = entry.Value("jobs", false);
  GODWIT_TRY(entry.Finish());
  for (size_t i = 0; tables->is_array() && i < tables->size(); ++i) {
    GODWIT_TRY_ASSIGN(CatalogTable table, TableOf((*tables)[i], fmt::format("{}: table {}", file, i)));
    snapshot.tables.push_back(std::move(table));
  }
  for (size_t i = 0; jobs != nullptr && i < jobs->size(); ++i) {
    GODWIT_TRY(AddJob((*jobs)[i], fmt::format("{}: job {}", file, i), snapshot));
  }
  GODWIT_TRY(SortUnique(snapshot.tables, file));
  GODWIT_TRY(SortUnique(snapshot.jobs, file));
  std::sort(snapshot.runs.begin(), snapshot.runs.end(), [](const CatalogRun& a, const CatalogRun& b) {
    return std::tie(a.job, a.start, a.seconds) < std::tie(b.job, b.start, b.seconds);
  });
  return snapshot;
}

std::string SnapshotToJson(const Snapshot& snapshot) {
  Json root{{"version", 1}, {"taken_at", snapshot.taken_at}};
  Json& tables = root["tables"] = Json::array();
  for (const CatalogTable& table : snapshot.tables) {
    Json row{{"name", table.name}};
    if (table.view) row["view"] = true;
    if (!table.owner.empty()) row["owner"] = table.owner;
    row["bytes"] = table.bytes;
    row["changed_bytes_per_day"] = table.changed_bytes_per_day;
    if (table.partitions > 0) row["partitions"] = table.partitions;
    if (!table.location.empty()) row["location"] = table.location;
    if (!table.format.empty()) row["format"] = table.format;
    if (table.transactional) row["transactional"] = true;
    if (table.foreign_partitions > 0) row["foreign_partitions"] = table.foreign_partitions;
    if (!table.columns.empty()) row["columns"] = table.columns;
    if (!table.partition_columns.empty()) row["partition_columns"] = table.partition_columns;
    tables.push_back(std::move(row));
  }
  Json& jobs = root["jobs"] = Json::array();
  size_t run = 0;
  for (const CatalogJob& job : snapshot.jobs) {
    Json row{{"name", job.name}};
    if (!job.owner.empty()) row["owner"] = job.owner;
    if (!job.schedule.empty()) row["schedule"] = job.schedule;
    Json runs = Json::array();
    for (; run < snapshot.runs.size() && snapshot.runs[run].job == job.name; ++run) {
      const Timestamp start{std::chrono::seconds(snapshot.runs[run].start)};
      runs.push_back({{"start", FormatTimestamp(start)}, {"seconds", snapshot.runs[run].seconds}});
    }
    if (!runs.empty()) row["runs"] = std::move(runs);
    jobs.push_back(std::move(row));
  }
  return root.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace godwit::lineage
