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

}  // namespace

LinkTimeline LinkOf(const planner::Plan& plan) {
  LinkTimeline timeline;
  const int64_t hours = plan.totals.duration.count() / 3600 + 1;
  const int64_t hours_a_step = (hours + kLinkStepsMax - 1) / kLinkStepsMax;
  timeline.step = Seconds(3600 * hours_a_step);
  timeline.steps.resize(static_cast<size_t>((hours + hours_a_step - 1) / hours_a_step));
  for (const planner::Unit& unit : plan.units) {
    Spread(timeline, unit.copy_start, unit.copy_end, static_cast<double>(unit.bytes), &LinkStep::copied);
  }
  for (const planner::Sync& sync : plan.syncs) {
    Spread(timeline, sync.from, sync.until, static_cast<double>(sync.total_bytes), &LinkStep::synced);
  }
  return timeline;
}

}  // namespace godwit::report
