// report/timeline_svg.h — the plan's timeline as a picture that stands in a page.
#pragma once

#include <string>

#include "planner/plan.h"
#include "report/timeline.h"

namespace godwit::report {

inline constexpr size_t kUnitsDrawnMax = 80;  // above, one row a wave

// Copies, dual runs and cut-overs by unit (or wave), and below them what the link carries. Needs no script
// and no file.
std::string TimelineSvg(const planner::Plan& plan, const LinkTimeline& link);

}  // namespace godwit::report
