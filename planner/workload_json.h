// planner/workload_json.h — a workload as text and back, format godwit-workload/1 (docs/workload_format.md).
#pragma once

#include <string>
#include <string_view>

#include "planner/json_text.h"
#include "planner/workload.h"

namespace godwit::planner {

inline constexpr char kWorkloadFormat[] = "godwit-workload/1";

// Sorted; the same bytes for equal workloads.
void WriteWorkload(const Workload& workload, const TextSink& sink);

// Tables and jobs may come in any order and are sorted by name. The result has passed CheckWorkload. Errors:
// kInvalidInput with the path of the first value that is wrong.
Result<Workload> ReadWorkload(std::string_view text);

}  // namespace godwit::planner
