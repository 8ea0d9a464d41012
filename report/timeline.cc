#include "report/timeline.h"

#include <algorithm>

namespace godwit::report {
namespace {

using planner::Seconds;

// Adds `bytes`, spread evenly over [from, until), to the steps that it touches.
void Spread(LinkTimeline& timeline, Seconds from, Seconds until, double bytes, double LinkStep::*kind) {
  const double step = static_cast<double>(timeline.step.count());
  const double begin = static_cast<double>(from.count()), end = static_cast<double>(until.count());
  if (bytes <= 0 || timeline.steps.empty()) return;
  const auto last = static_cast<int64_t>(timeline.steps.size()) - 1;
  const int64_t first_step = std::clamp<int64_t>(from / timeline.step, 0, last);
  if (end <= begin) {
    timeline.steps[static_cast<size_t>(first_step)].*kind += bytes;
    return;
  }
  for (int64_t i = first_step; i <= last && static_cast<double>(i) * step < end; ++i) {
    const double covered =
        std::min(end, static_cast<double>(i + 1) * step) - std::max(begin, static_cast<double>(i) * step);
    timeline.steps[static_cast<size_t>(i)].*kind += bytes * std::max(0.0, covered) / (end - begin);
  }
}

// Fills the window from its beginning, up to what is left of `capacity` in each step; what does not fit is
// spread.
void Fill(LinkTimeline& timeline, const planner::Unit& unit, double capacity) {
  double left = static_cast<double>(unit.bytes);
  const double step = static_cast<double>(timeline.step.count());
  const double begin = static_cast<double>(unit.copy_start.count()),
               end = static_cast<double>(unit.copy_end.count());
  for (size_t i = static_cast<size_t>(begin / step); i < timeline.steps.size() && left > 0; ++i) {
    const double from = std::max(begin, static_cast<double>(i) * step);
    const double until = std::min(end, static_cast<double>(i + 1) * step);
    if (until <= from) break;
    const double room = capacity * (until - from) / step;
    const double taken = std::clamp(capacity - timeline.steps[i].copied, 0.0, std::min(left, room));
    timeline.steps[i].copied += taken;
    left -= taken;
  }
  Spread(timeline, unit.copy_start, unit.copy_end, left, &LinkStep::copied);
}

}  // namespace

LinkTimeline LinkOf(const planner::Plan& plan) {
  LinkTimeline timeline;
  const int64_t minutes = plan.totals.duration.count() / 60 + 1;
  const int64_t minutes_a_step = (minutes + kLinkStepsMax - 1) / kLinkStepsMax;
  timeline.step = Seconds(60 * minutes_a_step);
  timeline.steps.resize(static_cast<size_t>((minutes + minutes_a_step - 1) / minutes_a_step));
  std::vector<const planner::Unit*> units;
  for (const planner::Unit& unit : plan.units) units.push_back(&unit);
  std::ranges::stable_sort(units, std::less<>(), &planner::Unit::copy_end);
  const double capacity = static_cast<double>(plan.request.bandwidth.bytes_per_second) *
                          static_cast<double>(timeline.step.count());
  for (const planner::Unit* unit : units) Fill(timeline, *unit, capacity);
  for (const planner::Sync& sync : plan.syncs) {
    Spread(timeline, sync.from, sync.until, static_cast<double>(sync.total_bytes), &LinkStep::synced);
  }
  return timeline;
}

}  // namespace godwit::report
