// executor/ports/catalog.h — one site's metastore.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/ports/effect.h"
#include "executor/ports/table_meta.h"

namespace godwit::executor {

// New partitions and new locations of old ones, with the table parameters that belong to them: how copied
// data appears. Nothing is moved or deleted; readers see the old or the new location, never a mixture in one
// partition.
struct Publication {
  TableName table;
  std::vector<PartitionMeta> partitions;  // sorted by name; at most kPublishedPartitionsMax
  std::vector<std::string> dropped;  // partitions that are gone at the other site; metadata alone is dropped
  Parameters parameters;             // set on the table after the partitions
  std::string op;                    // who did it: kept on each object as parameter "godwit.op"
  Token token = 0;                   // refused while the table is sealed against copiers by a larger one
};
inline constexpr size_t kPublishedPartitionsMax = 1000;

// Where readers of a table are sent.
struct Route {
  std::string site;  // "" when never set
  Token token = 0;
};

class Catalog {
 public:
  virtual ~Catalog() = default;

  // Two catalogs with the same identity are the same one, whatever their addresses say.
  virtual Result<std::string> Identity() = 0;

  // All names, sorted.
  virtual Result<std::vector<TableName>> ListTables() = 0;
  virtual Result<std::optional<DatabaseMeta>> GetDatabase(const std::string& name) = 0;
  virtual Result<std::optional<TableMeta>> GetTable(const TableName& table) = 0;
  // Up to `limit` partitions with names > `after`, by name. A plain table has one, named "" (its location is
  // the table's). Errors: kInvalidInput if there is no such table.
  virtual Result<std::vector<PartitionMeta>> ListPartitions(const TableName& table, const std::string& after,
                                                            size_t limit) = 0;
  // One partition by name ("" for a plain table); nothing if it, or the table, is not there.
  virtual Result<std::optional<PartitionMeta>> GetPartition(const TableName& table,
                                                            const std::string& name) = 0;

  virtual Result<Effect> CreateDatabase(const DatabaseMeta& database) = 0;
  // `op` is kept as parameter "godwit.op". Errors: kConflict if a table of that name exists that `op` did not
  // make.
  virtual Result<Effect> CreateTable(const TableMeta& table, const std::string& op) = 0;
  // Columns, storage and parameters as given; the location, partitions and unknown parameters stay as they
  // are. Errors: kConflict while the table is sealed against copiers by a larger token: a request that was
  // long on its way must not undo what was proven since.
  virtual Result<Effect> AlterTable(const TableMeta& table, const std::string& op, Token token) = 0;
  virtual Result<Effect> Publish(const Publication& publication) = 0;

  virtual Result<Effect> SetRoute(const TableName& table, const Route& route) = 0;
  virtual Result<Route> GetRoute(const TableName& table) = 0;
};

}  // namespace godwit::executor
