// executor/adapters/hive_server/spark_engine.h — the QueryEngine port on Spark (its Thrift server).
//
// A row's digest is two 60-bit hashes of its canonical text; a partition's is its number of rows and the sums
// of both, so it knows how often each row occurs and not where. Reading: one scan a partition,
// kPartitionsAQuery in a statement.
#pragma once

#include "executor/adapters/hive_server/hive_session.h"
#include "executor/ports/query_engine.h"

namespace godwit::executor {

class SparkEngine : public QueryEngine {
 public:
  explicit SparkEngine(HiveServerConfig config);

  Result<std::vector<RowsDigest>> Digest(const TableName& table,
                                         const std::vector<std::string>& partitions) override;

  // Columns as Spark sees them, partition columns last. Errors: kInvalidInput if there is no such table.
  Result<std::vector<Column>> Columns(const TableName& table);
  HiveSession& session() { return session_; }

 private:
  HiveSession session_;
};

// Forgets file lists that Spark may have kept from earlier.
Status RefreshTable(HiveSession& session, const TableName& table);
std::string TableSql(const TableName& table);

}  // namespace godwit::executor
