#include "executor/adapters/hive_server/spark_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "executor/adapters/hive_server/row_sql.h"

namespace godwit::executor {

namespace {

constexpr size_t kPartitionsAQuery = 50;

Result<int64_t> Number(const std::optional<std::string>& cell) {
  int64_t number = 0;
  if (cell) {
    const auto [end, error] = std::from_chars(cell->data(), cell->data() + cell->size(), number);
    if (error == std::errc() && end == cell->data() + cell->size()) return number;
  }
  return Unavailable("the query engine sent no number where one was asked for");
}

std::string DigestSelect(size_t place, const TableName& table, const std::string& row,
                         const std::string& condition) {
  return fmt::format(
      "SELECT CAST({} AS STRING), CAST(count(*) AS STRING), CAST(sum(CAST(xxhash64(j) AS DECIMAL(38,0))) AS "
      "STRING), "
      "CAST(sum(CAST(conv(substr(md5(j), 1, 15), 16, 10) AS DECIMAL(38,0))) AS STRING) "
      "FROM (SELECT {} AS j FROM {} WHERE {}) AS rows_{}",
      place, row, TableSql(table), condition, place);
}

// A partition without rows may be one that is not there: that is no answer.
Status CheckEmptyOnes(HiveSession& session, const TableName& table,
                      const std::vector<std::string>& partitions, const std::vector<RowsDigest>& digests) {
  std::optional<std::set<std::string>> known;
  for (size_t i = 0; i < partitions.size(); ++i) {
    if (digests[i].rows > 0 || partitions[i].empty()) continue;
    if (!known) {
      GODWIT_TRY_ASSIGN(const auto rows, session.Query("SHOW PARTITIONS " + TableSql(table)));
      known.emplace();
      for (const SqlRow& row : rows) known->insert(row.empty() ? "" : row[0].value_or(""));
    }
    if (!known->contains(partitions[i])) {
      return Conflict(fmt::format("{} has no partition {} at the query engine", table.Text(), partitions[i]));
    }
  }
  return Ok();
}

}  // namespace

std::string TableSql(const TableName& table) { return QuoteName(table.db) + "." + QuoteName(table.name); }

Status RefreshTable(HiveSession& session, const TableName& table) {
  GODWIT_TRY(session.Query("REFRESH TABLE " + TableSql(table)));
  return Ok();
}

SparkEngine::SparkEngine(HiveServerConfig config)
    : session_(std::move(config), {"SET TIME ZONE 'UTC'",
                                   // Or the types of wide structs are cut short in answers.
                                   "SET spark.sql.debug.maxToStringFields=100000"}) {}

Result<std::vector<Column>> SparkEngine::Columns(const TableName& table) {
  GODWIT_TRY_ASSIGN(const auto rows, session_.Query("DESCRIBE TABLE " + TableSql(table)));
  std::vector<Column> columns;
  for (const SqlRow& row : rows) {
    if (row.size() < 2 || !row[0] || !row[1]) return Unavailable("DESCRIBE answers something else");
    if (row[0]->empty() || row[0]->starts_with("# ")) break;  // partition information follows: said already
    columns.push_back({*row[0], *row[1], ""});
  }
  if (columns.empty()) return InvalidInput(fmt::format("{} has no columns", table.Text()));
  return columns;
}

Result<std::vector<RowsDigest>> SparkEngine::Digest(const TableName& table,
                                                    const std::vector<std::string>& partitions) {
  GODWIT_TRY(RefreshTable(session_, table));
  GODWIT_TRY_ASSIGN(const auto columns, Columns(table));
  GODWIT_TRY_ASSIGN(const std::string row, RowExpression(columns));
  std::vector<RowsDigest> digests(partitions.size(), RowsDigest{-1, ""});
  for (size_t begin = 0; begin < partitions.size(); begin += kPartitionsAQuery) {
    std::string statement;
    const size_t end = std::min(begin + kPartitionsAQuery, partitions.size());
    for (size_t i = begin; i < end; ++i) {
      GODWIT_TRY_ASSIGN(const std::string condition, PartitionCondition(partitions[i]));
      statement += (i == begin ? "" : " UNION ALL ") + DigestSelect(i, table, row, condition);
    }
    GODWIT_TRY_ASSIGN(const auto answers, session_.Query(statement));
    for (const SqlRow& answer : answers) {
      if (answer.size() != 4) return Unavailable("the query engine sent another number of columns");
      GODWIT_TRY_ASSIGN(const int64_t place, Number(answer[0]));
      if (place < 0 || static_cast<size_t>(place) >= digests.size())
        return Unavailable("a partition nobody asked for");
      GODWIT_TRY_ASSIGN(digests[static_cast<size_t>(place)].rows, Number(answer[1]));
      digests[static_cast<size_t>(place)].digest = answer[2].value_or("0") + ":" + answer[3].value_or("0");
    }
  }
  const bool complete =
      std::none_of(digests.begin(), digests.end(), [](const RowsDigest& d) { return d.rows < 0; });
  if (!complete) return Unavailable(fmt::format("the query engine left partitions of {} out", table.Text()));
  GODWIT_TRY(CheckEmptyOnes(session_, table, partitions, digests));
  return digests;
}

}  // namespace godwit::executor
