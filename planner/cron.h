// planner/cron.h — when a schedule starts its jobs, folded into one week.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace godwit::planner {

// Minutes of the week, from Monday 00:00 UTC, at which a run may start; sorted. Takes the five fields of cron
// (lists, ranges, steps, names of days and months) and @hourly, @daily, @midnight, @weekly, @monthly,
// @yearly, @annually. Errs on the safe side: what runs on some day of a month or in some month counts as
// running on every such weekday. Errors: kInvalidInput, saying which field is wrong.
Result<std::vector<int>> StartsOfWeek(std::string_view cron);

}  // namespace godwit::planner
