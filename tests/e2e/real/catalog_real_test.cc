// The Catalog port against real metastores: 3.1.3 (the source of the stack) and the version of its target.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/parallel.h"
#include "executor/adapters/hive_metastore/hive_catalog.h"
#include "tests/e2e/real/stack_file.h"

namespace godwit::executor {
namespace {

class CatalogReal : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    stack_ = StackFile();
    MetastoreConfig config;
    config.uris = {"thrift://127.0.0.1:1", stack_[GetParam()]["metastore"]};
    config.user = "etl";
    config.fs_names = {stack_[GetParam()]["fs"]};
    auto opened = MetastoreClient::Open(config);
    ASSERT_OK(opened);
    client_ = *std::move(opened);
    catalog_ = std::make_unique<HiveCatalog>(*client_);
    db_ = "real_" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    root_ = std::string(stack_[GetParam()]["fs"]) + "/warehouse/" + db_ + ".db";
    ASSERT_OK(catalog_->CreateDatabase({db_, root_, "etl", {{"k", "v"}}}));
  }

  TableMeta Table(const std::string& name) {
    TableMeta table;
    table.name = {db_, name};
    table.owner = "etl";
    table.columns = {{"id", "bigint", "the key"}, {"v", "string", ""}, {"m", "map<string,array<int>>", ""}};
    table.partition_keys = {{"dt", "string", ""}, {"city", "string", ""}};
    table.location = root_ + "/" + name;
    table.parameters = {{"k", "v"}, {"numRows", "7"}};
    table.storage = {{"input_format", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"},
                     {"output_format", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"},
                     {"serde", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
                     {"serde.path", "${location}"},
                     {"serde.serialization.format", "1"},
                     {"buckets", "4"},
                     {"bucket_columns", R"(["id"])"},
                     {"sort_columns", R"([["id",1]])"}};
    return table;
  }

  PartitionMeta Partition(const TableMeta& table, const std::string& dt, const std::string& city,
                          const std::string& attempt = "a1") {
    PartitionMeta partition;
    partition.name = PartitionNameOf(table.partition_keys, {dt, city});
    partition.location = root_ + "/_godwit/" + table.name.name + "/" + attempt + "/" + partition.name;
    partition.parameters = {{"numFiles", "1"}, {"totalSize", "10"}, {"numRows", "3"}};
    return partition;
  }

  nlohmann::json stack_;
  std::unique_ptr<MetastoreClient> client_;
  std::unique_ptr<HiveCatalog> catalog_;
  std::string db_;
  std::string root_;
};

TEST_P(CatalogReal, IdentityIsStable) {
  auto one = catalog_->Identity();
  ASSERT_OK(one);
  EXPECT_EQ(*one, *catalog_->Identity());
  EXPECT_GT(one->size(), 10u);
}

TEST_P(CatalogReal, DatabaseComesBackAndAgainIsAlready) {
  auto there = catalog_->GetDatabase(db_);
  ASSERT_OK(there);
  ASSERT_TRUE(there->has_value());
  EXPECT_EQ((*there)->location, root_);
  EXPECT_EQ((*there)->owner, "etl");
  EXPECT_EQ((*there)->parameters["k"], "v");
  EXPECT_EQ(*catalog_->CreateDatabase({db_, root_, "etl", {}}), Effect::kAlready);
  auto elsewhere = catalog_->CreateDatabase({db_, root_ + "x", "etl", {}});
  ASSERT_FALSE(elsewhere.ok());
  EXPECT_EQ(elsewhere.error().code, ErrorCode::kConflict);
  EXPECT_FALSE(catalog_->GetDatabase("no_such_db")->has_value());
}

TEST_P(CatalogReal, TableComesBackAsItWasCreated) {
  for (const TableKind kind : {TableKind::kManaged, TableKind::kExternal}) {
    TableMeta table = Table(kind == TableKind::kManaged ? "managed" : "external");
    table.kind = kind;
    ASSERT_OK(catalog_->CreateTable(table, "op1"));
    EXPECT_EQ(*catalog_->CreateTable(table, "op1"), Effect::kAlready);
    auto other = catalog_->CreateTable(table, "op2");
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().code, ErrorCode::kConflict);
    auto there = catalog_->GetTable(table.name);
    ASSERT_OK(there);
    ASSERT_TRUE(there->has_value());
    // A 4.0 server makes an external table of every managed one that is not transactional.
    const bool all_external = stack_[GetParam()]["metastore_version"] == "4.0.1";
    EXPECT_EQ((*there)->kind, all_external ? TableKind::kExternal : kind) << "kind of " << table.name.Text();
    EXPECT_EQ((*there)->columns, table.columns);
    EXPECT_EQ((*there)->partition_keys, table.partition_keys);
    EXPECT_EQ((*there)->location, table.location);
    EXPECT_EQ((*there)->storage, table.storage);
    EXPECT_EQ((*there)->owner, "etl");
    EXPECT_EQ((*there)->parameters["k"], "v");
    EXPECT_EQ((*there)->parameters["godwit.op"], "op1");
  }
}

TEST_P(CatalogReal, AcidAndOtherFormatsAreRefusedWithTheReason) {
  TableMeta table = Table("acid");
  table.parameters["transactional"] = "true";
  table.kind = TableKind::kTransactional;
  auto refused = catalog_->CreateTable(table, "op");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
}

TEST_P(CatalogReal, TableThatNeedsAFileOfItsSiteOutsideItsFolderIsNotMoved) {
  TableMeta table = Table("avro");
  table.parameters["avro.schema.url"] = root_ + "/schemas/avro.avsc";
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  auto there = catalog_->GetTable(table.name);
  ASSERT_OK(there);
  EXPECT_EQ((*there)->kind, TableKind::kOther);
  EXPECT_TRUE(
      (*there)->storage["unsupported"].starts_with("avro.schema.url = " + root_ + "/schemas/avro.avsc"));
}

TEST_P(CatalogReal, ViewComesBack) {
  TableMeta view;
  view.name = {db_, "v"};
  view.kind = TableKind::kView;
  view.columns = {{"id", "bigint", ""}};
  view.view_text = "SELECT `t`.`id` FROM `" + db_ + "`.`t`";
  view.storage = {{"view_original", "select id from t"}};
  view.parameters = {{"spark.sql.create.version", "3.5.7"}};
  ASSERT_OK(catalog_->CreateTable(view, "op"));
  auto there = catalog_->GetTable(view.name);
  ASSERT_OK(there);
  EXPECT_EQ((*there)->kind, TableKind::kView);
  EXPECT_EQ((*there)->view_text, view.view_text);
  EXPECT_EQ((*there)->storage["view_original"], "select id from t");
  EXPECT_EQ((*there)->location, "");
}

TEST_P(CatalogReal, PublishAddsMovesAndDropsOddlyNamedPartitions) {
  TableMeta table = Table("t");
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  Publication publication;
  publication.table = table.name;
  publication.op = "op1";
  for (const char* city :
       {"a b", "a/b", "100%", "x:y", "__HIVE_DEFAULT_PARTITION__", "Zürich", "日本", "q'\"", "=", "#?{}"}) {
    publication.partitions.push_back(Partition(table, "2026-11-22 00:00:00", city));
  }
  std::sort(publication.partitions.begin(), publication.partitions.end());
  publication.parameters = {{"watermark", "2026-11-22"}};
  auto done = catalog_->Publish(publication);
  ASSERT_OK(done);
  EXPECT_EQ(*done, Effect::kDone);
  auto again = catalog_->Publish(publication);
  ASSERT_OK(again);
  EXPECT_EQ(*again, Effect::kAlready);
  std::vector<PartitionMeta> all;
  for (std::string after;;) {
    auto page = catalog_->ListPartitions(table.name, after, 3);
    ASSERT_OK(page);
    if (page->empty()) break;
    for (auto& one : *page) all.push_back(one);
    after = all.back().name;
  }
  ASSERT_EQ(all.size(), publication.partitions.size());
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].name, publication.partitions[i].name);
    EXPECT_EQ(all[i].location, publication.partitions[i].location);
    EXPECT_EQ(all[i].parameters["numRows"], "3") << all[i].name;
    EXPECT_TRUE(all[i].storage.empty()) << all[i].name;
  }
  for (const auto& partition : publication.partitions) {
    auto one = catalog_->GetPartition(table.name, partition.name);
    ASSERT_OK(one);
    ASSERT_TRUE(one->has_value()) << partition.name;
    EXPECT_EQ((*one)->location, partition.location);
  }
  EXPECT_FALSE(catalog_->GetPartition(table.name, "dt=no/city=no")->has_value());
  EXPECT_FALSE(catalog_->GetPartition({db_, "none"}, "")->has_value());
  EXPECT_EQ((*catalog_->GetTable(table.name))->parameters["watermark"], "2026-11-22");

  Publication second = publication;
  second.op = "op2";
  second.partitions = {Partition(table, "2026-11-22 00:00:00", "a/b", "a2")};
  second.dropped = {publication.partitions[0].name, "dt=none/city=none"};
  ASSERT_OK(catalog_->Publish(second));
  auto page = catalog_->ListPartitions(table.name, "", 100);
  ASSERT_OK(page);
  EXPECT_EQ(page->size(), publication.partitions.size() - 1);
  for (const auto& one : *page) {
    if (one.name == second.partitions[0].name) {
      EXPECT_EQ(one.location, second.partitions[0].location);
    }
  }
}

