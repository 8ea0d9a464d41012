// executor/ports/query_engine.h — looks at rows, where bytes cannot be compared (two runs of one job write
// the same rows into different files).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "executor/ports/table_meta.h"

namespace godwit::executor {

// Independent of the order of rows and of files; equal only if each row occurs equally often.
struct RowsDigest {
  int64_t rows = 0;
  std::string digest;

  auto operator<=>(const RowsDigest&) const = default;
};

struct RowDifference {
  std::string row;  // as JSON, columns in table order
  int64_t source_count = 0;
  int64_t target_count = 0;
};

class QueryEngine {
 public:
  virtual ~QueryEngine() = default;
  // One digest a partition, in the order asked. Errors: kUnavailable also where the engine gives no clear
  // answer: no answer is never "equal".
  virtual Result<std::vector<RowsDigest>> Digest(const TableName& table,
                                                 const std::vector<std::string>& partitions) = 0;
};

// Compares one partition across both sites.
class RowComparer {
 public:
  virtual ~RowComparer() = default;
  // Up to `limit` rows that do not occur equally often, and in `columns` the names of the columns that differ
  // among rows that share the rest.
  struct Difference {
    std::vector<RowDifference> rows;
    std::vector<std::string> columns;
  };
  virtual Result<Difference> Compare(const TableName& table, const std::string& partition, size_t limit) = 0;
};

}  // namespace godwit::executor
