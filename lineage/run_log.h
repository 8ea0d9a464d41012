// lineage/run_log.h — what ran, as a log tells it: OpenLineage events and the lines of Hive's LineageLogger.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lineage/scan.h"

namespace godwit::lineage {

// One JSON document a line (or one list of them). OpenLineage: job.name (behind its last "/" if it has one),
// inputs and outputs by name. Hive: the vertices of the edges, the job from "hive.job" or the user's session
// name. Lines that are neither are counted as an error if they are all there is. Sorted by job. Errors:
// kInvalidInput.
Result<std::vector<LogLineage>> ReadRunLog(const std::string& file, std::string_view text);

}  // namespace godwit::lineage
