#include "planner/week.h"

#include <algorithm>
#include <optional>
#include <string_view>

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

constexpr std::string_view kDayNames[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

Result<int> DayOf(std::string_view name) {
  const auto found = std::ranges::find(kDayNames, name);
  if (found != std::end(kDayNames)) return static_cast<int>(found - std::begin(kDayNames));
  return InvalidInput("`" + std::string(name) + "` is no day: give mon, tue, wed, thu, fri, sat or sun");
}

}  // namespace

Result<std::vector<int>> DaysOf(std::string_view text) {
  std::vector<int> days;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, comma - at);
    const size_t dash = std::min(part.find('-'), part.size());
    GODWIT_TRY_ASSIGN(const int first, DayOf(part.substr(0, dash)));
    GODWIT_TRY_ASSIGN(const int last,
                      dash == part.size() ? Result<int>(first) : DayOf(part.substr(dash + 1)));
    for (int day = first;; day = (day + 1) % 7) {
      days.push_back(day);
      if (day == last) break;
    }
    at = comma + 1;
  }
  return days;
}

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
