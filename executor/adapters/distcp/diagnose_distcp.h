// executor/adapters/distcp/diagnose_distcp.h — `godwit doctor` for copying.
#pragma once

#include <vector>

#include "executor/adapters/distcp/distcp_config.h"
#include "executor/ports/finding.h"

namespace godwit::executor {

// Reads only: starts no copy, makes no folder.
std::vector<Finding> DiagnoseDistcp(const DistcpConfig& config);

}  // namespace godwit::executor
