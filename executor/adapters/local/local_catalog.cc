#include "executor/adapters/local/local_catalog.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/adapters/local/meta_text.h"

namespace godwit::executor::local {
namespace {

constexpr char kOp[] = "godwit.op";
// The one partition of a plain table has no row of its own: its op is kept beside the table's.
constexpr char kPlainPartitionOp[] = "godwit.partition_op";

// Whoever copies metadata brings the other site's marks along; they say nothing about this one.
Parameters WithoutMarks(Parameters parameters) {
  std::erase_if(parameters, [](const auto& entry) { return entry.first.starts_with("godwit."); });
  return parameters;
}

Parameters Marked(const Parameters& parameters, const std::string& op) {
  Parameters marked = WithoutMarks(parameters);
  marked[kOp] = op;
  return marked;
}

constexpr char kSelectTable[] =
    "SELECT db, name, kind, owner, columns, partition_keys, location, view_text, parameters, storage FROM "
    "tables "
    "WHERE db = ? AND name = ?";

Result<TableMeta> TableOf(const Row& row) {
  TableMeta table;
  table.name = {row.Text(0), row.Text(1)};
  table.kind = ParseTableKind(row.Text(2));
  table.owner = row.Text(3);
  GODWIT_TRY_ASSIGN(table.columns, ParseColumns(row.Text(4)));
  GODWIT_TRY_ASSIGN(table.partition_keys, ParseColumns(row.Text(5)));
  table.location = row.Text(6);
  table.view_text = row.Text(7);
  GODWIT_TRY_ASSIGN(table.parameters, ParseParameters(row.Text(8)));
  GODWIT_TRY_ASSIGN(table.storage, ParseParameters(row.Text(9)));
  return table;
}

Result<std::optional<TableMeta>> FindTable(Database& db, const TableName& name) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows, db.Query(kSelectTable, {name.db, name.name}));
  if (rows.empty()) return std::optional<TableMeta>();
  GODWIT_TRY_ASSIGN(TableMeta table, TableOf(rows[0]));
  return std::optional<TableMeta>(std::move(table));
}

Result<TableMeta> ExistingTable(Database& db, const TableName& name) {
  GODWIT_TRY_ASSIGN(std::optional<TableMeta> table, FindTable(db, name));
  if (!table) return Conflict(fmt::format("{}: there is no such table", name.Text()));
  return *std::move(table);
}

Status WriteTable(Database& db, const TableMeta& table) {
  GODWIT_TRY_ASSIGN(const std::string columns, ColumnsText(table.columns));
  GODWIT_TRY_ASSIGN(const std::string keys, ColumnsText(table.partition_keys));
  GODWIT_TRY_ASSIGN(const std::string parameters, ParametersText(table.parameters));
  GODWIT_TRY_ASSIGN(const std::string storage, ParametersText(table.storage));
  return db.Run(
      "INSERT OR REPLACE INTO tables(db, name, kind, owner, columns, partition_keys, location, view_text, "
      "parameters, "
      "storage) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {table.name.db, table.name.name, TableKindText(table.kind), table.owner, columns, keys, table.location,
       table.view_text, parameters, storage});
}

Result<std::optional<DatabaseMeta>> FindDatabase(Database& db, const std::string& name) {
  GODWIT_TRY_ASSIGN(
      const std::vector<Row> rows,
      db.Query("SELECT name, location, owner, parameters FROM databases WHERE name = ?", {name}));
  if (rows.empty()) return std::optional<DatabaseMeta>();
  DatabaseMeta database{rows[0].Text(0), rows[0].Text(1), rows[0].Text(2), {}};
  GODWIT_TRY_ASSIGN(database.parameters, ParseParameters(rows[0].Text(3)));
  return std::optional<DatabaseMeta>(std::move(database));
}

// From name, location, parameters.
Result<PartitionMeta> PartitionOf(const Row& row) {
  PartitionMeta partition{row.Text(0), row.Text(1), {}};
  GODWIT_TRY_ASSIGN(partition.parameters, ParseParameters(row.Text(2)));
  return partition;
}

