#include "planner/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "planner/freeze_window.h"
#include "planner/link.h"
#include "planner/week.h"

namespace godwit::planner {
namespace {

// Slots of the pools: when each becomes free.
class PoolSlots {
 public:
  explicit PoolSlots(const std::vector<Pool>& pools) {
    for (const Pool& pool : pools) free_at_.emplace_back(std::max(1, pool.copies_max), Seconds{0});
  }
  Seconds Earliest(const std::vector<size_t>& pools) const {
    Seconds earliest{0};
    for (size_t pool : pools) earliest = std::max(earliest, std::ranges::min(free_at_[pool]));
    return earliest;
  }
  void Take(const std::vector<size_t>& pools, Seconds until) {
    for (size_t pool : pools) *std::ranges::min_element(free_at_[pool]) = until;
  }

 private:
  std::vector<std::vector<Seconds>> free_at_;
};

// When the target has room for so much in all.
Result<Seconds> RoomFrom(const std::vector<CapacityStep>& capacity, double bytes) {
  if (capacity.empty()) return Seconds{0};
  int64_t most = 0;
  for (const CapacityStep& step : capacity) {
    if (static_cast<double>(step.bytes) >= bytes) return step.from;
    most = std::max(most, step.bytes);
  }
  return InvalidInput(
      fmt::format("the target has room for {} at most, {} are needed: raise capacity, lower "
                  "replication, or exclude tables",
                  FormatBytes(most), FormatBytes(static_cast<int64_t>(bytes))));
}

class Schedule {
 public:
  Schedule(const Request& request, const std::vector<UnitNeeds>& needs, Link link, int first_hour_of_week,
           Plan& plan)
      : request_(request),
        needs_(needs),
        plan_(plan),
        link_(std::move(link)),
        first_hour_of_week_(first_hour_of_week),
        slots_(request.pools) {}

  // Copies and the cut-overs of chain units, in the order of movement.
  Status Forwards() {
    for (uint32_t i = 0; i < plan_.units.size(); ++i) {
      Unit& unit = plan_.units[i];
      if (i > 0 && unit.wave != plan_.units[i - 1].wave) wave_opens_ = last_cutover_ + request_.waves.gap;
      Status copied = PlanCopy(needs_[i], unit);
      if (!copied.ok()) return Within(unit.id, copied.error());
      Seconds ready = unit.copy_end + request_.freeze.round;
      for (UnitId before : unit.after) ready = std::max(ready, OnTarget(plan_.units[Index(before)]));
      if (unit.strategy == Strategy::kDualRun) {
        unit.dual_run_start = ready;
      } else {
        PlanCutover(i, std::max(ready, last_cutover_));
        last_cutover_ = unit.cutover.at + unit.cutover.freeze;
      }
    }
    return Ok();
  }

  // The ends of dual runs, in reverse: a unit's source side stops when nobody there reads from it any more.
  void Backwards() {
    std::vector<Seconds> needed_until(plan_.units.size(), Seconds{0});
    for (uint32_t i = static_cast<uint32_t>(plan_.units.size()); i-- > 0;) {
      Unit& unit = plan_.units[i];
      if (unit.strategy == Strategy::kDualRun) {
        PlanCutover(i, std::max(unit.dual_run_start + request_.dual_run_trial, needed_until[i]));
        unit.dual_run_end = unit.cutover.at;
      }
      const Seconds end = unit.cutover.at + unit.cutover.freeze;
      for (UnitId upstream : needs_[i].reads_from) {
        needed_until[Index(upstream)] = std::max(needed_until[Index(upstream)], end);
      }
    }
  }

  void SumUpWaves() {
    for (Wave& wave : plan_.waves) {
      wave.start = plan_.units[Index(wave.units.front())].copy_start;
      for (UnitId id : wave.units) {
        const Unit& unit = plan_.units[Index(id)];
        wave.start = std::min(wave.start, unit.copy_start);
        wave.end = std::max(wave.end, unit.cutover.at + unit.cutover.freeze);
        wave.freeze += unit.cutover.freeze;
      }
    }
  }

 private:
  static Seconds OnTarget(const Unit& unit) {
    return unit.strategy == Strategy::kDualRun ? unit.dual_run_start : unit.cutover.at + unit.cutover.freeze;
  }

  Status PlanCopy(const UnitNeeds& needs, Unit& unit) {
    booked_bytes_ += static_cast<double>(unit.bytes) * request_.replication;
    GODWIT_TRY_ASSIGN(const Seconds room, RoomFrom(request_.capacity, booked_bytes_));
    // Without a gap between waves only the link keeps a copy waiting, not the cut-overs before it.
    const Seconds opens = request_.waves.gap > Seconds{0} ? wave_opens_ : Seconds{0};
    const Seconds earliest = std::max({opens, room, slots_.Earliest(needs.pools)});
    GODWIT_TRY_ASSIGN(
        const Link::Copy copy,
        link_.Book(earliest, unit.bytes, request_.copy_bytes_per_second_max, needs.forward_bytes_per_second));
    unit.copy_start = copy.begin;
    unit.copy_end = copy.end;
    slots_.Take(needs.pools, copy.end);
    return Ok();
  }

