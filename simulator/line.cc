#include "simulator/line.h"

#include <algorithm>
#include <numeric>

namespace godwit::simulator {
namespace {

using executor::Nanoseconds;

constexpr Nanoseconds kHour = std::chrono::hours(1);
constexpr Nanoseconds kWeek = kHour * planner::kHoursPerWeek;

}  // namespace

Result<Line> Line::Make(const planner::Bandwidth& bandwidth, Timestamp start, double factor) {
  static const Timestamp kSomeMonday = *ParseTimestamp("2026-01-05");
  Line line;
  const double whole = static_cast<double>(bandwidth.bytes_per_second) * 3600 * factor;
  line.bytes_by_hour_.fill(whole);
  for (size_t hour = 0; hour < std::min(bandwidth.hour_of_week.size(), line.bytes_by_hour_.size()); ++hour)
    line.bytes_by_hour_[hour] = whole * bandwidth.hour_of_week[hour];
  line.bytes_a_week_ = std::accumulate(line.bytes_by_hour_.begin(), line.bytes_by_hour_.end(), 0.0);
  if (line.bytes_a_week_ < 1) return InvalidInput("the link has no bandwidth in any hour of the week");
  const Nanoseconds since = (start - kSomeMonday) % Duration(std::chrono::hours(planner::kHoursPerWeek));
  line.offset_ = since < Nanoseconds(0) ? since + kWeek : since;
  return line;
}

Nanoseconds Line::Arrival(Nanoseconds begin, int64_t bytes) const {
  const auto weeks = static_cast<int64_t>(static_cast<double>(bytes) / bytes_a_week_);
  double left = static_cast<double>(bytes) - static_cast<double>(weeks) * bytes_a_week_;
  Nanoseconds at = (begin + offset_) % kWeek;
  Nanoseconds lasts = kWeek * weeks;
  for (int hours = 0; hours <= planner::kHoursPerWeek + 1; ++hours) {
    const double rate = bytes_by_hour_[static_cast<size_t>(at / kHour)] / static_cast<double>(kHour.count());
    const Nanoseconds rest = kHour - at % kHour;
    if (left <= rate * static_cast<double>(rest.count())) {
      if (rate > 0) lasts += Nanoseconds(static_cast<int64_t>(left / rate));
      break;
    }
    left -= rate * static_cast<double>(rest.count());
    lasts += rest;
    at = (at + rest) % kWeek;
  }
  return begin + lasts + Nanoseconds(1);
}

}  // namespace godwit::simulator
