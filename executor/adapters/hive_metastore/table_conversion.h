// executor/adapters/hive_metastore/table_conversion.h — a metastore's objects as the values of the Catalog
// port, and back.
#pragma once

#include <string>
#include <vector>

#include "executor/ports/table_meta.h"
#include "metastore_types.h"

namespace godwit::executor {

inline constexpr char kOpParameter[] = "godwit.op";
// Who published the data of a plain table; "godwit.op" says who made it.
inline constexpr char kPublishedParameter[] = "godwit.published";

DatabaseMeta DatabaseMetaOf(const hms::Database& database);
hms::Database DatabaseOf(const DatabaseMeta& meta);

// A table that cannot be moved has the reason under "unsupported" in its storage words.
TableMeta TableMetaOf(const hms::Table& table);
// As it is to stand in the metastore, `op` in its parameters. Errors: kUnsupported with the reason for a
// table that cannot be moved: transactional, a view that is materialised, a format with its own log (Iceberg,
// Delta, Hudi), a storage handler (HBase, Kudu, JDBC).
Result<hms::Table> TableOf(const TableMeta& meta, const std::string& op);

// `table` is the partition's. The name is Hive's.
PartitionMeta PartitionMetaOf(const hms::Partition& partition, const hms::Table& table);
// A partition of `table` (which has its location at this site). Errors: kInvalidInput for a name that does
// not fit the table's partition keys.
Result<hms::Partition> PartitionOf(const PartitionMeta& meta, const hms::Table& table, const std::string& op);

// A parameter or storage word that names a path of the file systems `fs_names`, as "avro.schema.url =
// hdfs://old/…". Of a table as TableMetaOf gives it, what lies in its own folder is not named so. A comment
// is no path. "" if there is none.
std::string PathOutside(const TableMeta& meta, const std::vector<std::string>& fs_names);

}  // namespace godwit::executor
