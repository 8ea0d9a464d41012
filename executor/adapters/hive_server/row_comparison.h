// executor/adapters/hive_server/row_comparison.h — the RowComparer port over two query engines that do not
// see each other: hashes are narrowed down from buckets to rows, so that only what differs travels.
#pragma once

#include "executor/adapters/hive_server/spark_engine.h"
#include "executor/ports/query_engine.h"

namespace godwit::executor {

class SparkRowComparer : public RowComparer {
 public:
  SparkRowComparer(SparkEngine& source, SparkEngine& target) : source_(source), target_(target) {}
  Result<Difference> Compare(const TableName& table, const std::string& partition, size_t limit) override;

 private:
  SparkEngine& source_;
  SparkEngine& target_;
};

// The columns in which a row of one side differs from a row of the other that shares all the rest. `rows` are
// JSON objects as RowExpression writes them. Sorted as in `columns`. Cost: rows² × columns.
std::vector<std::string> DifferingColumns(const std::vector<RowDifference>& rows,
                                          const std::vector<Column>& columns);

}  // namespace godwit::executor
