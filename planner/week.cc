#include "planner/week.h"

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace godwit::planner {
namespace {

constexpr int kSkipsMax = 1000;  // black-outs that follow each other

// How long the black-out still lasts at this time, if it covers it. A weekly one may reach into the next
// week.
std::optional<Seconds> TimeLeft(const Blackout& blackout, Seconds at, int first_hour_of_week) {
  if (!blackout.weekly) {
    if (at < blackout.from || at >= blackout.until) return std::nullopt;
    return blackout.until - at;
  }
  const Seconds of_week = (at + std::chrono::hours(first_hour_of_week)) % kWeek;
  for (Seconds time : {of_week, of_week + kWeek}) {
    if (time >= blackout.from && time < blackout.until) return blackout.until - time;
  }
  return std::nullopt;
}

}  // namespace

Result<int> HourOfWeek(const std::string& start) {
  if (start.empty()) return 0;
  GODWIT_TRY_ASSIGN(const Timestamp time, ParseTimestamp(start));
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const int weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
  const auto hour = std::chrono::floor<std::chrono::hours>(time - day);
  if (time - day != hour) return InvalidInput("start " + start + ": give a whole hour");
  return weekday * 24 + static_cast<int>(hour.count());
}

bool Covers(const Blackout& blackout, Seconds at, int first_hour_of_week) {
  return TimeLeft(blackout, at, first_hour_of_week).has_value();
}

Seconds AfterBlackouts(const std::vector<Blackout>& blackouts, Seconds at, int first_hour_of_week) {
  Seconds time = at;
  for (int skip = 0; skip < kSkipsMax; ++skip) {
    Seconds left{0};
    for (const Blackout& blackout : blackouts) {
      left = std::max(left, TimeLeft(blackout, time, first_hour_of_week).value_or(Seconds{0}));
    }
    if (left == Seconds{0}) return time;
    time += left;
  }
  return at;
}

}  // namespace godwit::planner
