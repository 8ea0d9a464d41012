#include "report/timeline_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "report/board.h"
#include "report/html_text.h"
#include "report/timeline.h"

namespace godwit::report {
namespace {

using planner::Index;
using planner::Plan;
using planner::Seconds;

constexpr double kWidth = 1000, kLeft = 90, kRight = 12, kTop = 26, kRow = 13, kGap = 34, kLinkHeight = 90;
constexpr int64_t kDay = 24 * 3600;

// One row of the picture.
struct Lane {
  std::string name;
  std::string about;  // shown where the pointer rests
  int wave = 0;
  Seconds copy_start{0}, copy_end{0};
  Seconds both_start{0}, both_end{0};
  std::vector<Seconds> cutovers;
};

Lane UnitLane(const Plan& plan, const planner::Unit& unit) {
  Lane lane{unit.id,
            "",
            static_cast<int>(Index(unit.wave)),
            unit.copy_start,
            unit.copy_end,
            unit.dual_run_start,
            unit.dual_run_end,
            {unit.cutover.at}};
  lane.about =
      fmt::format("{}: {} tables, {}, cut-over {}, frozen {}", unit.id, unit.tables.size(),
                  FormatBytes(unit.bytes), MomentText(plan, unit.cutover.at), SpanText(unit.cutover.freeze));
  return lane;
}

Lane WaveLane(const Plan& plan, size_t wave) {
  Lane lane{plan.waves[wave].id, "", static_cast<int>(wave), plan.waves[wave].end, Seconds(0), Seconds(0),
            Seconds(0),          {}};
  for (const planner::UnitId id : plan.waves[wave].units) {
    const planner::Unit& unit = plan.units[Index(id)];
    lane.copy_start = std::min(lane.copy_start, unit.copy_start);
    lane.copy_end = std::max(lane.copy_end, unit.copy_end);
    lane.cutovers.push_back(unit.cutover.at);
  }
  lane.about = fmt::format("{}: {} units, {}", lane.name, plan.waves[wave].units.size(),
                           FormatBytes(plan.waves[wave].bytes));
  return lane;
}

std::vector<Lane> LanesOf(const Plan& plan) {
  std::vector<Lane> lanes;
  if (plan.units.size() <= kUnitsDrawnMax) {
    for (const planner::Unit& unit : plan.units) lanes.push_back(UnitLane(plan, unit));
    std::ranges::stable_sort(lanes, std::less<>(), &Lane::wave);
  } else {
    for (size_t i = 0; i < plan.waves.size(); ++i) lanes.push_back(WaveLane(plan, i));
  }
  return lanes;
}

class Picture {
 public:
  Picture(const Plan& plan, const LinkTimeline& link)
      : plan_(plan),
        link_(link),
        lanes_(LanesOf(plan)),
        span_(std::max<double>(1, static_cast<double>(plan.totals.duration.count()))) {
    link_top_ = kTop + kRow * static_cast<double>(lanes_.size()) + kGap;
    height_ = link_top_ + kLinkHeight + 24;
  }

  std::string Draw() {
    svg_ = fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=img aria-label=\"timeline\">\n", kWidth,
                       height_);
    DrawDays();
    for (size_t i = 0; i < lanes_.size(); ++i) DrawLane(lanes_[i], kTop + kRow * static_cast<double>(i));
    DrawLink();
    return svg_ + "</svg>\n";
  }

 private:
  double X(Seconds at) const {
    return kLeft + (kWidth - kLeft - kRight) * std::clamp(static_cast<double>(at.count()) / span_, 0.0, 1.0);
  }

  void Bar(const char* style, Seconds from, Seconds until, double top, double height) {
    if (until <= from) return;
    svg_ += fmt::format("<rect class={} x={:.1f} y={:.1f} width={:.1f} height={:.1f} />", style, X(from), top,
                        std::max(1.0, X(until) - X(from)), height);
  }

  void DrawDays() {
    const int64_t days = plan_.totals.duration.count() / kDay + 1;
    int64_t every = 1;
    for (const int64_t step : {1, 2, 7, 14, 28, 91, 182, 364}) {
      every = step;
      if (days / step <= 16) break;
    }
    for (int64_t day = 0; day < days; day += every) {
      const double x = X(Seconds(day * kDay));
      std::string label = MomentText(plan_, Seconds(day * kDay));
      label = plan_.request.start.empty() ? label.substr(0, label.find(',')) : label.substr(5, 5);
      svg_ += fmt::format(
          "<line class=day x1={0:.1f} x2={0:.1f} y1={1:.0f} y2={2:.0f} /><text class=day x={0:.1f} "
          "y=14>{3}</text>\n",
          x, kTop - 6, link_top_ + kLinkHeight, Escape(label));
    }
  }

  void DrawLane(const Lane& lane, double top) {
    svg_ += fmt::format("<g class=w{}><title>{}</title><text class=name x={:.0f} y={:.1f}>{}</text>",
                        lane.wave % 2, Escape(lane.about), kLeft - 8, top + kRow - 3, Escape(lane.name));
    Bar("copy", lane.copy_start, lane.copy_end, top + 2, kRow - 4);
    Bar("both", lane.both_start, lane.both_end, top + 4, kRow - 8);
    for (const Seconds at : lane.cutovers) {
      svg_ += fmt::format("<line class=cut x1={0:.1f} x2={0:.1f} y1={1:.1f} y2={2:.1f} />", X(at), top,
                          top + kRow - 1);
    }
    svg_ += "</g>\n";
  }

  // Two areas on top of each other: copies, then syncs.
  void DrawLink() {
    double most = 1;
    for (const LinkStep& step : link_.steps) most = std::max(most, step.copied + step.synced);
    const double base = link_top_ + kLinkHeight;
    const auto area = [&](const char* style, const auto& height) {
      svg_ += fmt::format("<path class={} d=\"M{:.1f} {:.1f}", style, X(Seconds(0)), base);
      for (size_t i = 0; i < link_.steps.size(); ++i) {
        const double y = base - kLinkHeight * height(link_.steps[i]) / most;
        const auto step = static_cast<int64_t>(i);
        svg_ += fmt::format(" L{:.1f} {:.1f} L{:.1f} {:.1f}", X(link_.step * step), y,
                            X(link_.step * (step + 1)), y);
      }
      svg_ += fmt::format(" L{:.1f} {:.1f} Z\" />\n", X(plan_.totals.duration), base);
    };
    area("linkall", [](const LinkStep& step) { return step.copied + step.synced; });
    area("linksync", [](const LinkStep& step) { return step.synced; });
    const double hours = static_cast<double>(link_.step.count()) / 3600;
    svg_ += fmt::format(
        "<text class=name x={:.0f} y={:.1f}>link</text><text class=name x={:.0f} y={:.1f}>{}/h</text>",
        kLeft - 8, base, kLeft - 8, link_top_ + 10, FormatBytes(static_cast<int64_t>(most / hours)));
    svg_ += fmt::format("<line class=axis x1={:.0f} x2={:.0f} y1={:.1f} y2={:.1f} />\n", kLeft,
                        kWidth - kRight, base, base);
  }

  const Plan& plan_;
  const LinkTimeline& link_;
  std::vector<Lane> lanes_;
  double span_, link_top_ = 0, height_ = 0;
  std::string svg_;
};

}  // namespace

std::string TimelineSvg(const Plan& plan, const LinkTimeline& link) { return Picture(plan, link).Draw(); }

}  // namespace godwit::report