  void PlanCutover(uint32_t i, Seconds earliest) {
    Unit& unit = plan_.units[i];
    const FreezeLoad load{unit.changed_bytes_per_day, request_.bandwidth.bytes_per_second};
    unit.cutover = ChooseCutover(needs_[i].runs, load, earliest, request_.freeze, request_.blackouts,
                                 first_hour_of_week_);
  }

  const Request& request_;
  const std::vector<UnitNeeds>& needs_;
  Plan& plan_;
  Link link_;
  const int first_hour_of_week_;
  PoolSlots slots_;
  Seconds wave_opens_{0};
  Seconds last_cutover_{0};  // chain units cut over one after another: nobody watches two switches at once
  double booked_bytes_ = 0;
};

constexpr Seconds kNoGap{60};  // a copy that begins sooner than this after another had to wait for it

// How late everything could be without the last wave ending later, walking back from the end. A cut-over may
// wait for the next one's latest start, and that of a dual-run unit for those of what it reads from, which
// stop after it; a copy for its own cut-over's and, where the next copy had to wait for it, for that.
class Slack {
 public:
  Slack(const std::vector<UnitNeeds>& needs, Plan& plan) : needs_(needs), units_(plan.units) {
    Seconds end{0};
    for (const Unit& unit : units_) end = std::max(end, unit.cutover.at + unit.cutover.freeze);
    latest_end_.assign(units_.size(), end);
    next_cutover_ = end;
  }

  void Find() {
    // Dual runs end in the reverse of the order of movement: what ends last comes first.
    for (uint32_t i = 0; i < units_.size(); ++i) {
      if (units_[i].strategy == Strategy::kDualRun) OfCutover(i);
    }
    for (uint32_t i = static_cast<uint32_t>(units_.size()); i-- > 0;) {
      if (units_[i].strategy == Strategy::kChain) OfCutover(i);
      OfCopy(units_[i]);
    }
  }

 private:
  void OfCutover(uint32_t i) {
    Unit& unit = units_[i];
    if (unit.strategy == Strategy::kDualRun) {
      // Known already: the latest start of each upstream, which is earlier in the order.
      for (UnitId upstream : needs_[i].reads_from) {
        const Unit& other = units_[Index(upstream)];
        if (other.strategy != Strategy::kDualRun || Index(upstream) > i) continue;
        latest_end_[i] = std::min(latest_end_[i], other.cutover.at + other.slack);
      }
      unit.slack = latest_end_[i] - (unit.cutover.at + unit.cutover.freeze);
      return;
    }
    unit.slack = std::min(latest_end_[i], next_cutover_) - (unit.cutover.at + unit.cutover.freeze);
    const Seconds latest_start = unit.cutover.at + unit.slack;
    next_cutover_ = latest_start;
    for (UnitId before : unit.after) {
      latest_end_[Index(before)] = std::min(latest_end_[Index(before)], latest_start);
    }
  }

  // A copy that ends later makes its cut-over that much later at most.
  void OfCopy(Unit& unit) {
    const bool next_waits = next_copy_start_ - unit.copy_end < kNoGap;
    const Seconds chain_slack = next_waits ? next_copy_ - unit.copy_end : Seconds::max();
    unit.copy_slack = std::max(Seconds{0}, std::min(unit.slack, chain_slack));
    next_copy_ = unit.copy_start + unit.copy_slack;
    next_copy_start_ = unit.copy_start;
    unit.critical = unit.slack == Seconds{0} || unit.copy_slack == Seconds{0};
  }

  const std::vector<UnitNeeds>& needs_;
  std::vector<Unit>& units_;
  std::vector<Seconds> latest_end_;  // of the cut-over, as other units bound it
  Seconds next_cutover_{0};          // latest start, of chain units
  Seconds next_copy_ = Seconds::max();
  Seconds next_copy_start_ = Seconds::max();
};

}  // namespace

Status LayOutTime(const Request& request, const std::vector<UnitNeeds>& needs, Plan& plan) {
  GODWIT_TRY_ASSIGN(const int first_hour, HourOfWeek(request.start));
  GODWIT_TRY_ASSIGN(Link link, Link::Make(request.bandwidth, request.blackouts, first_hour));
  Schedule schedule(request, needs, std::move(link), first_hour, plan);
  GODWIT_TRY(schedule.Forwards());
  schedule.Backwards();
  schedule.SumUpWaves();
  Slack(needs, plan).Find();
  return Ok();
}

}  // namespace godwit::planner
