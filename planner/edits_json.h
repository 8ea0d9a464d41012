// planner/edits_json.h — edits as text and back: a file of its own, which outlives the plans made with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "planner/edit.h"
#include "planner/workload.h"

namespace godwit::planner {

// Tables are written by name, or by number where the workload has no names. Format godwit-edits/1
// (docs/plan_format.md).
std::string EditsText(const std::vector<Edit>& edits, const Workload& workload);

// Errors: kInvalidInput with the path of the first value that is wrong, such as `edits[2].tables[0]`.
Result<std::vector<Edit>> ReadEdits(std::string_view text, const Workload& workload);

}  // namespace godwit::planner