PartitionMeta PlainPartition(const TableMeta& table) {
  PartitionMeta partition{"", table.location, WithoutMarks(table.parameters)};
  if (const auto op = table.parameters.find(kPlainPartitionOp); op != table.parameters.end()) {
    partition.parameters[kOp] = op->second;
  }
  return partition;
}

// --- Publish, a step at a time; each says whether it changed anything.

Status CheckPublication(const Publication& publication, const TableMeta& table) {
  const std::string name = table.name.Text();
  if (table.kind == TableKind::kView)
    return InvalidInput(fmt::format("{}: a view has no files to publish", name));
  if (publication.partitions.size() > kPublishedPartitionsMax) {
    return InvalidInput(fmt::format("{}: more than {} partitions at once", name, kPublishedPartitionsMax));
  }
  const auto not_ascending = [](const auto& a, const auto& b) { return !(a.name < b.name); };
  if (std::adjacent_find(publication.partitions.begin(), publication.partitions.end(), not_ascending) !=
      publication.partitions.end()) {
    return InvalidInput(fmt::format("{}: partitions to publish are not sorted by name, each once", name));
  }
  const size_t keys = table.partition_keys.size();
  for (const PartitionMeta& partition : publication.partitions) {
    if (!partition.storage.empty()) {
      return Unsupported(
          fmt::format("{}/{} is stored unlike its table: a local site cannot say so", name, partition.name));
    }
    if (keys == 0 && partition.name.empty()) continue;
    GODWIT_TRY_ASSIGN(const std::vector<std::string> values, PartitionValues(partition.name));
    if (values.size() != keys) {
      return InvalidInput(
          fmt::format("{}: '{}' is no partition of a table with {} keys", name, partition.name, keys));
    }
  }
  return Ok();
}

Status CheckSeal(Database& db, const TableName& table, Token token) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                    db.Query("SELECT token FROM barriers WHERE db = ? AND tbl = ? AND party = 'copiers'",
                             {table.db, table.name}));
  return CheckToken(fmt::format("copiers of {}", table.Text()), token, rows.empty() ? 0 : rows[0].Int(0));
}

Result<bool> PutPartition(Database& db, const Publication& publication, const PartitionMeta& partition) {
  GODWIT_TRY_ASSIGN(const std::string parameters,
                    ParametersText(Marked(partition.parameters, publication.op)));
  GODWIT_TRY(
      db.Run("INSERT INTO partitions(db, tbl, name, location, parameters) VALUES(?, ?, ?, ?, ?) ON CONFLICT "
             "DO UPDATE SET "
             "location = excluded.location, parameters = excluded.parameters "
             "WHERE location <> excluded.location OR parameters <> excluded.parameters",
             {publication.table.db, publication.table.name, partition.name, partition.location, parameters}));
  return db.changes() > 0;
}

Result<bool> DropPartition(Database& db, const TableName& table, const std::string& name) {
  GODWIT_TRY(
      db.Run("DELETE FROM partitions WHERE db = ? AND tbl = ? AND name = ?", {table.db, table.name, name}));
  return db.changes() > 0;
}

// The table's own row as it is after the publication.
TableMeta AfterPublication(TableMeta table, const Publication& publication) {
  if (table.partition_keys.empty()) {
    for (const PartitionMeta& partition : publication.partitions) {
      table.location = partition.location;
      table.parameters[kPlainPartitionOp] = publication.op;
      for (const auto& [key, value] : WithoutMarks(partition.parameters)) table.parameters[key] = value;
    }
  }
  for (const auto& [key, value] : WithoutMarks(publication.parameters)) table.parameters[key] = value;
  return table;
}

