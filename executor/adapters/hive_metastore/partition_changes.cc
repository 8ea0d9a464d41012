#include "executor/adapters/hive_metastore/partition_changes.h"

#include <fmt/format.h>

#include <map>

#include "executor/adapters/hive_metastore/column_statistics.h"
#include "executor/adapters/hive_metastore/storage_words.h"
#include "executor/adapters/hive_metastore/table_conversion.h"

namespace godwit::executor {

namespace {

// The location that we gave; another one now means that somebody re-pointed the partition.
constexpr char kLocationParameter[] = "godwit.location";

std::string Get(const Parameters& parameters, const std::string& key) {
  const auto it = parameters.find(key);
  return it == parameters.end() ? "" : it->second;
}

bool MadeByGodwit(const hms::Table& table) { return table.parameters.contains(kOpParameter); }

Status CheckDrift(const hms::Partition& there, const hms::Table& table, const std::string& name) {
  const std::string given = Get(there.parameters, kLocationParameter);
  const std::string what = fmt::format("publish {}.{} partition {}", table.dbName, table.tableName, name);
  if (given.empty() && MadeByGodwit(table)) {
    return Conflict(
        what + ": somebody else made this partition at the target; drop or adopt it before it is replaced");
  }
  if (!given.empty() && given != there.sd.location) {
    return Conflict(fmt::format("{}: it points to {}, and was left at {}: somebody else moved it", what,
                                there.sd.location, given));
  }
  return Ok();
}

bool SameFields(const std::vector<hms::FieldSchema>& a, const std::vector<hms::FieldSchema>& b) {
  return ColumnsOf(a) == ColumnsOf(b);
}

// Whether `there` has all that `wanted` says; what the server added does not count.
bool Satisfied(const hms::Partition& wanted, const hms::Partition& there) {
  Parameters has = there.parameters;
  ForgetExactColumns(has);
  for (const auto& [key, value] : wanted.parameters) {
    if (key != "transient_lastDdlTime" && Get(has, key) != value) return false;
  }
  return wanted.sd.location == there.sd.location && SameFields(wanted.sd.cols, there.sd.cols) &&
         WordsOf(wanted.sd, {}) == WordsOf(there.sd, {});
}

// Parameters that the server or other tools put there stay.
hms::Partition Merged(const hms::Partition& wanted, const hms::Partition& there) {
  hms::Partition merged = wanted;
  merged.createTime = there.createTime;
  for (const auto& [key, value] : there.parameters) merged.parameters.emplace(key, value);
  return merged;
}

}  // namespace

Result<PartitionChanges> ComparePartitions(const Publication& publication, const hms::Table& table,
                                           const std::vector<hms::Partition>& there) {
  std::map<std::vector<std::string>, const hms::Partition*> by_values;
  for (const hms::Partition& partition : there) by_values[partition.values] = &partition;
  PartitionChanges changes;
  for (const PartitionMeta& meta : publication.partitions) {
    PartitionMeta plain = meta;
    std::string statistics = TakeStatistics(plain.parameters);
    GODWIT_TRY_ASSIGN(hms::Partition wanted, PartitionOf(plain, table, publication.op));
    wanted.parameters[kLocationParameter] = wanted.sd.location;
    const auto found = by_values.find(wanted.values);
    if (found == by_values.end()) {
      changes.added.push_back(std::move(wanted));
    } else {
      if (Satisfied(wanted, *found->second)) continue;
      GODWIT_TRY(CheckDrift(*found->second, table, meta.name));
      changes.altered.push_back(Merged(wanted, *found->second));
    }
    if (!statistics.empty()) changes.statistics.emplace_back(meta.name, std::move(statistics));
  }
  return changes;
}

Status CheckPublication(const Publication& publication, const hms::Table& table) {
  const std::string what = "publish to " + publication.table.Text();
  if (publication.partitions.size() > kPublishedPartitionsMax)
    return InvalidInput(what + ": too many partitions");
  const std::vector<Column> keys = ColumnsOf(table.partitionKeys);
  const PartitionMeta* before = nullptr;
  for (const PartitionMeta& partition : publication.partitions) {
    if (before && before->name >= partition.name)
      return InvalidInput(what + ": the partitions are not sorted by name");
    before = &partition;
    if (keys.empty() && partition.name.empty()) continue;
    const auto values = PartitionValues(partition.name);
    if (!values.ok() || values->size() != keys.size() || PartitionNameOf(keys, *values) != partition.name) {
      return InvalidInput(fmt::format("{}: {} is not a partition of this table", what, partition.name));
    }
  }
  return Ok();
}

Result<bool> MoveTable(const Publication& publication, hms::Table& table) {
  if (publication.partitions.empty()) return false;
  const PartitionMeta& only = publication.partitions.front();
  if (only.location == table.sd.location) return false;
  const Parameters words = WordsOf(table.sd, {table.sd.location, ""});
  table.sd.__set_location(only.location);
  GODWIT_TRY(SetWords(words, {only.location, ""}, table.sd));
  return true;
}

}  // namespace godwit::executor
