#include "executor/adapters/hive_metastore/hive_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/parallel.h"
#include "executor/adapters/hive_metastore/column_statistics.h"
#include "executor/adapters/hive_metastore/partition_changes.h"
#include "executor/adapters/hive_metastore/storage_words.h"
#include "executor/adapters/hive_metastore/table_conversion.h"

namespace godwit::executor {

namespace {

constexpr char kRouteSite[] = "godwit.route.site";
constexpr char kRouteToken[] = "godwit.route.token";
constexpr size_t kListingsMax = 64;

hms::EnvironmentContext KeepStatistics() {
  hms::EnvironmentContext context;
  // Or the server counts files itself and overwrites what we were given.
  context.properties["DO_NOT_UPDATE_STATS"] = "true";
  return context;
}

// Sets what is given, keeps the rest. True if that changed something.
bool Merge(const Parameters& given, Parameters& parameters) {
  bool changed = false;
  for (const auto& [key, value] : given) {
    std::string& here = parameters[key];
    changed = changed || here != value;
    here = value;
  }
  return changed;
}

std::vector<std::string> FieldTexts(const std::vector<hms::FieldSchema>& fields) {
  std::vector<std::string> texts;
  for (const hms::FieldSchema& field : fields)
    texts.push_back(field.name + " " + field.type + " " + field.comment);
  return texts;
}

Route RouteOf(const hms::Table& table) {
  Route route;
  if (const auto site = table.parameters.find(kRouteSite); site != table.parameters.end())
    route.site = site->second;
  if (const auto token = table.parameters.find(kRouteToken); token != table.parameters.end()) {
    std::from_chars(token->second.data(), token->second.data() + token->second.size(), route.token);
  }
  return route;
}

}  // namespace

Result<std::string> HiveCatalog::Identity() {
  std::string uuid;
  GODWIT_TRY(client_.Read("identity", [&](MetastoreStub& stub) { stub.get_metastore_db_uuid(uuid); }));
  return "hive:" + uuid;
}

Result<std::vector<TableName>> HiveCatalog::ListTables() {
  std::vector<std::string> databases;
  GODWIT_TRY(client_.Read("list databases", [&](MetastoreStub& stub) { stub.get_all_databases(databases); }));
  std::vector<TableName> tables;
  for (const std::string& database : databases) {
    std::vector<std::string> names;
    GODWIT_TRY(client_.Read("list tables of " + database,
                            [&](MetastoreStub& stub) { stub.get_all_tables(names, database); }));
    for (std::string& name : names) tables.push_back({database, std::move(name)});
  }
  std::sort(tables.begin(), tables.end());
  return tables;
}

Result<std::optional<DatabaseMeta>> HiveCatalog::GetDatabase(const std::string& name) {
  std::optional<DatabaseMeta> meta;
  GODWIT_TRY(client_.Read("database " + name, [&](MetastoreStub& stub) {
    try {
      hms::Database database;
      stub.get_database(database, name);
      meta = DatabaseMetaOf(database);
    } catch (const hms::NoSuchObjectException&) {
      meta.reset();
    }
  }));
  return meta;
}

Result<std::optional<hms::Table>> HiveCatalog::Find(const TableName& table) {
  hms::GetTableRequest request;
  request.dbName = table.db;
  request.tblName = table.name;
  hms::GetTableResult result;
  bool found = false;
  GODWIT_TRY(client_.Read("table " + table.Text(), [&](MetastoreStub& stub) {
    try {
      stub.get_table_req(result, request);
      found = true;
    } catch (const hms::NoSuchObjectException&) {
      found = false;
    }
  }));
  if (!found) return std::optional<hms::Table>();
  return std::optional<hms::Table>(std::move(result.table));
}

Result<hms::Table> HiveCatalog::Need(const TableName& table) {
  GODWIT_TRY_ASSIGN(std::optional<hms::Table> found, Find(table));
  if (!found) return InvalidInput(fmt::format("there is no table {}", table.Text()));
  return *std::move(found);
}

Result<std::optional<TableMeta>> HiveCatalog::GetTable(const TableName& table) {
  GODWIT_TRY_ASSIGN(const std::optional<hms::Table> found, Find(table));
  if (!found) return std::optional<TableMeta>();
  TableMeta meta = TableMetaOf(*found);
  const std::string path = PathOutside(meta, client_.config().fs_names);
  if (!path.empty() && meta.kind != TableKind::kView) {
    meta.kind = TableKind::kOther;
    meta.storage.try_emplace("unsupported", path +
                                                " lies at this site, outside the table's folder, and is not "
                                                "copied: write the path without the file system's name, and "
                                                "put the file there at both sites");
  }
  return std::optional<TableMeta>(std::move(meta));
}

Result<std::vector<std::string>> HiveCatalog::PartitionNames(const TableName& table,
                                                             const std::string& after) {
  if (!after.empty()) {
    std::lock_guard lock(mutex_);
    if (const auto it = names_.find(table); it != names_.end()) return it->second;
  }
  std::vector<std::string> names;
  GODWIT_TRY(client_.Read("partitions of " + table.Text(), [&](MetastoreStub& stub) {
    stub.get_partition_names(names, table.db, table.name, -1);
  }));
  std::sort(names.begin(), names.end());
  std::lock_guard lock(mutex_);
  if (names_.size() >= kListingsMax) names_.clear();
  names_[table] = names;
  return names;
}

Result<std::vector<hms::Partition>> HiveCatalog::PartitionsNamed(const TableName& table,
                                                                 const std::vector<std::string>& names) {
  const size_t batch = client_.config().batch_partitions;
  std::vector<std::vector<hms::Partition>> parts((names.size() + batch - 1) / batch);
  GODWIT_TRY(ForEach(parts.size(), client_.config().parallel_calls, [&](size_t i) {
    const auto begin = names.begin() + static_cast<std::ptrdiff_t>(i * batch);
    const std::vector<std::string> some(
        begin, begin + static_cast<std::ptrdiff_t>(std::min(batch, names.size() - i * batch)));
    return client_.Read("partitions of " + table.Text(), [&](MetastoreStub& stub) {
      parts[i].clear();
      stub.get_partitions_by_names(parts[i], table.db, table.name, some);
    });
  }));
  std::vector<hms::Partition> partitions;
  for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(partitions));
  return partitions;
}

