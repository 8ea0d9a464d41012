#include "planner/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/week.h"

namespace godwit::planner {
namespace {

Status CheckBandwidth(const Bandwidth& bandwidth) {
  if (bandwidth.bytes_per_second < 0) return InvalidInput("bandwidth: it is negative");
  if (!bandwidth.hour_of_week.empty() && bandwidth.hour_of_week.size() != kHoursPerWeek) {
    return InvalidInput(
        fmt::format("bandwidth.hour_of_week: {} shares are given, 168 are expected, from Monday 00:00 UTC",
                    bandwidth.hour_of_week.size()));
  }
  for (double share : bandwidth.hour_of_week) {
    if (!(share >= 0 && share <= 1))
      return InvalidInput("bandwidth.hour_of_week: a share is not between 0 and 1");
  }
  return Ok();
}

Status CheckBlackouts(const std::vector<Blackout>& blackouts) {
  for (size_t i = 0; i < blackouts.size(); ++i) {
    const Blackout& blackout = blackouts[i];
    const std::string path = fmt::format("blackouts[{}]", i);
    if (blackout.until <= blackout.from) return InvalidInput(path + ": it ends before it begins");
    if (blackout.weekly && blackout.until - blackout.from >= kWeek) {
      return InvalidInput(path + ": a weekly black-out of a whole week leaves no time");
    }
    if (blackout.weekly && (blackout.from < Seconds{0} || blackout.from >= kWeek)) {
      return InvalidInput(path + ": a weekly black-out begins between Monday 00:00 and Sunday 24:00");
    }
  }
  std::vector<Blackout> weekly;
  std::ranges::copy_if(blackouts, std::back_inserter(weekly), &Blackout::weekly);
  for (int minute = 0; minute < kMinutesPerWeek; ++minute) {
    const Seconds at{int64_t{minute} * 60};
    if (std::ranges::none_of(weekly, [&](const Blackout& blackout) { return Covers(blackout, at, 0); }))
      return Ok();
  }
  return InvalidInput("blackouts: the weekly ones leave no time in the week");
}

Status CheckCapacity(const std::vector<CapacityStep>& capacity) {
  for (size_t i = 1; i < capacity.size(); ++i) {
    if (capacity[i].from <= capacity[i - 1].from) {
      return InvalidInput(fmt::format("capacity[{}]: steps have to be in order of time", i));
    }
  }
  return Ok();
}

Status CheckWaves(const WaveRules& waves) {
  if (waves.units_max < 0 || waves.freeze_max < Seconds{0} || waves.gap < Seconds{0}) {
    return InvalidInput("waves: a limit is negative; 0 means no limit");
  }
  return Ok();
}

}  // namespace

Status CheckRequest(const Request& request) {
  if (!(request.alpha >= 1) || !std::isfinite(request.alpha)) {
    return InvalidInput(
        "alpha: a reader that moves first costs at least as much as one that stays: give 1 or more");
  }
  if (request.unit_max.share <= 0 && request.unit_max.bytes <= 0)
    return InvalidInput("cap: it has to be above 0");
  if (request.unit_max.share > 1) return InvalidInput("cap: a share above 100 %");
  if (!(request.unit_overhead >= 0) || request.unit_overhead > 1000)
    return InvalidInput("unit_overhead: not between 0 and 1000");
  if (!(request.replication > 0) || request.replication > 100)
    return InvalidInput("replication: not between 0 and 100");
  if (request.copy_bytes_per_second_max < 0) return InvalidInput("copy_bytes_per_second_max: it is negative");
  for (const Pool& pool : request.pools) {
    if (pool.copies_max < 1)
      return InvalidInput("pools: " + pool.group + ": copies_max has to be at least 1");
  }
  GODWIT_TRY(HourOfWeek(request.start));
  GODWIT_TRY(CheckBandwidth(request.bandwidth));
  GODWIT_TRY(CheckBlackouts(request.blackouts));
  GODWIT_TRY(CheckCapacity(request.capacity));
  return CheckWaves(request.waves);
}

}  // namespace godwit::planner