TEST_P(CatalogReal, PartitionStoredUnlikeItsTableKeepsItsOwnFormat) {
  TableMeta table = Table("old");
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  Publication publication;
  publication.table = table.name;
  publication.op = "op";
  PartitionMeta partition = Partition(table, "d", "c");
  partition.storage = {{"input_format", "org.apache.hadoop.mapred.TextInputFormat"},
                       {"output_format", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"},
                       {"serde", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
                       {"serde.field.delim", "\x01"},
                       {"columns", R"([["id","bigint",""]])"}};
  publication.partitions = {partition};
  ASSERT_OK(catalog_->Publish(publication));
  auto page = catalog_->ListPartitions(table.name, "", 10);
  ASSERT_OK(page);
  EXPECT_EQ(page->front().storage, partition.storage);
}

TEST_P(CatalogReal, DriftAtTheTargetIsNotOverwritten) {
  TableMeta table = Table("drift");
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  Publication publication;
  publication.table = table.name;
  publication.op = "op";
  publication.partitions = {Partition(table, "d", "c")};
  ASSERT_OK(catalog_->Publish(publication));
  // Somebody re-points the partition behind our back.
  ASSERT_OK(client_->Change("drift", [&](MetastoreStub& stub) {
    std::vector<hms::Partition> there;
    stub.get_partitions_by_names(there, db_, "drift", {publication.partitions[0].name});
    there.at(0).sd.__set_location(root_ + "/elsewhere");
    stub.alter_partitions_with_environment_context(db_, "drift", there, {});
  }));
  publication.partitions = {Partition(table, "d", "c", "a2")};
  auto refused = catalog_->Publish(publication);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict) << refused.error().message;
}

TEST_P(CatalogReal, PlainTableIsMovedWithItsSecondLocation) {
  TableMeta table = Table("plain");
  table.partition_keys.clear();
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  Publication publication;
  publication.table = table.name;
  publication.op = "op1";
  publication.partitions = {{"", root_ + "/_godwit/plain/a1", {{"numRows", "9"}}, {}}};
  ASSERT_OK(catalog_->Publish(publication));
  EXPECT_EQ(*catalog_->Publish(publication), Effect::kAlready);
  auto there = catalog_->GetTable(table.name);
  ASSERT_OK(there);
  EXPECT_EQ((*there)->location, root_ + "/_godwit/plain/a1");
  EXPECT_EQ((*there)->storage["serde.path"], "${location}");
  EXPECT_EQ((*there)->parameters["numRows"], "9");
  auto page = catalog_->ListPartitions(table.name, "", 10);
  ASSERT_OK(page);
  ASSERT_EQ(page->size(), 1u);
  EXPECT_EQ(page->front().name, "");
}

TEST_P(CatalogReal, AlterKeepsLocationAndUnknownParameters) {
  TableMeta table = Table("alter");
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  table.columns.push_back({"added", "int", ""});
  table.parameters = {{"new", "1"}};
  table.location = "hdfs://ignored:1/x";
  ASSERT_OK(catalog_->AlterTable(table, "op2", 0));
  EXPECT_EQ(*catalog_->AlterTable(table, "op2", 0), Effect::kAlready);
  auto there = catalog_->GetTable(table.name);
  ASSERT_OK(there);
  EXPECT_EQ((*there)->columns.size(), 4u);
  EXPECT_EQ((*there)->parameters["k"], "v");
  EXPECT_EQ((*there)->parameters["new"], "1");
  EXPECT_EQ((*there)->location, root_ + "/alter");
}

TEST_P(CatalogReal, RouteRefusesAnOlderToken) {
  TableMeta table = Table("route");
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  EXPECT_EQ(catalog_->GetRoute(table.name)->token, 0u);
  ASSERT_OK(catalog_->SetRoute(table.name, {"target", 5}));
  EXPECT_EQ(*catalog_->SetRoute(table.name, {"target", 5}), Effect::kAlready);
  auto older = catalog_->SetRoute(table.name, {"source", 4});
  ASSERT_FALSE(older.ok());
  EXPECT_EQ(older.error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalog_->GetRoute(table.name)->site, "target");
}

TEST_P(CatalogReal, ColumnStatisticsTravel) {
  TableMeta table = Table("stats");
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  Publication publication;
  publication.table = table.name;
  publication.op = "op";
  publication.partitions = {Partition(table, "d", "c")};
  publication.partitions[0].parameters["COLUMN_STATS_ACCURATE"] =
      R"({"BASIC_STATS":"true","COLUMN_STATS":{"id":"true"}})";
  publication.partitions[0].parameters["godwit.column_statistics"] =
      R"({"1":{"lst":["rec",1,{"1":{"str":"id"},"2":{"str":"bigint"},"3":{"rec":{"2":{"rec":{"1":{"i64":-1},"2":{"i64":9},"3":{"i64":0},"4":{"i64":5}}}}}}]}})";
  ASSERT_OK(catalog_->Publish(publication));
  auto page = catalog_->ListPartitions(table.name, "", 10);
  ASSERT_OK(page);
  const std::string text = page->front().parameters["godwit.column_statistics"];
  EXPECT_NE(text.find(R"("2":{"i64":9})"), std::string::npos) << text;
}

constexpr int kBatch = 250;  // as HiveCatalog's
constexpr int kPublished = static_cast<int>(kPublishedPartitionsMax);

// How many partitions the long test makes, in thousands; 0: none.
int Thousands() {
  const char* text = std::getenv("GODWIT_LONG");
  return text == nullptr ? 0 : std::atoi(text);
}

class Rate {
 public:
  explicit Rate(int count) : count_(count) {}
  void Print(const std::string& what) {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - began_).count();
    std::cerr << what << ": " << static_cast<int>(count_ / seconds) << " partitions/s\n";
    began_ = std::chrono::steady_clock::now();
  }

 private:
  int count_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

// What the server itself can do: the same calls with everything made beforehand, and nothing looked up. Into
// `to` what `from` has.
void RawRates(MetastoreClient& client, const TableName& from, const TableName& to) {
  std::vector<std::string> names;
  ASSERT_OK(client.Read(
      "names", [&](MetastoreStub& stub) { stub.get_partition_names(names, from.db, from.name, -1); }));
  const int count = static_cast<int>(names.size());
  std::vector<std::vector<hms::Partition>> batches(names.size() / kBatch);
  Rate rate(count);
  ASSERT_OK(ForEach(batches.size(), 4, [&](size_t i) {
    const auto begin = names.begin() + static_cast<std::ptrdiff_t>(i * kBatch);
    return client.Read("raw", [&](MetastoreStub& stub) {
      stub.get_partitions_by_names(batches[i], from.db, from.name, {begin, begin + kBatch});
    });
  }));
  rate.Print("the metastore's own limit, reading");
  for (auto& batch : batches) {
    for (hms::Partition& partition : batch) partition.tableName = to.name;
  }
  rate = Rate(count);
  ASSERT_OK(ForEach(batches.size(), 4, [&](size_t i) {
    return client.Change("raw", [&](MetastoreStub& stub) { stub.add_partitions(batches[i]); });
  }));
  rate.Print("the metastore's own limit, writing");
}

TEST_P(CatalogReal, ManyPartitions) {
  const int many = Thousands() * 1000;
  if (many == 0) GTEST_SKIP() << "set GODWIT_LONG to how many thousand";
  TableMeta table = Table("many");
  ASSERT_OK(catalog_->CreateTable(table, "op"));
  Rate rate(many);
  // Two at a time, as of two units: the server ends the calls of one publication one after the other.
  std::vector<Publication> publications(static_cast<size_t>(many / kPublished));
  for (size_t i = 0; i < publications.size(); ++i) {
    publications[i].table = table.name;
    publications[i].op = "op";
    for (int j = 0; j < kPublished; ++j) {
      const int day = 100000 + static_cast<int>(i) * kPublished + j;
      publications[i].partitions.push_back(Partition(table, fmt::format("d{}", day), "c"));
    }
  }
  const auto publish = [&](size_t i) -> Status {
    GODWIT_TRY(catalog_->Publish(publications[i]));
    return Ok();
  };
  ASSERT_OK(ForEach(publications.size(), 2, publish));
  rate.Print(std::string(GetParam()) + " publish");
  std::vector<Publication> read;
  size_t got = 0;
  for (std::string after;;) {
    auto page = catalog_->ListPartitions(table.name, after, kPublished);
    ASSERT_OK(page);
    if (page->empty()) break;
    got += page->size();
    after = page->back().name;
    read.push_back({Table("like").name, *std::move(page), {}, {}, "op", 0});
  }
  EXPECT_EQ(got, static_cast<size_t>(many));
  rate.Print(std::string(GetParam()) + " list");
  if (!std::getenv("GODWIT_BENCH")) return;
  ASSERT_OK(catalog_->CreateTable(Table("again"), "op"));
  RawRates(*client_, table.name, Table("again").name);
  // The same partitions on the same warm server: their folders and their statistics are there.
  ASSERT_OK(catalog_->CreateTable(Table("like"), "op"));
  rate = Rate(many);
  ASSERT_OK(ForEach(read.size(), 2, [&](size_t i) -> Status {
    GODWIT_TRY(catalog_->Publish(read[i]));
    return Ok();
  }));
  rate.Print(std::string(GetParam()) + " publish what the limit was measured with");
}

INSTANTIATE_TEST_SUITE_P(Sides, CatalogReal, testing::Values("source", "target"));

}  // namespace
}  // namespace godwit::executor
