#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "executor/adapters/sim/sim_site.h"

namespace godwit::executor::sim {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string RowAsJson(const std::vector<Column>& columns, const std::string& row) {
  const std::vector<std::string> values = Split(row, ',');
  std::string json = "{";
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string name = i < columns.size() ? columns[i].name : fmt::format("_{}", i);
    json += fmt::format("{}\"{}\": \"{}\"", i == 0 ? "" : ", ", name, values[i]);
  }
  return json + "}";
}

// Columns by which a row of one side differs from the row of the other side that is most like it.
void AddDifferingColumns(const std::vector<Column>& columns, const std::vector<std::string>& source_rows,
                         const std::vector<std::string>& target_rows, std::set<size_t>& differing) {
  for (const std::string& a : source_rows) {
    std::vector<size_t> fewest;
    bool found = false;
    for (const std::string& b : target_rows) {
      const std::vector<std::string> left = Split(a, ','), right = Split(b, ',');
      std::vector<size_t> unlike;
      for (size_t i = 0; i < columns.size(); ++i) {
        if (i >= left.size() || i >= right.size() || left[i] != right[i]) unlike.push_back(i);
      }
      if (!found || unlike.size() < fewest.size()) fewest = unlike;
      found = true;
    }
    differing.insert(fewest.begin(), fewest.end());
  }
}

}  // namespace

Result<std::map<std::string, int64_t>> SimQueryEngine::Rows(const TableName& table,
                                                            const std::string& partition) const {
  const std::optional<std::string> location = catalog_.LocationOf(table, partition);
  if (!location)
    return InvalidInput(fmt::format("{}/{}: there is no such partition", table.Text(), partition));
  std::map<std::string, int64_t> rows;
  GODWIT_TRY_ASSIGN(const std::vector<FileStatus> files, storage_.ListFiles(*location));
  for (const FileStatus& file : files) {
    for (const std::string& row : Split(storage_.Files(*location).at(file.path).content, '\n')) {
      if (!row.empty()) ++rows[row];
    }
  }
  return rows;
}

Result<std::vector<RowsDigest>> SimQueryEngine::Digest(const TableName& table,
                                                       const std::vector<std::string>& partitions) {
  std::vector<RowsDigest> digests;
  for (const std::string& partition : partitions) {
    GODWIT_TRY_ASSIGN(const auto rows, Rows(table, partition));
    RowsDigest digest;
    StreamHash hash;
    for (const auto& [row, count] : rows) {
      digest.rows += count;
      hash.Add(fmt::format("{}x{}\n", count, row));
    }
    digest.digest = Hex64(hash.Finish());
    digests.push_back(std::move(digest));
  }
  return digests;
}

Result<RowComparer::Difference> SimRowComparer::Compare(const TableName& table, const std::string& partition,
                                                        size_t limit) {
  GODWIT_TRY_ASSIGN(const auto source, source_.Rows(table, partition));
  GODWIT_TRY_ASSIGN(const auto target, target_.Rows(table, partition));
  std::map<std::string, std::pair<int64_t, int64_t>> counts;
  for (const auto& [row, count] : source) counts[row].first = count;
  for (const auto& [row, count] : target) counts[row].second = count;
  const TableMeta* meta = catalog_.Find(table);
  const std::vector<Column> columns = meta == nullptr ? std::vector<Column>() : meta->columns;
  Difference difference;
  std::vector<std::string> source_rows, target_rows;
  for (const auto& [row, pair] : counts) {
    if (pair.first == pair.second) continue;
    if (difference.rows.size() < limit)
      difference.rows.push_back({RowAsJson(columns, row), pair.first, pair.second});
    (pair.first > pair.second ? source_rows : target_rows).push_back(row);
  }
  std::set<size_t> differing;
  AddDifferingColumns(columns, source_rows, target_rows, differing);
  for (const size_t i : differing) difference.columns.push_back(columns[i].name);
  return difference;
}

}  // namespace godwit::executor::sim
