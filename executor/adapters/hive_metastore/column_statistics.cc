#include "executor/adapters/hive_metastore/column_statistics.h"

#include <fmt/format.h>
#include <thrift/protocol/TJSONProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <map>

#include "executor/adapters/hive_metastore/storage_words.h"

namespace godwit::executor {

using apache::thrift::protocol::TJSONProtocol;
using apache::thrift::transport::TMemoryBuffer;

namespace {

constexpr char kExact[] = "COLUMN_STATS_ACCURATE";
constexpr char kExactColumns[] = "COLUMN_STATS\"";  // "COLUMN_STATS":{…} inside it
constexpr char kEngine[] = "hive";                  // the 4.0 server keeps statistics of several engines

// Statistics exist for primitive types alone.
std::vector<std::string> PlainColumns(const hms::Table& table) {
  std::vector<std::string> names;
  for (const hms::FieldSchema& field : table.sd.cols) {
    if (field.type.find('<') == field.type.npos) names.push_back(field.name);
  }
  return names;
}

hms::ColumnStatistics One(const hms::Table& table, const std::string& partition,
                          std::vector<hms::ColumnStatisticsObj> columns) {
  hms::ColumnStatistics statistics;
  statistics.statsDesc.isTblLevel = partition.empty();
  statistics.statsDesc.dbName = table.dbName;
  statistics.statsDesc.tableName = table.tableName;
  if (!partition.empty()) statistics.statsDesc.__set_partName(partition);
  statistics.statsObj = std::move(columns);
  statistics.__set_engine(kEngine);
  return statistics;
}

}  // namespace

std::string FormatStatistics(const std::vector<hms::ColumnStatisticsObj>& statistics) {
  if (statistics.empty()) return "";
  hms::TableStatsResult list;
  list.tableStats = statistics;
  const auto buffer = std::make_shared<TMemoryBuffer>();
  TJSONProtocol protocol(buffer);
  list.write(&protocol);
  return buffer->getBufferAsString();
}

Result<std::vector<hms::ColumnStatisticsObj>> ParseStatistics(const std::string& text) {
  hms::TableStatsResult list;
  if (text.empty()) return list.tableStats;
  try {
    const auto buffer = std::make_shared<TMemoryBuffer>();
    buffer->write(reinterpret_cast<const uint8_t*>(text.data()), static_cast<uint32_t>(text.size()));
    TJSONProtocol protocol(buffer);
    list.read(&protocol);
  } catch (const std::exception& e) {
    return InvalidInput(fmt::format("{}: {}", kColumnStatisticsParameter, e.what()));
  }
  return list.tableStats;
}

Status ReadTableStatistics(MetastoreClient& client, const hms::Table& table, Parameters& parameters) {
  hms::TableStatsRequest request;
  request.dbName = table.dbName;
  request.tblName = table.tableName;
  request.colNames = PlainColumns(table);
  request.__set_engine(kEngine);
  if (request.colNames.empty()) return Ok();
  hms::TableStatsResult result;
  GODWIT_TRY(client.Read("statistics of " + table.dbName + "." + table.tableName, [&](MetastoreStub& stub) {
    try {
      stub.get_table_statistics_req(result, request);
    } catch (const hms::NoSuchObjectException&) {
      result.tableStats.clear();  // dropped in between, or none
    }
  }));
  if (const std::string text = FormatStatistics(result.tableStats); !text.empty()) {
    parameters[kColumnStatisticsParameter] = text;
  }
  return Ok();
}

Status ReadPartitionStatistics(MetastoreClient& client, const hms::Table& table,
                               const std::vector<hms::Partition>& partitions,
                               std::vector<PartitionMeta>& metas) {
  hms::PartitionsStatsRequest request;
  request.dbName = table.dbName;
  request.tblName = table.tableName;
  request.colNames = PlainColumns(table);
  request.__set_engine(kEngine);
  for (const hms::Partition& partition : partitions) {
    // Who has column statistics says so; asking for the others would be most of the work.
    const auto exact = partition.parameters.find(kExact);
    if (exact != partition.parameters.end() && exact->second.find(kExactColumns) != std::string::npos) {
      request.partNames.push_back(PartitionNameOf(ColumnsOf(table.partitionKeys), partition.values));
    }
  }
  if (request.colNames.empty() || request.partNames.empty()) return Ok();
  hms::PartitionsStatsResult result;
  GODWIT_TRY(client.Read("statistics of " + table.dbName + "." + table.tableName, [&](MetastoreStub& stub) {
    try {
      stub.get_partitions_statistics_req(result, request);
    } catch (const hms::NoSuchObjectException&) {
      result.partStats.clear();
    }
  }));
  for (PartitionMeta& partition : metas) {
    const auto found = result.partStats.find(partition.name);
    if (found == result.partStats.end() || found->second.empty()) continue;
    partition.parameters[kColumnStatisticsParameter] = FormatStatistics(found->second);
  }
  return Ok();
}

std::string TakeStatistics(Parameters& parameters) {
  const auto taken = parameters.extract(kColumnStatisticsParameter);
  return taken.empty() ? "" : taken.mapped();
}

void ForgetExactColumns(Parameters& parameters) {
  const auto exact = parameters.find(kExact);
  if (exact == parameters.end() || exact->second.find(kExactColumns) == std::string::npos) return;
  if (exact->second.find("BASIC_STATS") == std::string::npos) {
    parameters.erase(exact);
  } else {
    exact->second = R"({"BASIC_STATS":"true"})";
  }
}

Status WriteStatistics(MetastoreClient& client, const hms::Table& table,
                       const std::vector<std::pair<std::string, std::string>>& partition_and_text) {
  hms::SetPartitionsStatsRequest request;
  request.__set_engine(kEngine);
  for (const auto& [partition, text] : partition_and_text) {
    GODWIT_TRY_ASSIGN(auto columns, ParseStatistics(text));
    if (!columns.empty()) request.colStats.push_back(One(table, partition, std::move(columns)));
  }
  if (request.colStats.empty()) return Ok();
  return client.Change("statistics of " + table.dbName + "." + table.tableName,
                       [&](MetastoreStub& stub) { stub.set_aggr_stats_for(request); });
}

}  // namespace godwit::executor
