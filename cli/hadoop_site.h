// cli/hadoop_site.h — a site of kind `hadoop`, put together from its parts: HDFS, Hive Metastore, Spark's
// Thrift server; and the copier between two of them. Its scheduler is another part's business.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "cli/hadoop_catalog.h"
#include "executor/adapters/distcp/distcp_copier.h"
#include "executor/adapters/hdfs/acl_barrier.h"
#include "executor/adapters/hdfs/hdfs_storage.h"
#include "executor/adapters/hive_metastore/hive_catalog.h"
#include "executor/adapters/hive_server/row_comparison.h"
#include "executor/adapters/hive_server/spark_engine.h"
#include "executor/ports/finding.h"

namespace godwit {

struct HadoopSiteConfig {
  executor::HdfsConfig hdfs;
  executor::MetastoreConfig metastore;                     // its fs_names are taken from `hdfs`
  std::optional<executor::HiveServerConfig> query_engine;  // none: rows cannot be compared, bytes can
};

class HadoopSite {
 public:
  // Connects to nothing yet. Errors: kInvalidInput, see the parts' Open.
  static Result<std::unique_ptr<HadoopSite>> Open(HadoopSiteConfig config);

  executor::WebHdfs& hdfs() { return *hdfs_; }
  executor::Storage& storage() { return storage_; }
  HadoopCatalog& catalog() { return catalog_; }
  executor::WriteBarrier& barrier() { return barrier_; }
  // Without one every call says kUnsupported.
  executor::QueryEngine& query_engine();
  executor::SparkEngine* spark() { return spark_.get(); }

  // For `godwit doctor`: `databases` are those that move; `locations` are where others will come to lie.
  // Reads only.
  struct Diagnosis {
    std::vector<executor::Finding> findings;
    std::string cluster;                           // HDFS cluster id
    std::string catalog;                           // metastore identity
    std::map<std::string, std::string> databases;  // those that are there, and their locations
  };
  Diagnosis Diagnose(const std::vector<std::string>& databases, const std::vector<std::string>& locations,
                     Timestamp now);

 private:
  HadoopSite(std::unique_ptr<executor::WebHdfs> hdfs, std::unique_ptr<executor::MetastoreClient> metastore,
             const std::optional<executor::HiveServerConfig>& query_engine);

  std::unique_ptr<executor::WebHdfs> hdfs_;
  std::unique_ptr<executor::MetastoreClient> metastore_;
  executor::HdfsStorage storage_;
  executor::HiveCatalog hive_;
  executor::AclBarrier barrier_;
  HadoopCatalog catalog_;
  std::unique_ptr<executor::SparkEngine> spark_;
  std::unique_ptr<executor::QueryEngine> no_engine_;
};

Result<std::unique_ptr<executor::DistcpCopier>> OpenHadoopCopier(executor::DistcpConfig config,
                                                                 HadoopSite& source, HadoopSite& target);

// Compares rows across both sites; says kUnsupported where one has no query engine.
std::unique_ptr<executor::RowComparer> OpenHadoopComparer(HadoopSite& source, HadoopSite& target);

// What only both together show: one cluster under two names, one metastore on both sides.
std::vector<executor::Finding> DiagnosePair(const HadoopSite::Diagnosis& source,
                                            const HadoopSite::Diagnosis& target);

}  // namespace godwit
