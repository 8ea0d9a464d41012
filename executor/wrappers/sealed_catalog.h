// executor/wrappers/sealed_catalog.h — a catalog that alters and publishes only while copiers are not sealed
// out: for sites whose metastore does not know the barrier.
#pragma once

#include "executor/ports/catalog.h"
#include "executor/ports/write_barrier.h"

namespace godwit::executor {

// Both are refused (kConflict) once the table was closed or opened to copiers by a larger token than theirs:
// what was held up since before a seal stays out after it too. It looks again afterwards: a seal that was set
// meanwhile makes the outcome unknown (kUnavailable), to be looked up.
class SealedCatalog : public Catalog {
 public:
  SealedCatalog(Catalog& catalog, WriteBarrier& barrier) : catalog_(catalog), barrier_(barrier) {}

  Result<std::string> Identity() override { return catalog_.Identity(); }
  Result<std::vector<TableName>> ListTables() override { return catalog_.ListTables(); }
  Result<std::optional<DatabaseMeta>> GetDatabase(const std::string& name) override {
    return catalog_.GetDatabase(name);
  }
  Result<std::optional<TableMeta>> GetTable(const TableName& table) override {
    return catalog_.GetTable(table);
  }
  Result<std::vector<PartitionMeta>> ListPartitions(const TableName& table, const std::string& after,
                                                    size_t limit) override {
    return catalog_.ListPartitions(table, after, limit);
  }
  Result<std::optional<PartitionMeta>> GetPartition(const TableName& table,
                                                    const std::string& name) override {
    return catalog_.GetPartition(table, name);
  }
  Result<Effect> CreateDatabase(const DatabaseMeta& database) override {
    return catalog_.CreateDatabase(database);
  }
  Result<Effect> CreateTable(const TableMeta& table, const std::string& op) override {
    return catalog_.CreateTable(table, op);
  }
  Result<Effect> AlterTable(const TableMeta& table, const std::string& op, Token token) override;
  Result<Effect> Publish(const Publication& publication) override;
  Result<Effect> SetRoute(const TableName& table, const Route& route) override {
    return catalog_.SetRoute(table, route);
  }
  Result<Route> GetRoute(const TableName& table) override { return catalog_.GetRoute(table); }

 private:
  Result<bool> Sealed(const TableName& table, Token token);
  template <typename Change>
  Result<Effect> Unless(const std::string& what, const TableName& table, Token token, const Change& change);

  Catalog& catalog_;
  WriteBarrier& barrier_;
};

}  // namespace godwit::executor
