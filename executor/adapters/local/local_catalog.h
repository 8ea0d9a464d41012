// executor/adapters/local/local_catalog.h — the metastore part of site.db.
#pragma once

#include <memory>

#include "executor/adapters/local/site_db.h"
#include "executor/ports/catalog.h"

namespace godwit::executor::local {

class LocalCatalog : public Catalog {
 public:
  explicit LocalCatalog(std::shared_ptr<SiteDb> site) : site_(std::move(site)) {}

  Result<std::string> Identity() override;
  Result<std::vector<TableName>> ListTables() override;
  Result<std::optional<DatabaseMeta>> GetDatabase(const std::string& name) override;
  Result<std::optional<TableMeta>> GetTable(const TableName& table) override;
  Result<std::vector<PartitionMeta>> ListPartitions(const TableName& table, const std::string& after,
                                                    size_t limit) override;
  Result<std::optional<PartitionMeta>> GetPartition(const TableName& table, const std::string& name) override;
  // Errors: kConflict also if there is one of that name that differs.
  Result<Effect> CreateDatabase(const DatabaseMeta& database) override;
  Result<Effect> CreateTable(const TableMeta& table, const std::string& op) override;
  // Errors: kUnsupported if the partition keys differ: a table cannot be partitioned anew.
  Result<Effect> AlterTable(const TableMeta& table, const std::string& op, Token token) override;
  // A token smaller than that of the copiers' barrier is refused even where the barrier is open: it comes
  // from before.
  Result<Effect> Publish(const Publication& publication) override;
  Result<Effect> SetRoute(const TableName& table, const Route& route) override;
  Result<Route> GetRoute(const TableName& table) override;

 private:
  std::shared_ptr<SiteDb> site_;
};

}  // namespace godwit::executor::local
