#include "executor/adapters/hive_server/row_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "executor/adapters/hive_server/row_sql.h"

namespace godwit::executor {

namespace {

constexpr int kRowBuckets = 4096;
constexpr size_t kBucketsLookedAt = 64;  // that differ; rows of others are counted only if these hold too few

using Counts =
    std::map<std::string, std::string>;  // of a bucket, hash or row: its count, and for buckets its sum

Result<Counts> Grouped(SparkEngine& engine, const std::string& statement) {
  GODWIT_TRY_ASSIGN(const auto rows, engine.session().Query(statement));
  Counts counts;
  for (const SqlRow& row : rows) {
    if (row.size() != 2 || !row[0] || !row[1]) return Unavailable("the query engine answers something else");
    counts[*row[0]] = *row[1];
  }
  return counts;
}

// Keys whose value is not the same on both sides.
std::vector<std::string> Different(const Counts& a, const Counts& b) {
  std::set<std::string> keys;
  for (const auto& [key, value] : a) {
    if (const auto it = b.find(key); it == b.end() || it->second != value) keys.insert(key);
  }
  for (const auto& [key, value] : b) {
    if (!a.contains(key)) keys.insert(key);
  }
  return {keys.begin(), keys.end()};
}

std::vector<std::string> First(std::vector<std::string> keys, size_t count) {
  keys.resize(std::min(keys.size(), count));
  return keys;
}

std::string BucketSql(const std::string& rows) {
  return fmt::format(
      "SELECT CAST(pmod(h, {}) AS STRING), concat(CAST(count(*) AS STRING), ':', CAST(sum(CAST(h AS "
      "DECIMAL(38,0))) AS STRING)) FROM (SELECT xxhash64(j) AS h FROM ({})) GROUP BY pmod(h, {})",
      kRowBuckets, rows, kRowBuckets);
}

std::string HashSql(const std::string& rows, const std::vector<std::string>& buckets) {
  return fmt::format(
      "SELECT CAST(h AS STRING), CAST(count(*) AS STRING) FROM (SELECT xxhash64(j) AS h FROM ({})) WHERE "
      "pmod(h, {}) IN ({}) GROUP BY h",
      rows, kRowBuckets, fmt::join(buckets, ","));
}

std::string RowSql(const std::string& rows, const std::vector<std::string>& hashes) {
  return fmt::format("SELECT j, CAST(count(*) AS STRING) FROM ({}) WHERE xxhash64(j) IN ({}) GROUP BY j",
                     rows, fmt::join(hashes, ","));
}

int64_t CountOf(const Counts& counts, const std::string& key) {
  const auto it = counts.find(key);
  int64_t count = 0;
  if (it != counts.end()) std::from_chars(it->second.data(), it->second.data() + it->second.size(), count);
  return count;
}

}  // namespace

std::vector<std::string> DifferingColumns(const std::vector<RowDifference>& rows,
                                          const std::vector<Column>& columns) {
  std::vector<nlohmann::json> source, target;
  for (const RowDifference& row : rows) {
    nlohmann::json object = nlohmann::json::parse(row.row, nullptr, false);
    if (!object.is_object()) continue;
    (row.source_count > row.target_count ? source : target).push_back(std::move(object));
  }
  std::set<std::string> found;
  for (const nlohmann::json& a : source) {
    for (const nlohmann::json& b : target) {
      std::string only;
      int differing = 0;
      for (const Column& column : columns) {
        if (a.value(column.name, nlohmann::json()) == b.value(column.name, nlohmann::json())) continue;
        only = column.name;
        if (++differing > 1) break;
      }
      if (differing == 1) found.insert(only);
    }
  }
  std::vector<std::string> names;
  for (const Column& column : columns) {
    if (found.contains(column.name)) names.push_back(column.name);
  }
  return names;
}

Result<RowComparer::Difference> SparkRowComparer::Compare(const TableName& table,
                                                          const std::string& partition, size_t limit) {
  GODWIT_TRY(RefreshTable(source_.session(), table));
  GODWIT_TRY(RefreshTable(target_.session(), table));
  GODWIT_TRY_ASSIGN(const auto columns, source_.Columns(table));
  GODWIT_TRY_ASSIGN(const std::string row, RowExpression(columns));
  GODWIT_TRY_ASSIGN(const std::string condition, PartitionCondition(partition));
  const std::string rows = fmt::format("SELECT {} AS j FROM {} WHERE {}", row, TableSql(table), condition);
  const auto both = [&](const std::string& statement) -> Result<std::pair<Counts, Counts>> {
    GODWIT_TRY_ASSIGN(Counts at_source, Grouped(source_, statement));
    GODWIT_TRY_ASSIGN(Counts at_target, Grouped(target_, statement));
    return std::pair(std::move(at_source), std::move(at_target));
  };
  Difference difference;
  GODWIT_TRY_ASSIGN(const auto buckets, both(BucketSql(rows)));
  const auto looked_at = First(Different(buckets.first, buckets.second), kBucketsLookedAt);
  if (looked_at.empty()) return difference;
  GODWIT_TRY_ASSIGN(const auto hashes, both(HashSql(rows, looked_at)));
  const auto differing = First(Different(hashes.first, hashes.second), limit);
  if (differing.empty()) return difference;  // the table changed in between
  GODWIT_TRY_ASSIGN(const auto texts, both(RowSql(rows, differing)));
  for (const std::string& text : First(Different(texts.first, texts.second), limit)) {
    difference.rows.push_back({text, CountOf(texts.first, text), CountOf(texts.second, text)});
  }
  difference.columns = DifferingColumns(difference.rows, columns);
  return difference;
}

}  // namespace godwit::executor
