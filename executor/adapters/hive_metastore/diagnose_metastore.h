// executor/adapters/hive_metastore/diagnose_metastore.h — `godwit doctor` for one metastore.
#pragma once

#include <vector>

#include "executor/adapters/hive_metastore/metastore_client.h"
#include "executor/ports/finding.h"
#include "executor/ports/table_meta.h"

namespace godwit::executor {

// Reads only. Looks at the databases given, at most kTablesDiagnosedMax tables of them.
std::vector<Finding> DiagnoseMetastore(MetastoreClient& client, const std::vector<std::string>& databases);
inline constexpr size_t kTablesDiagnosedMax = 2000;

// A warning for each table whose folder is another's too, or lies inside one whose files are all in it. (What
// lies in a partitioned table's folder, and in none of its partitions, is not that table's.) By location. O(n
// log n).
std::vector<Finding> FindSharedFolders(std::vector<TableMeta> tables);

}  // namespace godwit::executor
