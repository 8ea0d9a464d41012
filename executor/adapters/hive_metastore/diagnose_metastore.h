// executor/adapters/hive_metastore/diagnose_metastore.h — `godwit doctor` for one metastore.
#pragma once

#include <vector>

#include "executor/adapters/hive_metastore/metastore_client.h"
#include "executor/ports/finding.h"

namespace godwit::executor {

// Reads only. Looks at the databases given, at most kTablesDiagnosedMax tables of them.
std::vector<Finding> DiagnoseMetastore(MetastoreClient& client, const std::vector<std::string>& databases);
inline constexpr size_t kTablesDiagnosedMax = 2000;

}  // namespace godwit::executor
