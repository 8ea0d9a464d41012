// executor/adapters/distcp/diagnose_distcp.h — `godwit doctor` for copying.
#pragma once

#include <vector>

#include "executor/adapters/distcp/distcp_copier.h"
#include "executor/ports/finding.h"

namespace godwit::executor {

// Reads only: starts no copy.
std::vector<Finding> DiagnoseDistcp(DistcpCopier& copier);

}  // namespace godwit::executor
