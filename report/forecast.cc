#include "report/forecast.h"

#include <algorithm>

namespace godwit::report {

planner::Plan AsSimulated(const planner::Plan& plan, const Forecast& forecast) {
  planner::Plan shown = plan;
  planner::Seconds end{static_cast<int64_t>(forecast.hours.size()) * 3600};
  for (size_t i = 0; i < std::min(shown.units.size(), forecast.units.size()); ++i) {
    planner::Unit& unit = shown.units[i];
    unit.copy_start = forecast.units[i].copy_begin;
    unit.copy_end = forecast.units[i].copy_end;
    unit.cutover.at = forecast.units[i].cutover;
    unit.cutover.freeze = forecast.units[i].freeze.p50;
    unit.dual_run_start = std::min(unit.dual_run_start, unit.cutover.at);
    unit.dual_run_end = std::min(unit.dual_run_end, unit.cutover.at);
    end = std::max(end, unit.cutover.at + unit.cutover.freeze);
  }
  shown.totals.duration = end;
  return shown;
}

LinkTimeline LinkOf(const Forecast& forecast) {
  const size_t hours_a_step =
      std::max<size_t>(1, (forecast.hours.size() + kLinkStepsMax - 1) / kLinkStepsMax);
  LinkTimeline timeline;
  timeline.step = planner::Seconds(static_cast<int64_t>(hours_a_step) * 3600);
  timeline.steps.resize((forecast.hours.size() + hours_a_step - 1) / hours_a_step);
  for (size_t hour = 0; hour < forecast.hours.size(); ++hour) {
    timeline.steps[hour / hours_a_step].copied += forecast.hours[hour].copied;
    timeline.steps[hour / hours_a_step].synced += forecast.hours[hour].synced;
  }
  return timeline;
}

}  // namespace godwit::report
