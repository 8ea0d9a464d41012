// base/time.h — points in time and durations, in milliseconds, as text and back.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace godwit {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<Duration>;  // UTC

// "2026-11-22T08:30:05.250Z"; milliseconds are left out when zero.
std::string FormatTimestamp(Timestamp time);
// "2026-11-22", "2026-11-22T08:30", with seconds, milliseconds and "Z" optional. Errors: kInvalidInput.
Result<Timestamp> ParseTimestamp(std::string_view text);

// "2d3h", "6m40s", "850ms", "0s": the two largest units that are not zero.
std::string FormatDuration(Duration duration);
// The same form with any number of parts: "1h30m", "90m". A number without a unit is an error: kInvalidInput.
Result<Duration> ParseDuration(std::string_view text);

}  // namespace godwit
