// executor/adapters/hive_metastore/hive_catalog.h — the Catalog port over a Hive Metastore 2.3 … 4.0.
//
// Who made or published an object stands in its parameter "godwit.op"; a route in the table's parameters
// "godwit.route.site" and "godwit.route.token". The metastore has no compare-and-set that all versions keep,
// so a change is: read, compare, write; the one who calls is alone (the engine's lock), and every end state
// is read again. Altering and publishing do not know of seals: wrappers/sealed_catalog.h does.
#pragma once

#include <map>
#include <mutex>

#include "executor/adapters/hive_metastore/metastore_client.h"
#include "executor/ports/catalog.h"

namespace godwit::executor {

class HiveCatalog : public Catalog {
 public:
  explicit HiveCatalog(MetastoreClient& client) : client_(client) {}

  Result<std::string> Identity() override;  // "hive:" and the metastore's own UUID
  Result<std::vector<TableName>> ListTables() override;
  Result<std::optional<DatabaseMeta>> GetDatabase(const std::string& name) override;
  Result<std::optional<TableMeta>> GetTable(const TableName& table) override;
  // The names are read once when `after` is "" and kept until the last page is asked for.
  Result<std::vector<PartitionMeta>> ListPartitions(const TableName& table, const std::string& after,
                                                    size_t limit) override;
  Result<std::optional<PartitionMeta>> GetPartition(const TableName& table, const std::string& name) override;

  // Errors: kConflict for a database of that name elsewhere.
  Result<Effect> CreateDatabase(const DatabaseMeta& database) override;
  // Errors also: kUnsupported with the reason for what is not a table of files.
  Result<Effect> CreateTable(const TableMeta& table, const std::string& op) override;
  // Errors: kConflict if the partition keys differ, they cannot be altered.
  Result<Effect> AlterTable(const TableMeta& table, const std::string& op, Token token) override;
  // Drift: in a table that godwit made, a partition that somebody else made or re-pointed is not overwritten:
  // kConflict.
  Result<Effect> Publish(const Publication& publication) override;

  Result<Effect> SetRoute(const TableName& table, const Route& route) override;
  Result<Route> GetRoute(const TableName& table) override;

 private:
  Result<std::optional<hms::Table>> Find(const TableName& table);
  Result<hms::Table> Need(const TableName& table);
  Result<std::vector<std::string>> PartitionNames(const TableName& table, const std::string& after);
  // Those of the names that are there, in any order.
  Result<std::vector<hms::Partition>> PartitionsNamed(const TableName& table,
                                                      const std::vector<std::string>& names);
  // As the Catalog port has them, by name, with statistics.
  Result<std::vector<PartitionMeta>> MetasNamed(const hms::Table& table,
                                                const std::vector<std::string>& names);
  Result<PartitionMeta> OnlyPartition(const hms::Table& table);
  Status Alter(const hms::Table& table);
  Result<bool> PublishPartitions(const Publication& publication, const hms::Table& table);

  MetastoreClient& client_;
  std::mutex mutex_;
  std::map<TableName, std::vector<std::string>>
      names_;  // sorted, of listings under way; at most kListingsMax
};

}  // namespace godwit::executor
