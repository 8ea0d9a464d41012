#include "executor/adapters/hive_metastore/table_conversion.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "executor/adapters/hive_metastore/column_statistics.h"
#include "executor/adapters/hive_metastore/storage_words.h"

namespace godwit::executor {

namespace {

std::string Get(const Parameters& parameters, const std::string& key) {
  const auto it = parameters.find(key);
  return it == parameters.end() ? "" : it->second;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// Why files alone are not this table; "" if they are.
std::string ReasonNotToMove(const hms::Table& table) {
  if (Lower(Get(table.parameters, "transactional")) == "true") {
    return "a transactional (ACID) table: its files mean nothing without the metastore's transaction history";
  }
  if (table.tableType == "MATERIALIZED_VIEW") return "a materialised view: create it anew at the target";
  if (const std::string handler = Get(table.parameters, "storage_handler"); !handler.empty()) {
    return "its rows are kept by " + handler + ", not in files";
  }
  std::string format = Lower(Get(table.parameters, "table_type"));
  if (format.empty()) format = Lower(Get(table.parameters, "spark.sql.sources.provider"));
  static const std::set<std::string> kLogFormats = {"iceberg", "delta", "hudi", "org.apache.hudi", "paimon"};
  if (kLogFormats.contains(format)) {
    return "a table of format " + format + ": its own metadata names files by full path";
  }
  return "";
}

TableKind KindOf(const hms::Table& table) {
  if (table.tableType == "VIRTUAL_VIEW") return TableKind::kView;
  if (Lower(Get(table.parameters, "transactional")) == "true") return TableKind::kTransactional;
  if (!ReasonNotToMove(table).empty()) return TableKind::kOther;
  if (table.tableType == "MANAGED_TABLE") return TableKind::kManaged;
  if (table.tableType == "EXTERNAL_TABLE") return TableKind::kExternal;
  return TableKind::kOther;
}

const char* TypeName(TableKind kind) {
  switch (kind) {
    case TableKind::kManaged: return "MANAGED_TABLE";
    case TableKind::kView: return "VIRTUAL_VIEW";
    case TableKind::kExternal:
    case TableKind::kTransactional:
    case TableKind::kOther: break;
  }
  return "EXTERNAL_TABLE";
}

Parameters Mapped(const Parameters& parameters, const Locations& locations,
                  std::string (*map)(const std::string&, const Locations&)) {
  Parameters mapped;
  for (const auto& [key, value] : parameters) mapped[key] = map(value, locations);
  return mapped;
}

// Now, as the metastore writes times.
int32_t NowSeconds() {
  return static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
}

// The table's words as they read in one of its partitions: there "location" means the partition's own.
Parameters InPartition(const Parameters& table_words) {
  Parameters words;
  constexpr std::string_view kOwn = "${location}";
  for (const auto& [key, value] : table_words) {
    words[key] = value.starts_with(kOwn) ? "${table_location}" + value.substr(kOwn.size()) : value;
  }
  return words;
}

Parameters TableWords(const hms::Table& table) { return WordsOf(table.sd, {table.sd.location, ""}); }

}  // namespace

DatabaseMeta DatabaseMetaOf(const hms::Database& database) {
  DatabaseMeta meta{database.name, database.locationUri, database.ownerName, database.parameters};
  if (!database.description.empty()) meta.parameters["comment"] = database.description;
  return meta;
}

hms::Database DatabaseOf(const DatabaseMeta& meta) {
  hms::Database database;
  database.name = meta.name;
  database.__set_locationUri(meta.location);
  database.parameters = meta.parameters;
  if (const auto comment = database.parameters.extract("comment"); !comment.empty()) {
    database.__set_description(comment.mapped());
  }
  if (!meta.owner.empty()) {
    database.__set_ownerName(meta.owner);
    database.__set_ownerType(hms::PrincipalType::USER);
  }
  return database;
}

TableMeta TableMetaOf(const hms::Table& table) {
  TableMeta meta;
  meta.name = {table.dbName, table.tableName};
  meta.kind = KindOf(table);
  meta.owner = table.owner;
  meta.columns = ColumnsOf(table.sd.cols);
  meta.partition_keys = ColumnsOf(table.partitionKeys);
  if (meta.kind != TableKind::kView) meta.location = table.sd.location;
  meta.view_text = table.viewExpandedText;
  meta.parameters = Mapped(table.parameters, {table.sd.location, ""}, &HideLocations);
  ForgetExactColumns(meta.parameters);
  meta.storage = TableWords(table);
  if (!table.viewOriginalText.empty()) meta.storage["view_original"] = table.viewOriginalText;
  if (table.retention != 0) meta.storage["retention"] = std::to_string(table.retention);
  if (const std::string reason = ReasonNotToMove(table); !reason.empty())
    meta.storage["unsupported"] = reason;
  return meta;
}

Result<hms::Table> TableOf(const TableMeta& meta, const std::string& op) {
  if (const std::string reason = Get(meta.storage, "unsupported"); !reason.empty()) {
    return Unsupported(fmt::format("{}: {}", meta.name.Text(), reason));
  }
  if (meta.kind == TableKind::kTransactional || meta.kind == TableKind::kOther) {
    return Unsupported(
        fmt::format("{}: not a table of files, or a kind that is not known", meta.name.Text()));
  }
  hms::Table table;
  table.dbName = meta.name.db;
  table.tableName = meta.name.name;
  table.tableType = TypeName(meta.kind);
  table.createTime = NowSeconds();
  if (!meta.owner.empty()) table.__set_owner(meta.owner);
  const Locations locations{meta.location, ""};
  table.parameters = Mapped(meta.parameters, locations, &ShowLocations);
  table.parameters[kOpParameter] = op;
  // The metastore makes an EXTERNAL_TABLE of type alone a managed one.
  if (meta.kind == TableKind::kExternal) table.parameters["EXTERNAL"] = "TRUE";
  table.sd.cols = FieldsOf(meta.columns);
  if (meta.kind != TableKind::kView) table.sd.__set_location(meta.location);
  GODWIT_TRY(SetWords(meta.storage, locations, table.sd));
  table.partitionKeys = FieldsOf(meta.partition_keys);
  if (meta.kind == TableKind::kView) {
    table.__set_viewExpandedText(meta.view_text);
    const std::string original = Get(meta.storage, "view_original");
    table.__set_viewOriginalText(original.empty() ? meta.view_text : original);
  }
  return table;
}

PartitionMeta PartitionMetaOf(const hms::Partition& partition, const hms::Table& table) {
  PartitionMeta meta;
  meta.name = PartitionNameOf(ColumnsOf(table.partitionKeys), partition.values);
  meta.location = partition.sd.location;
  const Locations locations{partition.sd.location, table.sd.location};
  meta.parameters = Mapped(partition.parameters, locations, &HideLocations);
  ForgetExactColumns(meta.parameters);
  Parameters words = WordsOf(partition.sd, locations);
  const std::vector<Column> columns = ColumnsOf(partition.sd.cols);
  const bool same_columns = columns == ColumnsOf(table.sd.cols);
  if (same_columns && words == InPartition(TableWords(table))) return meta;
  words["columns"] = FormatColumns(columns);
  meta.storage = std::move(words);
  return meta;
}

Result<hms::Partition> PartitionOf(const PartitionMeta& meta, const hms::Table& table,
                                   const std::string& op) {
  hms::Partition partition;
  GODWIT_TRY_ASSIGN(partition.values, PartitionValues(meta.name));
  if (partition.values.size() != table.partitionKeys.size()) {
    return InvalidInput(fmt::format("partition {} of {}.{}: the table has {} partition keys", meta.name,
                                    table.dbName, table.tableName, table.partitionKeys.size()));
  }
  partition.dbName = table.dbName;
  partition.tableName = table.tableName;
  partition.createTime = NowSeconds();
  const Locations locations{meta.location, table.sd.location};
  partition.parameters = Mapped(meta.parameters, locations, &ShowLocations);
  partition.parameters[kOpParameter] = op;
  partition.sd.cols = table.sd.cols;
  if (const std::string columns = Get(meta.storage, "columns"); !columns.empty()) {
    GODWIT_TRY_ASSIGN(const auto own, ParseColumns(columns));
    partition.sd.cols = FieldsOf(own);
  }
  partition.sd.__set_location(meta.location);
  GODWIT_TRY(SetWords(meta.storage.empty() ? InPartition(TableWords(table)) : meta.storage, locations,
                      partition.sd));
  return partition;
}

std::string PathOutside(const TableMeta& meta, const std::vector<std::string>& fs_names) {
  const auto names_path = [&](const auto& word) {
    return word.first != "comment" && !word.first.starts_with("godwit.") &&
           std::ranges::any_of(fs_names, [&](const std::string& name) {
             return word.second == name || word.second.starts_with(name + "/");
           });
  };
  for (const Parameters* words : {&meta.parameters, &meta.storage}) {
    const auto found = std::ranges::find_if(*words, names_path);
    if (found != words->end()) return found->first + " = " + found->second;
  }
  return "";
}

}  // namespace godwit::executor
