// cli/hadoop_catalog.h — a Hadoop site's catalog: publishes only while copiers are not sealed out, and makes
// the folders of new databases and tables before the metastore does, with the owner and the rights that they
// have at the other site. A metastore would make them its own, and the jobs that write there could not.
#pragma once

#include <string>

#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/wrappers/sealed_catalog.h"

namespace godwit {

class HadoopCatalog : public executor::SealedCatalog {
 public:
  HadoopCatalog(executor::Catalog& catalog, executor::WriteBarrier& barrier, executor::WebHdfs& hdfs)
      : SealedCatalog(catalog, barrier), hdfs_(hdfs) {}

  // From now on folders are made like those of the other site. `preserve`: DistCp's letters.
  void Follow(executor::Catalog& other, executor::WebHdfs& other_hdfs, std::string preserve);

  // Errors: also kInvalidInput if godwit's user may not give a folder to its owner.
  Result<executor::Effect> CreateDatabase(const executor::DatabaseMeta& database) override;
  Result<executor::Effect> CreateTable(const executor::TableMeta& table, const std::string& op) override;

 private:
  Status MakeLike(const std::string& location, const std::string& other_location);

  executor::WebHdfs& hdfs_;
  executor::Catalog* other_ = nullptr;
  executor::WebHdfs* other_hdfs_ = nullptr;
  std::string preserve_;
};

}  // namespace godwit
