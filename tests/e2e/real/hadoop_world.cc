#include "tests/e2e/real/hadoop_world.h"

#include <algorithm>

#include "executor/adapters/hive_server/row_sql.h"
#include "tests/e2e/real/stack_file.h"

namespace godwit::executor {

namespace {

using conformance::GivenFile;
using conformance::GivenPartition;
using conformance::GivenTable;
using conformance::GivenWorld;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  GODWIT_ASSERT(result.ok());
  return *std::move(result);
}

GivenWorld JobsOf(const GivenWorld& given) {
  GivenWorld jobs;
  jobs.source.jobs = given.source.jobs;
  jobs.target.jobs = given.target.jobs;
  return jobs;
}

std::unique_ptr<HadoopSite> OpenSite(const nlohmann::json& stack, const std::string& side) {
  HadoopSiteConfig config;
  config.hdfs = HdfsOf(stack, side);
  config.metastore.uris = {stack[side]["metastore"]};
  const std::string spark = stack[side]["spark"];
  if (!spark.empty()) {
    HiveServerConfig engine;
    engine.host = spark.substr(0, spark.find(':'));
    engine.port = std::stoi(spark.substr(spark.find(':') + 1));
    engine.user = "root";
    config.query_engine = engine;
  }
  return Must(HadoopSite::Open(config));
}

TableMeta TextTable(const GivenTable& given, const std::string& location) {
  TableMeta table;
  table.name = Must(ParseTableName(given.name));
  table.columns = {{"id", "bigint", ""}, {"word", "string", ""}};
  for (const std::string& key : given.partition_keys) table.partition_keys.push_back({key, "string", ""});
  table.location = location;
  table.parameters = given.parameters;
  table.storage = {{"input_format", "org.apache.hadoop.mapred.TextInputFormat"},
                   {"output_format", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"},
                   {"serde", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
                   {"serde.field.delim", ","},
                   {"serde.serialization.format", ","}};
  return table;
}

}  // namespace

HadoopWorld::HadoopWorld(const GivenWorld& given)
    : source_(OpenSite(StackFile(), "source")),
      target_(OpenSite(StackFile(), "target")),
      jobs_(JobsOf(given)) {
  const nlohmann::json stack = StackFile();
  DistcpConfig config;
  for (const auto& part : stack["distcp"]) config.command.push_back(part);
  config.properties = {"mapreduce.framework.name=local"};
  static int made = 0;
  config.work_folder =
      std::string(stack["work"]) + "/conformance" + std::to_string(getpid()) + "-" + std::to_string(made++);
  copier_ = Must(OpenHadoopCopier(config, *source_, *target_));
  comparer_ = OpenHadoopComparer(*source_, *target_);
  World& jobs = jobs_.world();
  world_ = std::make_unique<World>(World{{source_->storage(), source_->catalog(), source_->barrier(),
                                          jobs.source.scheduler, source_->query_engine()},
                                         {target_->storage(), target_->catalog(), target_->barrier(),
                                          jobs.target.scheduler, target_->query_engine()},
                                         *copier_,
                                         *comparer_,
                                         notifier_});
  for (const Side side : {Side::kSource, Side::kTarget}) {
    Empty(side);
    const auto& site = side == Side::kSource ? given.source : given.target;
    for (const GivenTable& table : site.tables) AddTable(side, table);
  }
}

// Removes what the test before left: the servers stay.
void HadoopWorld::Empty(Side side) {
  for (const SqlRow& row : Must(At(side).spark()->session().Query("SHOW DATABASES"))) {
    if (*row[0] == "default") continue;
    Must(At(side).spark()->session().Query("DROP DATABASE " + QuoteName(*row[0]) + " CASCADE"));
    Must(At(side).hdfs().Delete("/warehouse/" + *row[0] + ".db", true));
  }
}

void HadoopWorld::AddTable(Side side, const GivenTable& given) {
  const TableName name = Must(ParseTableName(given.name));
  const std::string database = At(side).hdfs().LocationOf("/warehouse/" + name.db + ".db");
  Must(At(side).catalog().CreateDatabase({name.db, database, "", {}}));
  const TableMeta table = TextTable(given, database + "/" + name.name);
  Must(At(side).catalog().CreateTable(table, "given"));
  Publication publication;
  publication.table = name;
  publication.op = "given";
  for (const GivenPartition& partition : given.partitions) {
    const std::string location =
        partition.name.empty() ? table.location : table.location + "/" + partition.name;
    Must(At(side).hdfs().MakeFolders(Must(At(side).hdfs().PathOf(location))));
    for (const GivenFile& file : partition.files) WriteFile(side, location, file.path, file.bytes);
    if (!partition.name.empty()) publication.partitions.push_back({partition.name, location, {}, {}});
  }
  std::sort(publication.partitions.begin(), publication.partitions.end());
  Must(At(side).catalog().Publish(publication));
}

std::string HadoopWorld::AttemptLocation(Side side, const TableName& table, const std::string& attempt,
                                         const std::string& partition) {
  return At(side).hdfs().LocationOf("/warehouse/" + table.db + ".db/" + kAttemptFolder + "/" + table.name +
                                    "/" + attempt + (partition.empty() ? "" : "/" + partition));
}

std::string HadoopWorld::FilePath(Side side, const std::string& location, const std::string& path) {
  return Must(At(side).hdfs().PathOf(location)) + "/" + path;
}

void HadoopWorld::WriteFile(Side side, const std::string& location, const std::string& path,
                            const std::string& bytes) {
  Must(At(side).hdfs().Create(FilePath(side, location, path), bytes, /*overwrite=*/true));
}

void HadoopWorld::RemoveFile(Side side, const std::string& location, const std::string& path) {
  Must(At(side).hdfs().Delete(FilePath(side, location, path), /*recursive=*/false));
}

std::string HadoopWorld::ReadFile(Side side, const std::string& location, const std::string& path) {
  return Must(At(side).hdfs().ReadSmall(FilePath(side, location, path), 64 << 20));
}

namespace conformance {

INSTANTIATE_TEST_SUITE_P(Hadoop, Conformance,
                         testing::Values(Kind{"hadoop",
                                              [](const GivenWorld& given) -> std::unique_ptr<TestWorld> {
                                                return std::make_unique<HadoopWorld>(given);
                                              },
                                              {.copy_rate = true}}));

}  // namespace conformance

}  // namespace godwit::executor
