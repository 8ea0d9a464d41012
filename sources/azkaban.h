// sources/azkaban.h — Azkaban's .flow (YAML, flow 2.0) and .job (properties) files → jobs.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/definition.h"

namespace godwit::sources {

// The workflow is named after the file. Errors: kInvalidInput with the place.
Result<Definitions> ReadAzkabanFlow(const std::string& file, std::string_view text);
// One job; the workflow is named after the folder.
Definitions ReadAzkabanJob(const std::string& file, std::string_view text);

// "name = value" lines; '#' and '!' start comments, a backslash at the end goes on.
Variables ReadProperties(std::string_view text);

}  // namespace godwit::sources