Result<std::vector<PartitionMeta>> HiveCatalog::MetasNamed(const hms::Table& table,
                                                           const std::vector<std::string>& names) {
  GODWIT_TRY_ASSIGN(const auto partitions, PartitionsNamed({table.dbName, table.tableName}, names));
  std::vector<PartitionMeta> metas;
  for (const hms::Partition& partition : partitions) metas.push_back(PartitionMetaOf(partition, table));
  std::sort(metas.begin(), metas.end());
  if (client_.config().column_statistics)
    GODWIT_TRY(ReadPartitionStatistics(client_, table, partitions, metas));
  return metas;
}

Result<PartitionMeta> HiveCatalog::OnlyPartition(const hms::Table& table) {
  PartitionMeta meta{"", table.sd.location, TableMetaOf(table).parameters, {}};
  meta.parameters.erase(kOpParameter);
  if (const auto published = meta.parameters.extract(kPublishedParameter); !published.empty()) {
    meta.parameters[kOpParameter] = published.mapped();
  }
  if (client_.config().column_statistics) GODWIT_TRY(ReadTableStatistics(client_, table, meta.parameters));
  return meta;
}

Result<std::vector<PartitionMeta>> HiveCatalog::ListPartitions(const TableName& table,
                                                               const std::string& after, size_t limit) {
  GODWIT_TRY_ASSIGN(const hms::Table found, Need(table));
  std::vector<PartitionMeta> metas;
  if (found.partitionKeys.empty()) {
    if (!after.empty() || limit == 0) return metas;
    GODWIT_TRY_ASSIGN(PartitionMeta only, OnlyPartition(found));
    metas.push_back(std::move(only));
    return metas;
  }
  GODWIT_TRY_ASSIGN(const std::vector<std::string> names, PartitionNames(table, after));
  auto next = after.empty() ? names.begin() : std::upper_bound(names.begin(), names.end(), after);
  // Partitions dropped since the names were read must not make a page short: that would mean it is the last
  // one.
  while (metas.size() < limit && next != names.end()) {
    const auto count =
        std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(limit - metas.size()), names.end() - next);
    GODWIT_TRY_ASSIGN(auto some, MetasNamed(found, {next, next + count}));
    std::move(some.begin(), some.end(), std::back_inserter(metas));
    next += count;
  }
  if (next == names.end()) {
    std::lock_guard lock(mutex_);
    names_.erase(table);
  }
  return metas;
}

