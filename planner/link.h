// planner/link.h — the line between the sites while a plan is laid out: how fast it is at each hour, and what
// of it is already spoken for. Hours are counted from Plan::start.
#pragma once

#include <vector>

#include "base/result.h"
#include "planner/request.h"

namespace godwit::planner {

class Link {
 public:
  // `first_hour_of_week` is the hour of the week (from Monday 00:00 UTC) in which hour 0 lies.
  // Errors: kInvalidInput if no hour of the week has bandwidth.
  static Result<Link> Make(const Bandwidth& bandwidth, const std::vector<Blackout>& blackouts,
                           int first_hour_of_week);

  struct Copy {
    Seconds begin{0};
    Seconds end{0};
  };
  // Takes what is free from `earliest` on, at most `rate_max` (0: all), until `bytes` are through, and leaves
  // `reserved` bytes a second to syncs. Errors: kInvalidInput if that takes more than 50 years.
  Result<Copy> Book(Seconds earliest, int64_t bytes, int64_t rate_max, int64_t reserved);

 private:
  Link() = default;
  int64_t FullRate(size_t hour) const;  // bytes a second
  bool Stopped(size_t hour) const;

  std::vector<int64_t> rate_by_hour_of_week_;
  std::vector<Blackout> stops_;
  size_t first_hour_of_week_ = 0;
  std::vector<int64_t> used_;  // bytes by hour; grows as it is booked
};

}  // namespace godwit::planner
