// report/csv.h — the plan's long lists for spreadsheets (RFC 4180).
#pragma once

#include <string>

#include "planner/plan.h"

namespace godwit::report {

std::string UnitsCsv(const planner::Plan& plan);     // a line a unit
std::string CutEdgesCsv(const planner::Plan& plan);  // a line a read that crosses sites for a while
// A line a table: where it goes and when. Empty if the plan has no names.
std::string TablesCsv(const planner::Plan& plan);

}  // namespace godwit::report
