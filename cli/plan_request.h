// cli/plan_request.h — the section `plan:` of godwit.yaml: the request of docs/planning.md, as YAML.
#pragma once

#include <string>

#include "base/result.h"
#include "planner/request.h"

namespace godwit::cli {

// What the section leaves open is as by default; the bandwidth then is that of `copy:`, the freeze budget
// that of `freeze:`. `config` may be "": all by default. Errors: kInvalidInput with file, line and column.
Result<planner::Request> RequestFromConfig(const std::string& config);

}  // namespace godwit::cli