Result<std::optional<PartitionMeta>> HiveCatalog::GetPartition(const TableName& table,
                                                               const std::string& name) {
  GODWIT_TRY_ASSIGN(const std::optional<hms::Table> found, Find(table));
  if (!found || found->partitionKeys.empty() != name.empty()) return std::optional<PartitionMeta>();
  if (name.empty()) {
    GODWIT_TRY_ASSIGN(PartitionMeta only, OnlyPartition(*found));
    return std::optional<PartitionMeta>(std::move(only));
  }
  GODWIT_TRY_ASSIGN(auto metas, MetasNamed(*found, {name}));
  if (metas.empty()) return std::optional<PartitionMeta>();
  return std::optional<PartitionMeta>(std::move(metas.front()));
}

Result<Effect> HiveCatalog::CreateDatabase(const DatabaseMeta& database) {
  GODWIT_TRY_ASSIGN(const std::optional<DatabaseMeta> there, GetDatabase(database.name));
  if (there) {
    if (there->location == database.location) return Effect::kAlready;
    return Conflict(
        fmt::format("database {} lies at {}, not at {}", database.name, there->location, database.location));
  }
  GODWIT_TRY(client_.Change("create database " + database.name,
                            [&](MetastoreStub& stub) { stub.create_database(DatabaseOf(database)); }));
  return Effect::kDone;
}

Result<Effect> HiveCatalog::CreateTable(const TableMeta& meta, const std::string& op) {
  TableMeta plain = meta;
  const std::string statistics = TakeStatistics(plain.parameters);
  GODWIT_TRY_ASSIGN(const hms::Table table, TableOf(plain, op));
  GODWIT_TRY_ASSIGN(const std::optional<hms::Table> there, Find(meta.name));
  if (there) {
    const auto made = there->parameters.find(kOpParameter);
    if (made != there->parameters.end() && made->second == op) return Effect::kAlready;
    return Conflict(
        fmt::format("create {}: a table of that name exists and {} did not make it: rename or drop it",
                    meta.name.Text(), op));
  }
  GODWIT_TRY(
      client_.Change("create " + meta.name.Text(), [&](MetastoreStub& stub) { stub.create_table(table); }));
  GODWIT_TRY(WriteStatistics(client_, table, {{"", statistics}}));
  return Effect::kDone;
}

Status HiveCatalog::Alter(const hms::Table& table) {
  return client_.Change(fmt::format("alter {}.{}", table.dbName, table.tableName), [&](MetastoreStub& stub) {
    stub.alter_table_with_environment_context(table.dbName, table.tableName, table, KeepStatistics());
  });
}

Result<Effect> HiveCatalog::AlterTable(const TableMeta& meta, const std::string& op, Token) {
  TableMeta plain = meta;
  const std::string statistics = TakeStatistics(plain.parameters);
  GODWIT_TRY_ASSIGN(hms::Table there, Need(meta.name));
  plain.location = there.sd.location;
  GODWIT_TRY_ASSIGN(const hms::Table wanted, TableOf(plain, op));
  if (FieldTexts(wanted.partitionKeys) != FieldTexts(there.partitionKeys)) {
    return Conflict(
        fmt::format("alter {}: the partition keys differ, and a metastore cannot alter them: plan again",
                    meta.name.Text()));
  }
  const bool same = FieldTexts(wanted.sd.cols) == FieldTexts(there.sd.cols) &&
                    WordsOf(wanted.sd, {}) == WordsOf(there.sd, {}) &&
                    wanted.viewExpandedText == there.viewExpandedText;
  if (!Merge(wanted.parameters, there.parameters) && same) return Effect::kAlready;
  there.sd = wanted.sd;
  if (meta.kind == TableKind::kView) {
    there.__set_viewExpandedText(wanted.viewExpandedText);
    there.__set_viewOriginalText(wanted.viewOriginalText);
  }
  GODWIT_TRY(Alter(there));
  GODWIT_TRY(WriteStatistics(client_, there, {{"", statistics}}));
  return Effect::kDone;
}

