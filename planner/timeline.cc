#include "planner/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "planner/freeze_window.h"
#include "planner/link.h"
#include "planner/week.h"

namespace godwit::planner {
namespace {

// Which wave a unit joins: the current one while its limits hold.
class WaveBuilder {
 public:
  WaveBuilder(const WaveRules& rules, int64_t total_bytes, std::vector<Wave>& waves)
      : rules_(rules), bytes_max_(rules.bytes_max.Of(total_bytes)), waves_(waves) {}

  // Opens a wave if `unit` does not fit the current one. Returns whether it did.
  bool Admit(const Unit& unit, Seconds freeze) {
    if (!waves_.empty() && Fits(unit, freeze)) return false;
    if (!waves_.empty()) largest_ = std::max(largest_, waves_.back().bytes);
    waves_.push_back({});
    waves_.back().id = fmt::format("w{:03}", waves_.size());
    return true;
  }

 private:
  bool Fits(const Unit& unit, Seconds freeze) const {
    const Wave& wave = waves_.back();
    if (rules_.pilot && waves_.size() == 1) return false;  // the pilot stays alone
    if (wave.units.size() >= static_cast<size_t>(rules_.units_max)) return false;
    if (wave.freeze + freeze > rules_.freeze_max) return false;
    const int64_t doubled = largest_ > 0 && rules_.pilot ? 2 * largest_ : bytes_max_;
    return wave.bytes + unit.bytes <= std::min(bytes_max_, doubled);
  }

  const WaveRules& rules_;
  const int64_t bytes_max_;
  int64_t largest_ = 0;  // bytes of the largest wave so far
  std::vector<Wave>& waves_;
};

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
      fmt::format("the target has room for {} bytes at most, {:.0f} are needed: raise capacity, lower "
                  "replication, or exclude tables",
                  most, bytes));
}

class Schedule {
 public:
  Schedule(const Workload& workload, const Request& request, Link link, int first_hour_of_week, Plan& plan)
      : request_(request),
        plan_(plan),
        link_(std::move(link)),
        first_hour_of_week_(first_hour_of_week),
        patterns_(workload),
        slots_(request.pools),
        waves_(request.waves, plan.totals.bytes, plan.waves) {}

  Status Add(UnitId id, const UnitNeeds& needs) {
    Unit& unit = plan_.units[Index(id)];
    const UnitRuns runs = patterns_.Of(unit.jobs);
    if (waves_.Admit(unit, ExpectedFreeze(runs)))
      gate_ = plan_.waves.size() > 1 ? last_cutover_ + request_.waves.gap : Seconds{0};
    GODWIT_TRY(PlanCopy(needs, unit));
    PlanCutover(runs, needs, unit);
    JoinWave(id, unit);
    return Ok();
  }

 private:
  Seconds ExpectedFreeze(const UnitRuns& runs) const {
    return request_.freeze.fixed + (runs.all_known ? Seconds{0} : runs.longest_unknown);
  }

  Status PlanCopy(const UnitNeeds& needs, Unit& unit) {
    booked_bytes_ += static_cast<double>(unit.bytes) * request_.replication;
    GODWIT_TRY_ASSIGN(const Seconds room, RoomFrom(request_.capacity, booked_bytes_));
    // Without gaps between waves only the link keeps a copy waiting, not the cut-overs before it.
    const Seconds gate = request_.waves.gap > Seconds{0} ? gate_ : Seconds{0};
    const Seconds earliest = std::max({gate, room, slots_.Earliest(needs.pools)});
    GODWIT_TRY_ASSIGN(
        const Link::Copy copy,
        link_.Book(earliest, unit.bytes, request_.copy_bytes_per_second_max, needs.forward_bytes_per_second));
    unit.copy_start = copy.begin;
    unit.copy_end = copy.end;
    slots_.Take(needs.pools, copy.end);
    return Ok();
  }

  // Units cut over in order, one after another: nobody watches two switches at once.
  void PlanCutover(const UnitRuns& runs, const UnitNeeds& needs, Unit& unit) {
    Seconds earliest = std::max(unit.copy_end + request_.freeze.round, last_cutover_);
    for (UnitId before : needs.after) {
      const Cutover& cutover = plan_.units[Index(before)].cutover;
      earliest = std::max(earliest, cutover.at + cutover.freeze);
    }
    const FreezeLoad load{unit.changed_bytes_per_day, request_.bandwidth.bytes_per_second};
    unit.cutover =
        ChooseCutover(runs, load, earliest, request_.freeze, request_.blackouts, first_hour_of_week_);
    unit.after = needs.after;
    last_cutover_ = unit.cutover.at + unit.cutover.freeze;
  }

  void JoinWave(UnitId id, Unit& unit) {
    Wave& wave = plan_.waves.back();
    unit.wave = WaveId{static_cast<uint32_t>(plan_.waves.size() - 1)};
    if (wave.units.empty()) wave.start = unit.copy_start;
    wave.units.push_back(id);
    wave.bytes += unit.bytes;
    wave.freeze += unit.cutover.freeze;
    wave.end = unit.cutover.at + unit.cutover.freeze;
  }

  const Request& request_;
  Plan& plan_;
  Link link_;
  const int first_hour_of_week_;
  const RunPatterns patterns_;
  PoolSlots slots_;
  WaveBuilder waves_;
  Seconds gate_{0};
  Seconds last_cutover_{0};
  double booked_bytes_ = 0;
};

}  // namespace

Status LayOutTime(const Workload& workload, const Request& request, const std::vector<UnitNeeds>& needs,
                  Plan& plan) {
  GODWIT_TRY_ASSIGN(const int first_hour, HourOfWeek(request.start));
  GODWIT_TRY_ASSIGN(Link link, Link::Make(request.bandwidth, request.blackouts, first_hour));
  Schedule schedule(workload, request, std::move(link), first_hour, plan);
  for (uint32_t i = 0; i < plan.units.size(); ++i) {
    Status added = schedule.Add(UnitId{i}, needs[i]);
    if (!added.ok()) return Within(plan.units[i].id, added.error());
  }
  return Ok();
}

}  // namespace godwit::planner
