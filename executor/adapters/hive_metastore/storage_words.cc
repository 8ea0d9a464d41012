#include "executor/adapters/hive_metastore/storage_words.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace godwit::executor {

using nlohmann::json;

namespace {

constexpr std::string_view kOwn = "${location}";
constexpr std::string_view kTable = "${table_location}";

// Whether `text` is the location or a path below it.
bool Under(const std::string& text, const std::string& location) {
  return !location.empty() && text.starts_with(location) &&
         (text.size() == location.size() || text[location.size()] == '/');
}

// A value may hold bytes that are not UTF-8; they must not end the program.
std::string Dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json SkewJson(const hms::SkewedInfo& skew, const Locations& locations) {
  json places = json::array();
  for (const auto& [values, location] : skew.skewedColValueLocationMaps) {
    places.push_back({values, HideLocations(location, locations)});
  }
  return {{"columns", skew.skewedColNames}, {"values", skew.skewedColValues}, {"locations", places}};
}

void SetSkew(const json& words, const Locations& locations, hms::SkewedInfo& skew) {
  skew.skewedColNames = words.at("columns").get<std::vector<std::string>>();
  skew.skewedColValues = words.at("values").get<std::vector<std::vector<std::string>>>();
  for (const json& place : words.at("locations")) {
    skew.skewedColValueLocationMaps[place.at(0).get<std::vector<std::string>>()] =
        ShowLocations(place.at(1).get<std::string>(), locations);
  }
}

void SetWord(const std::string& key, const std::string& value, const Locations& locations,
             hms::StorageDescriptor& storage) {
  if (key == "input_format") {
    storage.__set_inputFormat(value);
  } else if (key == "output_format") {
    storage.__set_outputFormat(value);
  } else if (key == "serde") {
    storage.serdeInfo.serializationLib = value;
  } else if (key == "serde_name") {
    storage.serdeInfo.__set_name(value);
  } else if (key == "compressed") {
    storage.compressed = value == "true";
  } else if (key == "buckets") {
    storage.numBuckets = std::stoi(value);
  } else if (key == "bucket_columns") {
    storage.bucketCols = json::parse(value).get<std::vector<std::string>>();
  } else if (key == "sort_columns") {
    for (const json& one : json::parse(value)) {
      hms::Order order;
      order.col = one.at(0).get<std::string>();
      order.order = one.at(1).get<int>();
      storage.sortCols.push_back(order);
    }
  } else if (key == "skewed") {
    hms::SkewedInfo skew;
    SetSkew(json::parse(value), locations, skew);
    storage.__set_skewedInfo(skew);
  } else if (key == "sub_directories") {
    storage.__set_storedAsSubDirectories(value == "true");
  } else if (key.starts_with("serde.")) {
    storage.serdeInfo.parameters[key.substr(6)] = ShowLocations(value, locations);
  } else if (key.starts_with("sd.")) {
    storage.parameters[key.substr(3)] = ShowLocations(value, locations);
  }
}

}  // namespace

std::string HideLocations(const std::string& text, const Locations& locations) {
  // The longer one first: a partition usually lies below its table.
  if (Under(text, locations.own)) return std::string(kOwn) + text.substr(locations.own.size());
  if (Under(text, locations.table)) return std::string(kTable) + text.substr(locations.table.size());
  return text;
}

std::string ShowLocations(const std::string& text, const Locations& locations) {
  if (text.starts_with(kOwn)) return locations.own + text.substr(kOwn.size());
  if (text.starts_with(kTable)) return locations.table + text.substr(kTable.size());
  return text;
}

Parameters WordsOf(const hms::StorageDescriptor& storage, const Locations& locations) {
  Parameters words;
  if (!storage.inputFormat.empty()) words["input_format"] = storage.inputFormat;
  if (!storage.outputFormat.empty()) words["output_format"] = storage.outputFormat;
  if (!storage.serdeInfo.serializationLib.empty()) words["serde"] = storage.serdeInfo.serializationLib;
  if (storage.serdeInfo.__isset.name && !storage.serdeInfo.name.empty())
    words["serde_name"] = storage.serdeInfo.name;
  if (storage.compressed) words["compressed"] = "true";
  if (storage.numBuckets > 0) words["buckets"] = std::to_string(storage.numBuckets);
  if (!storage.bucketCols.empty()) words["bucket_columns"] = Dump(storage.bucketCols);
  if (!storage.sortCols.empty()) {
    json sorted = json::array();
    for (const hms::Order& order : storage.sortCols) sorted.push_back({order.col, order.order});
    words["sort_columns"] = Dump(sorted);
  }
  if (storage.__isset.skewedInfo && !storage.skewedInfo.skewedColNames.empty()) {
    words["skewed"] = Dump(SkewJson(storage.skewedInfo, locations));
  }
  if (storage.__isset.storedAsSubDirectories && storage.storedAsSubDirectories)
    words["sub_directories"] = "true";
  for (const auto& [key, value] : storage.serdeInfo.parameters)
    words["serde." + key] = HideLocations(value, locations);
  for (const auto& [key, value] : storage.parameters) words["sd." + key] = HideLocations(value, locations);
  return words;
}

Status SetWords(const Parameters& words, const Locations& locations, hms::StorageDescriptor& storage) {
  hms::StorageDescriptor fresh;
  fresh.cols = storage.cols;
  fresh.numBuckets = -1;
  fresh.compressed = false;
  if (storage.__isset.location) fresh.__set_location(storage.location);
  for (const auto& [key, value] : words) {
    try {
      SetWord(key, value, locations, fresh);
    } catch (const std::exception& e) {
      return InvalidInput(fmt::format("storage word {} = {}: {}", key, value, e.what()));
    }
  }
  storage = std::move(fresh);
  return Ok();
}

std::vector<Column> ColumnsOf(const std::vector<hms::FieldSchema>& fields) {
  std::vector<Column> columns;
  for (const hms::FieldSchema& field : fields) columns.push_back({field.name, field.type, field.comment});
  return columns;
}

std::vector<hms::FieldSchema> FieldsOf(const std::vector<Column>& columns) {
  std::vector<hms::FieldSchema> fields;
  for (const Column& column : columns) {
    hms::FieldSchema field;
    field.name = column.name;
    field.type = column.type;
    if (!column.comment.empty()) field.__set_comment(column.comment);
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string FormatColumns(const std::vector<Column>& columns) {
  json list = json::array();
  for (const Column& column : columns) list.push_back({column.name, column.type, column.comment});
  return Dump(list);
}

Result<std::vector<Column>> ParseColumns(const std::string& text) {
  const json list = json::parse(text, nullptr, false);
  std::vector<Column> columns;
  if (!list.is_array()) return InvalidInput("storage word columns: not a list");
  for (const json& one : list) {
    if (!one.is_array() || one.size() != 3 || !one[0].is_string() || !one[1].is_string() ||
        !one[2].is_string()) {
      return InvalidInput("storage word columns: not [name, type, comment]");
    }
    columns.push_back({one[0], one[1], one[2]});
  }
  return columns;
}

}  // namespace godwit::executor
