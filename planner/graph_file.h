// planner/graph_file.h — reads a lineage graph in the .lg format: numbers only, no names.
//
//     LG tables jobs edges
//     size_MB changed_MB_per_day layer group          a line a table
//     run_seconds type workflow owner                 a line a job; type 0 import, 1 sql, 2 jar, 3 export, 4
//     view job table R|W MB_per_day                        a line an edge; numbers count from 0
#pragma once

#include <string_view>

#include "base/result.h"
#include "planner/workload.h"

namespace godwit::planner {

// Megabytes become bytes (10^6). Errors: kInvalidInput with the line, what is wrong there and what is
// expected. O(length of the text), about 300 MB a second.
Result<Workload> ReadGraphFile(std::string_view text);

}  // namespace godwit::planner
