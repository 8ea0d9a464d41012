// sources/jobs_yaml.h — jobs.yaml: workflows and jobs told by hand (docs/jobs_yaml.md).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/definition.h"

namespace godwit::sources {

// Errors: kInvalidInput, every mistake at file:line:column.
Result<Definitions> ReadJobsYaml(const std::string& file, std::string_view text);

}  // namespace godwit::sources