Result<bool> HiveCatalog::PublishPartitions(const Publication& publication, const hms::Table& table) {
  std::vector<std::string> names;
  for (const PartitionMeta& partition : publication.partitions) names.push_back(partition.name);
  GODWIT_TRY_ASSIGN(const auto there, PartitionsNamed(publication.table, names));
  GODWIT_TRY_ASSIGN(const PartitionChanges changes, ComparePartitions(publication, table, there));
  const size_t batch = client_.config().batch_partitions;
  const std::string what = "publish to " + publication.table.Text();
  const auto in_batches = [&](const std::vector<hms::Partition>& all, auto call) {
    return ForEach((all.size() + batch - 1) / batch, client_.config().parallel_calls, [&](size_t i) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i * batch);
      const std::vector<hms::Partition> some(
          begin, begin + static_cast<std::ptrdiff_t>(std::min(batch, all.size() - i * batch)));
      return client_.Change(what, [&](MetastoreStub& stub) { call(stub, some); });
    });
  };
  GODWIT_TRY(
      in_batches(changes.added, [](MetastoreStub& stub, const auto& some) { stub.add_partitions(some); }));
  GODWIT_TRY(in_batches(changes.altered, [&](MetastoreStub& stub, const auto& some) {
    stub.alter_partitions_with_environment_context(table.dbName, table.tableName, some, KeepStatistics());
  }));
  GODWIT_TRY(WriteStatistics(client_, table, changes.statistics));
  return !changes.added.empty() || !changes.altered.empty();
}

Result<Effect> HiveCatalog::Publish(const Publication& publication) {
  GODWIT_TRY_ASSIGN(std::optional<hms::Table> found, Find(publication.table));
  if (!found) return Conflict(fmt::format("publish to {}: there is no such table", publication.table.Text()));
  hms::Table& table = *found;
  GODWIT_TRY(CheckPublication(publication, table));
  bool changed = false;
  Publication rest = publication;
  std::string statistics = TakeStatistics(rest.parameters);
  if (table.partitionKeys.empty()) {
    GODWIT_TRY_ASSIGN(changed, MoveTable(publication, table));
    if (!publication.partitions.empty()) {
      Parameters own = publication.partitions.front().parameters;
      if (const std::string text = TakeStatistics(own); !text.empty()) statistics = text;
      // They are the other site's table's: its routes and marks are not for here.
      std::erase_if(own, [](const auto& parameter) { return parameter.first.starts_with("godwit."); });
      own.insert(rest.parameters.begin(), rest.parameters.end());
      rest.parameters = std::move(own);
    }
  } else {
    GODWIT_TRY_ASSIGN(changed, PublishPartitions(publication, table));
  }
  for (const std::string& name : publication.dropped) {
    bool dropped = false;
    GODWIT_TRY(client_.Change(
        "drop partition " + name + " of " + publication.table.Text(), [&](MetastoreStub& stub) {
          try {
            dropped = stub.drop_partition_by_name(table.dbName, table.tableName, name, /*deleteData=*/false);
          } catch (const hms::NoSuchObjectException&) {
            dropped = false;
          }
        }));
    changed = changed || dropped;
  }
  const bool set = Merge(rest.parameters, table.parameters);
  const bool moved = changed && table.partitionKeys.empty();
  if (moved) table.parameters[kPublishedParameter] = publication.op;
  if (set || moved) {
    GODWIT_TRY(Alter(table));
    GODWIT_TRY(WriteStatistics(client_, table, {{"", statistics}}));
    changed = true;
  }
  return changed ? Effect::kDone : Effect::kAlready;
}

Result<Effect> HiveCatalog::SetRoute(const TableName& name, const Route& route) {
  GODWIT_TRY_ASSIGN(hms::Table table, Need(name));
  const Route now = RouteOf(table);
  if (now.token > route.token) {
    return Conflict(
        fmt::format("route of {}: token {} is older than {}", name.Text(), route.token, now.token));
  }
  if (now.site == route.site && now.token == route.token) return Effect::kAlready;
  table.parameters[kRouteSite] = route.site;
  table.parameters[kRouteToken] = std::to_string(route.token);
  GODWIT_TRY(Alter(table));
  return Effect::kDone;
}

Result<Route> HiveCatalog::GetRoute(const TableName& name) {
  GODWIT_TRY_ASSIGN(const hms::Table table, Need(name));
  return RouteOf(table);
}

}  // namespace godwit::executor
