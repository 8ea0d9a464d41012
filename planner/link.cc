#include "planner/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/week.h"

namespace godwit::planner {
namespace {

constexpr size_t kHoursMax = 50 * 366 * 24;
constexpr int64_t kHour = 3600;

}  // namespace

Result<Link> Link::Make(const Bandwidth& bandwidth, const std::vector<Blackout>& blackouts,
                        int first_hour_of_week) {
  Link link;
  link.first_hour_of_week_ = first_hour_of_week;
  link.rate_by_hour_of_week_.assign(kHoursPerWeek, bandwidth.bytes_per_second);
  for (size_t hour = 0; hour < bandwidth.hour_of_week.size() && hour < kHoursPerWeek; ++hour) {
    const double share = bandwidth.hour_of_week[hour];
    link.rate_by_hour_of_week_[hour] =
        static_cast<int64_t>(share * static_cast<double>(bandwidth.bytes_per_second));
  }
  for (const Blackout& blackout : blackouts) {
    if (blackout.stops_copies) link.stops_.push_back(blackout);
  }
  for (size_t hour = 0; hour < kHoursPerWeek; ++hour) {
    if (link.FullRate(hour) > 0) return link;
  }
  return InvalidInput(
      "the link has no bandwidth at any hour of the week: raise bandwidth, or shorten the black-outs");
}

bool Link::Stopped(size_t hour) const {
  const Seconds at{static_cast<int64_t>(hour) * kHour};
  return std::ranges::any_of(stops_, [&](const Blackout& stop) {
    return Covers(stop, at, static_cast<int>(first_hour_of_week_)) ||
           Covers(stop, at + Seconds(kHour - 1), static_cast<int>(first_hour_of_week_));
  });
}

int64_t Link::FullRate(size_t hour) const {
  return Stopped(hour) ? 0 : rate_by_hour_of_week_[(hour + first_hour_of_week_) % kHoursPerWeek];
}

Result<Link::Copy> Link::Book(Seconds earliest, int64_t bytes, int64_t rate_max, int64_t reserved) {
  Copy copy{earliest, earliest};
  bool begun = false;
  const size_t first_hour = static_cast<size_t>(earliest.count() / kHour);
  for (size_t hour = first_hour; bytes > 0; ++hour) {
    if (hour - first_hour > kHoursMax) {
      return InvalidInput("at this bandwidth a copy takes more than 50 years: raise bandwidth");
    }
    if (used_.size() <= hour) used_.resize(hour + 1, 0);
    const int64_t rate = std::max<int64_t>(0, FullRate(hour) - reserved);
    const int64_t free_bytes = rate * kHour - used_[hour];
    if (free_bytes <= 0) continue;
    // Within an hour the bytes already booked go first if they took the whole line.
    const int64_t hour_begin = static_cast<int64_t>(hour) * kHour;
    int64_t begin = std::max(earliest.count(), hour_begin);
    if (rate_max == 0) begin = std::max(begin, hour_begin + used_[hour] / rate);
    const int64_t own_rate = rate_max == 0 ? rate : std::min(rate, rate_max);
    const int64_t possible = std::min(free_bytes, own_rate * (hour_begin + kHour - begin));
    if (possible <= 0) continue;
    const int64_t now = std::min(bytes, possible);
    if (!begun) copy.begin = Seconds(begin);
    begun = true;
    used_[hour] += now;
    bytes -= now;
    copy.end = Seconds(begin + (now + own_rate - 1) / own_rate);
  }
  return copy;
}

}  // namespace godwit::planner
