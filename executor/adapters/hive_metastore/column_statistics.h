// executor/adapters/hive_metastore/column_statistics.h — column statistics as one parameter of a table or
// partition, so that they travel with it through the Catalog port.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "executor/adapters/hive_metastore/metastore_client.h"
#include "executor/ports/table_meta.h"

namespace godwit::executor {

inline constexpr char kColumnStatisticsParameter[] = "godwit.column_statistics";

// Thrift's JSON of the list; "" for an empty one.
std::string FormatStatistics(const std::vector<hms::ColumnStatisticsObj>& statistics);
Result<std::vector<hms::ColumnStatisticsObj>> ParseStatistics(const std::string& text);

// The statistics of a table's plain columns, put into `meta`'s parameters where there are any.
Status ReadTableStatistics(MetastoreClient& client, const hms::Table& table, Parameters& parameters);
// `partitions`: as the metastore has `metas`.
Status ReadPartitionStatistics(MetastoreClient& client, const hms::Table& table,
                               const std::vector<hms::Partition>& partitions,
                               std::vector<PartitionMeta>& metas);

// Takes the statistics out of the parameters, where the metastore would keep them as text.
std::string TakeStatistics(Parameters& parameters);

// The parameter that says which statistics are exact, without the columns: whoever sets column statistics
// says so of them again, and without them Hive would answer min() and max() from what is not there.
void ForgetExactColumns(Parameters& parameters);

// `partition`: its name; "" for the table. Statistics that cannot be set are left out of the table: queries
// stay right.
Status WriteStatistics(MetastoreClient& client, const hms::Table& table,
                       const std::vector<std::pair<std::string, std::string>>& partition_and_text);

}  // namespace godwit::executor
