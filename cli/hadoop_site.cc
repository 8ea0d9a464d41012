#include "cli/hadoop_site.h"

#include "executor/adapters/hdfs/diagnose_hdfs.h"
#include "executor/adapters/hive_metastore/diagnose_metastore.h"

namespace godwit {

using namespace executor;  // NOLINT: this file is about the executor's parts alone

namespace {

constexpr char kNoEngine[] =
    "rows cannot be compared: the site has no query engine; give `query_engine`, a Spark Thrift server";

class NoEngine : public QueryEngine {
 public:
  Result<std::vector<RowsDigest>> Digest(const TableName&, const std::vector<std::string>&) override {
    return Unsupported(kNoEngine);
  }
};

class NoComparer : public RowComparer {
 public:
  Result<Difference> Compare(const TableName&, const std::string&, size_t) override {
    return Unsupported(kNoEngine);
  }
};

void Append(std::vector<Finding> more, std::vector<Finding>& findings) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

}  // namespace

HadoopSite::HadoopSite(std::unique_ptr<WebHdfs> hdfs, std::unique_ptr<MetastoreClient> metastore,
                       const std::optional<HiveServerConfig>& query_engine)
    : hdfs_(std::move(hdfs)),
      metastore_(std::move(metastore)),
      storage_(*hdfs_),
      hive_(*metastore_),
      barrier_(*hdfs_, hive_),
      catalog_(hive_, barrier_, *hdfs_),
      spark_(query_engine ? std::make_unique<SparkEngine>(*query_engine) : nullptr),
      no_engine_(std::make_unique<NoEngine>()) {}

Result<std::unique_ptr<HadoopSite>> HadoopSite::Open(HadoopSiteConfig config) {
  GODWIT_TRY_ASSIGN(auto hdfs, WebHdfs::Open(std::move(config.hdfs)));
  config.metastore.fs_names = hdfs->config().fs_names;
  GODWIT_TRY_ASSIGN(auto metastore, MetastoreClient::Open(std::move(config.metastore)));
  return std::unique_ptr<HadoopSite>(
      new HadoopSite(std::move(hdfs), std::move(metastore), config.query_engine));
}

QueryEngine& HadoopSite::query_engine() {
  if (spark_) return *spark_;
  return *no_engine_;
}

HadoopSite::Diagnosis HadoopSite::Diagnose(const std::vector<std::string>& databases,
                                           const std::vector<std::string>& planned, Timestamp now) {
  Diagnosis diagnosis;
  diagnosis.findings = DiagnoseMetastore(*metastore_, databases);
  for (const std::string& name : databases) {
    const auto database = hive_.GetDatabase(name);
    if (database.ok() && *database) diagnosis.databases[name] = (*database)->location;
  }
  std::vector<std::string> locations = planned;
  for (const auto& [name, location] : diagnosis.databases) locations.push_back(location);
  HdfsDiagnosis hdfs = DiagnoseHdfs(*hdfs_, locations, now);
  Append(std::move(hdfs.findings), diagnosis.findings);
  diagnosis.cluster = hdfs.cluster;
  if (const auto identity = hive_.Identity(); identity.ok()) diagnosis.catalog = *identity;
  if (spark_) {
    const auto answer = spark_->session().Query("SELECT CAST(1 AS STRING)");
    diagnosis.findings.push_back(
        answer.ok() ? Finding{Severity::kGood, "query_engine", "the query engine answers", ""}
                    : Finding{Severity::kProblem, "query_engine", answer.error().message,
                              "check its address, and that `auth` is what the server wants (nosasl, plain)"});
  }
  return diagnosis;
}

Result<std::unique_ptr<DistcpCopier>> OpenHadoopCopier(DistcpConfig config, HadoopSite& source,
                                                       HadoopSite& target) {
  return DistcpCopier::Open(std::move(config), source.hdfs(), target.hdfs());
}

std::unique_ptr<RowComparer> OpenHadoopComparer(HadoopSite& source, HadoopSite& target) {
  if (!source.spark() || !target.spark()) return std::make_unique<NoComparer>();
  return std::make_unique<SparkRowComparer>(*source.spark(), *target.spark());
}

std::vector<Finding> DiagnosePair(const HadoopSite::Diagnosis& source, const HadoopSite::Diagnosis& target) {
  std::vector<Finding> findings;
  if (!source.cluster.empty() && source.cluster == target.cluster) {
    findings.push_back(
        {Severity::kProblem, "pair.hdfs", "both sites are the HDFS cluster " + source.cluster,
         "check the NameNodes' addresses: a nameservice may mean another cluster on this machine"});
  }
  if (!source.catalog.empty() && source.catalog == target.catalog) {
    findings.push_back({Severity::kProblem, "pair.metastore",
                        "both sites have the metastore " + source.catalog,
                        "check the metastores' addresses"});
  }
  return findings;
}

}  // namespace godwit