Result<bool> PublishAll(Database& db, const TableMeta& table, const Publication& publication) {
  bool changed = false;
  for (const PartitionMeta& partition : publication.partitions) {
    if (partition.name.empty()) continue;
    GODWIT_TRY_ASSIGN(const bool put, PutPartition(db, publication, partition));
    changed |= put;
  }
  for (const std::string& name : publication.dropped) {
    GODWIT_TRY_ASSIGN(const bool dropped, DropPartition(db, publication.table, name));
    changed |= dropped;
  }
  const TableMeta after = AfterPublication(table, publication);
  if (after != table) {
    GODWIT_TRY(WriteTable(db, after));
    changed = true;
  }
  return changed;
}

}  // namespace

Result<std::string> LocalCatalog::Identity() {
  GODWIT_TRY_ASSIGN(std::string identity, site_->Setting("identity"));
  if (identity.empty()) return Corrupt(fmt::format("{}/site.db has no identity", site_->root()));
  return identity;
}

Result<std::vector<TableName>> LocalCatalog::ListTables() {
  return site_->Read([](Database& db) -> Result<std::vector<TableName>> {
    GODWIT_TRY_ASSIGN(const std::vector<Row> rows, db.Query("SELECT db, name FROM tables ORDER BY db, name"));
    std::vector<TableName> tables;
    for (const Row& row : rows) tables.push_back({row.Text(0), row.Text(1)});
    return tables;
  });
}

Result<std::optional<DatabaseMeta>> LocalCatalog::GetDatabase(const std::string& name) {
  return site_->Read([&](Database& db) { return FindDatabase(db, name); });
}

Result<std::optional<TableMeta>> LocalCatalog::GetTable(const TableName& table) {
  return site_->Read([&](Database& db) { return FindTable(db, table); });
}

Result<std::vector<PartitionMeta>> LocalCatalog::ListPartitions(const TableName& name,
                                                                const std::string& after, size_t limit) {
  return site_->Read([&](Database& db) -> Result<std::vector<PartitionMeta>> {
    GODWIT_TRY_ASSIGN(const std::optional<TableMeta> table, FindTable(db, name));
    if (!table) return InvalidInput(fmt::format("{}: there is no such table", name.Text()));
    std::vector<PartitionMeta> partitions;
    if (table->kind == TableKind::kView) return partitions;
    if (table->partition_keys.empty()) {
      partitions.push_back(PlainPartition(*table));
      return partitions;
    }
    GODWIT_TRY_ASSIGN(
        const std::vector<Row> rows,
        db.Query("SELECT name, location, parameters FROM partitions WHERE db = ? AND tbl = ? AND "
                 "name > ? ORDER BY name LIMIT ?",
                 {name.db, name.name, after, static_cast<int64_t>(std::min<size_t>(limit, INT64_MAX))}));
    for (const Row& row : rows) {
      GODWIT_TRY_ASSIGN(PartitionMeta partition, PartitionOf(row));
      partitions.push_back(std::move(partition));
    }
    return partitions;
  });
}

Result<std::optional<PartitionMeta>> LocalCatalog::GetPartition(const TableName& name,
                                                                const std::string& partition) {
  return site_->Read([&](Database& db) -> Result<std::optional<PartitionMeta>> {
    GODWIT_TRY_ASSIGN(const std::optional<TableMeta> table, FindTable(db, name));
    if (!table || table->kind == TableKind::kView) return std::optional<PartitionMeta>();
    if (table->partition_keys.empty() && partition.empty())
      return std::optional<PartitionMeta>(PlainPartition(*table));
    GODWIT_TRY_ASSIGN(
        const std::vector<Row> rows,
        db.Query("SELECT name, location, parameters FROM partitions WHERE db = ? AND tbl = ? AND name = ?",
                 {name.db, name.name, partition}));
    if (rows.empty()) return std::optional<PartitionMeta>();
    GODWIT_TRY_ASSIGN(PartitionMeta found, PartitionOf(rows[0]));
    return std::optional<PartitionMeta>(std::move(found));
  });
}

