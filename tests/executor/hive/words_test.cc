#include <gtest/gtest.h>

#include "executor/adapters/hive_metastore/diagnose_metastore.h"
#include "executor/adapters/hive_metastore/partition_changes.h"
#include "executor/adapters/hive_metastore/storage_words.h"
#include "executor/adapters/hive_metastore/table_conversion.h"
#include "executor/adapters/hive_server/row_comparison.h"
#include "executor/adapters/hive_server/row_sql.h"

namespace godwit::executor {
namespace {

hms::Table SparkTable() {
  hms::Table table;
  table.dbName = "db";
  table.tableName = "t";
  table.tableType = "MANAGED_TABLE";
  table.sd.__set_location("hdfs://a/w/db/t");
  table.sd.__set_inputFormat("In");
  table.sd.serdeInfo.parameters = {{"path", "hdfs://a/w/db/t"}, {"other", "hdfs://a/w/db/t2"}};
  table.sd.numBuckets = 8;
  table.sd.bucketCols = {"id"};
  hms::SkewedInfo skew;
  skew.skewedColNames = {"c"};
  skew.skewedColValues = {{"x"}};
  skew.skewedColValueLocationMaps[{"x"}] = "hdfs://a/w/db/t/c=x";
  table.sd.__set_skewedInfo(skew);
  hms::FieldSchema id, dt;
  id.name = "id";
  id.type = "bigint";
  dt.name = "dt";
  dt.type = "string";
  table.sd.cols = {id};
  table.partitionKeys = {dt};
  return table;
}

TEST(StorageWords, LocationsFollowTheTable) {
  TableMeta meta = TableMetaOf(SparkTable());
  EXPECT_EQ(meta.storage["serde.path"], "${location}");
  EXPECT_EQ(meta.storage["serde.other"], "hdfs://a/w/db/t2");
  meta.location = "hdfs://b/x/t";
  auto table = TableOf(meta, "op");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->sd.serdeInfo.parameters["path"], "hdfs://b/x/t");
  EXPECT_EQ(table->sd.skewedInfo.skewedColValueLocationMaps.begin()->second, "hdfs://b/x/t/c=x");
  EXPECT_EQ(table->sd.numBuckets, 8);
  EXPECT_EQ(TableMetaOf(*table).storage, meta.storage);
}

TEST(StorageWords, PathOutsideTheTablesFolderIsNamed) {
  EXPECT_EQ(PathOutside(TableMetaOf(SparkTable()), {"hdfs://b", "hdfs://a"}),
            "serde.other = hdfs://a/w/db/t2");
  EXPECT_EQ(PathOutside(TableMetaOf(SparkTable()), {"hdfs://b"}), "");
  hms::Table table = SparkTable();
  table.sd.serdeInfo.parameters.erase("other");
  table.parameters = {{"avro.schema.url", "hdfs://a/w/db/t/_schema.avsc"}, {"comment", "hdfs://a/w/seen"}};
  EXPECT_EQ(PathOutside(TableMetaOf(table), {"hdfs://a"}), "");
  table.parameters["avro.schema.url"] = "/schemas/t.avsc";  // of whatever site reads it
  EXPECT_EQ(PathOutside(TableMetaOf(table), {"hdfs://a"}), "");
  table.parameters["avro.schema.url"] = "hdfs://a/schemas/t.avsc";
  EXPECT_EQ(PathOutside(TableMetaOf(table), {"hdfs://a"}), "avro.schema.url = hdfs://a/schemas/t.avsc");
}

TEST(SharedFolders, TablesThatSeeEachOthersFilesAreNamed) {
  const auto table = [](const std::string& name, const std::string& location, bool partitioned = false) {
    TableMeta meta;
    meta.name = {"db", name};
    meta.location = location;
    if (partitioned) meta.partition_keys = {{"dt", "string", ""}};
    return meta;
  };
  const auto texts = [](std::vector<TableMeta> tables) {
    std::vector<std::string> found;
    for (const Finding& finding : FindSharedFolders(std::move(tables))) found.push_back(finding.text);
    return found;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts({table("b", "/w/a/b"), table("a", "/w/a"), table("a2", "/w/a-2"), table("v", "")}),
            Texts{"the files of db.b are files of db.a too: /w/a/b is inside its folder"});
  EXPECT_EQ(texts({table("x", "/w/x", true), table("y", "/w/x", true)}),
            Texts{"the files of db.y are files of db.x too: /w/x is their folder"});
  EXPECT_EQ(texts({table("p", "/w/p", true), table("inside", "/w/p/other")}), Texts{});
  EXPECT_EQ(texts({table("all", "/w"), table("p", "/w/p", true), table("c", "/w/p/c")}).size(), 2u);
}

TEST(TableConversion, WhatCannotBeMovedSaysWhy) {
  const std::pair<const char*, const char*> kCases[] = {
      {"transactional", "TRUE"},
      {"storage_handler", "org.apache.hadoop.hive.hbase.HBaseStorageHandler"},
      {"table_type", "ICEBERG"},
      {"spark.sql.sources.provider", "delta"}};
  for (const auto& [key, value] : kCases) {
    hms::Table table = SparkTable();
    table.parameters[key] = value;
    const TableMeta meta = TableMetaOf(table);
    auto refused = TableOf(meta, "op");
    ASSERT_FALSE(refused.ok()) << key;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    EXPECT_FALSE(meta.storage.at("unsupported").empty());
  }
  hms::Table plain = SparkTable();
  plain.parameters["transactional"] = "false";
  EXPECT_TRUE(TableOf(TableMetaOf(plain), "op").ok());
}

TEST(TableConversion, EveryPartitionValueComesBack) {
  const hms::Table table = SparkTable();
  for (int byte = 1; byte < 256; ++byte) {
    hms::Partition partition;
    partition.values = {"a" + std::string(1, static_cast<char>(byte)) + "b"};
    partition.sd = table.sd;
    const PartitionMeta meta = PartitionMetaOf(partition, table);
    auto back = PartitionOf(meta, table, "op");
    ASSERT_TRUE(back.ok()) << byte;
    EXPECT_EQ(back->values, partition.values) << byte;
  }
}

TEST(PartitionChanges, PartitionOfSomebodyElseIsNotOverwritten) {
  hms::Table table = SparkTable();
  table.parameters["godwit.op"] = "made";
  Publication publication;
  publication.table = {"db", "t"};
  publication.op = "op";
  publication.partitions = {{"dt=1", "hdfs://a/new", {}, {}}};
  auto fresh = ComparePartitions(publication, table, {});
  ASSERT_TRUE(fresh.ok());
  ASSERT_EQ(fresh->added.size(), 1u);
  hms::Partition there = fresh->added[0];
  EXPECT_TRUE(ComparePartitions(publication, table, {there})->altered.empty());
  publication.partitions[0].location = "hdfs://a/newer";
  EXPECT_EQ(ComparePartitions(publication, table, {there})->altered.size(), 1u);
  there.sd.__set_location("hdfs://a/moved");
  EXPECT_EQ(ComparePartitions(publication, table, {there}).error().code, ErrorCode::kConflict);
  there.parameters.erase("godwit.location");
  EXPECT_EQ(ComparePartitions(publication, table, {there}).error().code, ErrorCode::kConflict);
  table.parameters.clear();  // the reverse way: a table that godwit did not make
  EXPECT_TRUE(ComparePartitions(publication, table, {there}).ok());
}

TEST(RowSql, CanonicalFormOfEveryType) {
  const std::pair<const char*, const char*> kCases[] = {
      {"int", "c"},
      {"decimal(10,2)", "c"},
      {"double", "(c + CAST(0 AS DOUBLE))"},
      {"array<int>", "c"},
      {"array<float>", "transform(c, x0 -> (x0 + CAST(0 AS FLOAT)))"},
      {"map<string,int>",
       "array_sort(transform(map_entries(c), e0 -> named_struct('k', e0.key, 'v', e0.value)))"},
      {"struct<a:int,b:timestamp>",
       "IF(c IS NULL, NULL, named_struct('a', c.`a`, 'b', CAST(c.`b` AS STRING)))"},
  };
  for (const auto& [type, expected] : kCases) EXPECT_EQ(*CanonicalExpression("c", type), expected) << type;
  EXPECT_FALSE(CanonicalExpression("c", "uniontype<int,string>").ok());
  std::string deep = "int";
  for (int i = 0; i < 100; ++i) deep = "array<" + deep + ">";
  EXPECT_EQ(CanonicalExpression("c", deep).error().code, ErrorCode::kUnsupported);
}

TEST(RowSql, NamesAndValuesAreQuoted) {
  EXPECT_EQ(QuoteName("a`b"), "`a``b`");
  EXPECT_EQ(*PartitionCondition("dt=2026-11-22/city=a%2Fb' OR %27%27=%27"),
            "`dt` = '2026-11-22' AND `city` = 'a/b\\' OR \\'\\'=\\''");
  EXPECT_EQ(*PartitionCondition("dt=__HIVE_DEFAULT_PARTITION__"), "`dt` IS NULL");
  EXPECT_EQ(*PartitionCondition(""), "TRUE");
  EXPECT_FALSE(PartitionCondition("nonsense").ok());
}

TEST(RowComparison, ColumnToBlameIsTheOneThatDiffersAlone) {
  const std::vector<Column> columns = {{"a", "int", ""}, {"b", "int", ""}, {"c", "int", ""}};
  const std::vector<RowDifference> rows = {
      {R"({"a":1,"b":2,"c":3})", 1, 0}, {R"({"a":1,"b":9,"c":3})", 0, 1}, {R"({"a":7,"b":7,"c":7})", 1, 0}};
  EXPECT_EQ(DifferingColumns(rows, columns), std::vector<std::string>{"b"});
}

}  // namespace
}  // namespace godwit::executor
