// simulator/line.h — the line between two simulated sites: how long bytes take at each hour of the week.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "executor/observation.h"
#include "planner/request.h"
#include "planner/week.h"

namespace godwit::simulator {

class Line {
 public:
  // `start` is the wall clock at time 0. All rates are times `factor`. Errors: kInvalidInput if no hour of
  // the week has bandwidth.
  static Result<Line> Make(const planner::Bandwidth& bandwidth, Timestamp start, double factor);

  // When `bytes` are through that begin at `begin` and have the line for themselves. O(hours of a week).
  executor::Nanoseconds Arrival(executor::Nanoseconds begin, int64_t bytes) const;

 private:
  Line() = default;
  std::array<double, planner::kHoursPerWeek> bytes_by_hour_{};  // from Monday 00:00
  double bytes_a_week_ = 0;
  executor::Nanoseconds offset_{0};  // of time 0 within the week
};

}  // namespace godwit::simulator