Result<Effect> LocalCatalog::CreateDatabase(const DatabaseMeta& database) {
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const std::optional<DatabaseMeta> there, FindDatabase(db, database.name));
    if (there == database) return Effect::kAlready;
    if (there) {
      return Conflict(fmt::format("database {} exists already and differs (it is at {})", database.name,
                                  there->location));
    }
    GODWIT_TRY_ASSIGN(const std::string parameters, ParametersText(database.parameters));
    GODWIT_TRY(db.Run("INSERT INTO databases(name, location, owner, parameters) VALUES(?, ?, ?, ?)",
                      {database.name, database.location, database.owner, parameters}));
    return Effect::kDone;
  });
}

Result<Effect> LocalCatalog::CreateTable(const TableMeta& table, const std::string& op) {
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const std::optional<TableMeta> there, FindTable(db, table.name));
    if (there) {
      const auto mark = there->parameters.find(kOp);
      if (mark != there->parameters.end() && mark->second == op) return Effect::kAlready;
      return Conflict(fmt::format("{}: a table of that name exists already, made by {}", table.name.Text(),
                                  mark == there->parameters.end() ? "somebody else" : mark->second));
    }
    GODWIT_TRY_ASSIGN(const std::optional<DatabaseMeta> database, FindDatabase(db, table.name.db));
    if (!database)
      return Conflict(fmt::format("{}: there is no database {}", table.name.Text(), table.name.db));
    TableMeta made = table;
    made.parameters = Marked(table.parameters, op);
    GODWIT_TRY(WriteTable(db, made));
    return Effect::kDone;
  });
}

Result<Effect> LocalCatalog::AlterTable(const TableMeta& table, const std::string& op, Token token) {
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const TableMeta before, ExistingTable(db, table.name));
    GODWIT_TRY(CheckSeal(db, table.name, token));
    if (before.partition_keys != table.partition_keys) {
      return Unsupported(fmt::format("{}: its partition keys cannot change", table.name.Text()));
    }
    TableMeta after = before;
    after.columns = table.columns;
    after.storage = table.storage;
    after.view_text = table.view_text;
    for (const auto& [key, value] : WithoutMarks(table.parameters)) after.parameters[key] = value;
    after.parameters[kOp] = op;
    if (after == before) return Effect::kAlready;
    GODWIT_TRY(WriteTable(db, after));
    return Effect::kDone;
  });
}

Result<Effect> LocalCatalog::Publish(const Publication& publication) {
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const TableMeta table, ExistingTable(db, publication.table));
    GODWIT_TRY(CheckPublication(publication, table));
    GODWIT_TRY(CheckSeal(db, publication.table, publication.token));
    GODWIT_TRY_ASSIGN(const bool changed, PublishAll(db, table, publication));
    return changed ? Effect::kDone : Effect::kAlready;
  });
}

Result<Effect> LocalCatalog::SetRoute(const TableName& table, const Route& route) {
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(
        const std::vector<Row> rows,
        db.Query("SELECT site, token FROM routes WHERE db = ? AND tbl = ?", {table.db, table.name}));
    GODWIT_TRY(CheckToken("route of " + table.Text(), route.token, rows.empty() ? 0 : rows[0].Int(1)));
    const auto token = static_cast<int64_t>(route.token);
    if (!rows.empty() && rows[0].Text(0) == route.site && rows[0].Int(1) == token) return Effect::kAlready;
    GODWIT_TRY(db.Run("INSERT OR REPLACE INTO routes(db, tbl, site, token) VALUES(?, ?, ?, ?)",
                      {table.db, table.name, route.site, token}));
    return Effect::kDone;
  });
}

Result<Route> LocalCatalog::GetRoute(const TableName& table) {
  return site_->Read([&](Database& db) -> Result<Route> {
    GODWIT_TRY_ASSIGN(
        const std::vector<Row> rows,
        db.Query("SELECT site, token FROM routes WHERE db = ? AND tbl = ?", {table.db, table.name}));
    if (rows.empty()) return Route{};
    return Route{rows[0].Text(0), static_cast<Token>(rows[0].Int(1))};
  });
}

}  // namespace godwit::executor::local
