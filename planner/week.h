// planner/week.h — times that recur every week.
#pragma once

#include <string>

#include "base/result.h"
#include "planner/request.h"

namespace godwit::planner {

inline constexpr int kHoursPerWeek = 7 * 24;
inline constexpr int kMinutesPerWeek = kHoursPerWeek * 60;
inline constexpr Seconds kWeek{int64_t{kMinutesPerWeek} * 60};

// The hour of the week, from Monday 00:00 UTC, in which a plan's `start` lies; 0 for "". Errors:
// kInvalidInput.
Result<int> HourOfWeek(const std::string& start);

// "mon-fri", "sat", "mon,wed-thu" → days counted from Monday, 0. Errors: kInvalidInput.
Result<std::vector<int>> DaysOf(std::string_view text);

// Whether a time since the plan's start lies in the black-out.
bool Covers(const Blackout& blackout, Seconds at, int first_hour_of_week);

// The first time from `at` on that lies in no black-out. A weekly black-out of a whole week has no such time:
// then `at` itself (CheckRequest refuses those).
Seconds AfterBlackouts(const std::vector<Blackout>& blackouts, Seconds at, int first_hour_of_week);

}  // namespace godwit::planner
