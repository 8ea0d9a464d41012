// executor/adapters/local/local_query_engine.h — rows are looked at by the site's engine (Python and DuckDB)
// in a child process, never through a shell.
#pragma once

#include <memory>

#include "executor/adapters/local/site_db.h"
#include "executor/ports/query_engine.h"

namespace godwit::executor::local {

// Errors of both: kUnavailable if the engine fails, is not there or does not answer in ten minutes.
class LocalQueryEngine : public QueryEngine {
 public:
  explicit LocalQueryEngine(std::shared_ptr<SiteDb> site) : site_(std::move(site)) {}
  Result<std::vector<RowsDigest>> Digest(const TableName& table,
                                         const std::vector<std::string>& partitions) override;

 private:
  std::shared_ptr<SiteDb> site_;
};

class LocalRowComparer : public RowComparer {
 public:
  LocalRowComparer(std::shared_ptr<SiteDb> source, std::shared_ptr<SiteDb> target)
      : source_(std::move(source)), target_(std::move(target)) {}
  Result<Difference> Compare(const TableName& table, const std::string& partition, size_t limit) override;

 private:
  std::shared_ptr<SiteDb> source_;
  std::shared_ptr<SiteDb> target_;
};

}  // namespace godwit::executor::local
