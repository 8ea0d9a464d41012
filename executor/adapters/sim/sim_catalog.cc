#include <fmt/format.h>

#include <algorithm>

#include "executor/adapters/sim/sim_site.h"

namespace godwit::executor::sim {
namespace {

constexpr char kOp[] = "godwit.op";

template <typename Map, typename Key>
std::optional<typename Map::mapped_type> Lookup(const Map& map, const Key& key) {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

bool Merge(const Parameters& from, Parameters& into) {
  bool changed = false;
  for (const auto& [key, value] : from) {
    std::string& there = into[key];
    changed = changed || there != value;
    there = value;
  }
  return changed;
}

Status CheckPublication(const Publication& publication, const TableMeta& table) {
  const auto not_ascending = [](const auto& a, const auto& b) { return !(a.name < b.name); };
  if (publication.partitions.size() > kPublishedPartitionsMax ||
      std::adjacent_find(publication.partitions.begin(), publication.partitions.end(), not_ascending) !=
          publication.partitions.end()) {
    return InvalidInput(table.name.Text() + ": too many partitions, or not sorted");
  }
  for (const PartitionMeta& partition : publication.partitions) {
    if (table.partition_keys.empty() && partition.name.empty()) continue;
    GODWIT_TRY_ASSIGN(const std::vector<std::string> values, PartitionValues(partition.name));
    if (values.size() != table.partition_keys.size()) {
      return InvalidInput(
          fmt::format("{}: {} does not fit its partition keys", table.name.Text(), partition.name));
    }
  }
  return Ok();
}

}  // namespace

Result<std::vector<TableName>> SimCatalog::ListTables() {
  std::vector<TableName> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

Result<std::optional<DatabaseMeta>> SimCatalog::GetDatabase(const std::string& name) {
  return Lookup(databases_, name);
}

Result<std::optional<TableMeta>> SimCatalog::GetTable(const TableName& table) {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return std::optional<TableMeta>();
  return std::optional<TableMeta>(found->second.meta);
}

Result<std::vector<PartitionMeta>> SimCatalog::ListPartitions(const TableName& table,
                                                              const std::string& after, size_t limit) {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return InvalidInput(table.Text() + ": there is no such table");
  std::vector<PartitionMeta> page;
  const auto& partitions = found->second.partitions;
  const bool plain = found->second.meta.partition_keys.empty();
  for (auto it = plain ? partitions.begin() : partitions.upper_bound(after); it != partitions.end(); ++it) {
    if (page.size() == limit) break;
    page.push_back(it->second);
  }
  return page;
}

Result<std::optional<PartitionMeta>> SimCatalog::GetPartition(const TableName& table,
                                                              const std::string& name) {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return std::optional<PartitionMeta>();
  return Lookup(found->second.partitions, name);
}

Result<Effect> SimCatalog::CreateDatabase(const DatabaseMeta& database) {
  const auto [there, fresh] = databases_.emplace(database.name, database);
  if (fresh) return Effect::kDone;
  if (there->second == database) return Effect::kAlready;
  return Conflict("database " + database.name + " exists already and differs");
}

Result<Effect> SimCatalog::CreateTable(const TableMeta& table, const std::string& op) {
  const auto found = tables_.find(table.name);
  if (found != tables_.end()) {
    const auto mark = found->second.meta.parameters.find(kOp);
    if (mark != found->second.meta.parameters.end() && mark->second == op) return Effect::kAlready;
    return Conflict(table.name.Text() + ": a table of that name exists already");
  }
  if (!databases_.contains(table.name.db)) return Conflict(table.name.Text() + ": there is no such database");
  Put(table);
  tables_[table.name].meta.parameters[kOp] = op;
  return Effect::kDone;
}

Status SimCatalog::CheckSeal(const TableName& table, Token token) const {
  const auto seal = barriers_.find({table, Party::kCopiers});
  if (seal == barriers_.end() || token >= seal->second.token || !fences_copiers) return Ok();
  return Conflict(fmt::format("{} is sealed against copiers by token {}, this one has {}", table.Text(),
                              seal->second.token, token));
}

Result<Effect> SimCatalog::AlterTable(const TableMeta& table, const std::string&, Token token) {
  const auto found = tables_.find(table.name);
  if (found == tables_.end()) return Conflict(table.name.Text() + ": there is no such table");
  GODWIT_TRY(CheckSeal(table.name, token));
  TableMeta& meta = found->second.meta;
  const TableMeta before = meta;
  meta.columns = table.columns;
  meta.partition_keys = table.partition_keys;
  meta.storage = table.storage;
  meta.view_text = table.view_text;
  Merge(table.parameters, meta.parameters);
  return meta == before ? Effect::kAlready : Effect::kDone;
}

bool SimCatalog::PublishPartitions(Table& table, const Publication& publication) {
  bool changed = false;
  for (const PartitionMeta& partition : publication.partitions) {
    PartitionMeta there = partition;
    there.parameters[kOp] = publication.op;
    PartitionMeta& slot = table.partitions[partition.name];
    changed = changed || slot != there;
    slot = std::move(there);
    if (partition.name.empty()) table.meta.location = partition.location;
  }
  for (const std::string& name : publication.dropped) changed = table.partitions.erase(name) > 0 || changed;
  return changed;
}

Result<Effect> SimCatalog::Publish(const Publication& publication) {
  const auto found = tables_.find(publication.table);
  if (found == tables_.end()) return Conflict(publication.table.Text() + ": there is no such table");
  GODWIT_TRY(CheckSeal(publication.table, publication.token));
  GODWIT_TRY(CheckPublication(publication, found->second.meta));
  bool changed = PublishPartitions(found->second, publication);
  changed = Merge(publication.parameters, found->second.meta.parameters) || changed;
  if (changed && on_publish) on_publish(publication);
  return changed ? Effect::kDone : Effect::kAlready;
}

Result<Effect> SimCatalog::SetRoute(const TableName& table, const Route& route) {
  Route& there = routes_[table];
  if (route.token < there.token) return Conflict(table.Text() + ": routed by a later token");
  if (there.site == route.site && there.token == route.token) return Effect::kAlready;
  there = route;
  return Effect::kDone;
}

Result<Route> SimCatalog::GetRoute(const TableName& table) {
  return Lookup(routes_, table).value_or(Route{});
}

Result<Effect> SimCatalog::Set(const TableName& table, Party party, bool closed, Token token) {
  BarrierStatus& there = barriers_[{table, party}];
  if (token < there.token && fences_writers)
    return Conflict(table.Text() + ": its barrier was set by a later token");
  if (there.closed == closed && there.token == token) return Effect::kAlready;
  there = {closed, token};
  return Effect::kDone;
}

Result<BarrierStatus> SimCatalog::Get(const TableName& table, Party party) {
  return Lookup(barriers_, std::pair(table, party)).value_or(BarrierStatus{});
}

bool SimCatalog::IsClosed(const TableName& table, Party party) const {
  return Lookup(barriers_, std::pair(table, party)).value_or(BarrierStatus{}).closed;
}

void SimCatalog::Put(const TableMeta& table) {
  Table& slot = tables_[table.name];
  slot.meta = table;
  if (table.partition_keys.empty() && table.kind != TableKind::kView) {
    slot.partitions[""] = {"", table.location, {}, {}};
  }
}

void SimCatalog::PutPartition(const TableName& table, const PartitionMeta& partition) {
  tables_.at(table).partitions[partition.name] = partition;
}

void SimCatalog::DropPartition(const TableName& table, const std::string& name) {
  tables_.at(table).partitions.erase(name);
}

const TableMeta* SimCatalog::Find(const TableName& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? nullptr : &found->second.meta;
}

std::optional<std::string> SimCatalog::LocationOf(const TableName& table,
                                                  const std::string& partition) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return std::nullopt;
  const auto there = found->second.partitions.find(partition);
  if (there == found->second.partitions.end()) return std::nullopt;
  return there->second.location;
}

void SimCatalog::SetParameter(const TableName& table, const std::string& key, const std::string& value) {
  tables_.at(table).meta.parameters[key] = value;
}

}  // namespace godwit::executor::sim
