#include "cli/plan_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/bytes.h"
#include "base/time.h"
#include "planner/words.h"

namespace godwit::cli {
namespace {

using planner::Plan;

constexpr size_t kLinesMax = 20;  // of a list in text; JSON has all

// What plans are compared by, as text and as a number.
struct Measure {
  const char* name;
  const char* key;
  std::function<double(const Plan&)> number;
  std::string (*text)(double);
};

std::string Percent(double share) { return fmt::format("{:.3f} %", 100 * share); }
std::string Bytes(double bytes) { return FormatBytes(static_cast<int64_t>(bytes)); }
std::string Time(double seconds) {
  return FormatDuration(std::chrono::seconds(static_cast<int64_t>(seconds)));
}
std::string Count(double count) { return fmt::format("{:.0f}", count); }
std::string Hours(double hours) { return fmt::format("{:.1f} h", hours); }

const std::vector<Measure>& Measures() {
  static const std::vector<Measure> kMeasures = {
      {"units", "units", [](const Plan& p) { return static_cast<double>(p.units.size()); }, Count},
      {"waves", "waves", [](const Plan& p) { return static_cast<double>(p.waves.size()); }, Count},
      {"largest unit allowed", "unit_bytes_max",
       [](const Plan& p) { return static_cast<double>(p.unit_bytes_max); }, Bytes},
      {"cross-site share of reads", "crossing", [](const Plan& p) { return p.totals.cost.crossing; },
       Percent},
      {"cross-site reads", "crossing_bytes",
       [](const Plan& p) { return static_cast<double>(p.totals.crossing_bytes); }, Bytes},
      {"carried by syncs", "sync_bytes",
       [](const Plan& p) { return static_cast<double>(p.totals.sync_bytes); }, Bytes},
      {"most open at once, a day", "peak_bytes_per_day",
       [](const Plan& p) { return p.totals.cost.peak_bytes_per_day; }, Bytes},
      {"reads with the reader first", "reader_first_reads",
       [](const Plan& p) { return static_cast<double>(p.totals.cost.reader_first_reads); }, Count},
      {"duration", "duration_s", [](const Plan& p) { return static_cast<double>(p.totals.duration.count()); },
       Time},
      {"frozen, sum over units", "freeze_s",
       [](const Plan& p) { return static_cast<double>(p.totals.freeze.count()); }, Time},
      {"longest freeze", "longest_freeze_s",
       [](const Plan& p) { return static_cast<double>(p.totals.longest_freeze.count()); }, Time},
      {"delayed runs", "delayed_runs",
       [](const Plan& p) { return static_cast<double>(p.totals.delayed_runs); }, Count},
      {"job-hours run twice", "doubled_job_hours", [](const Plan& p) { return p.totals.doubled_job_hours; },
       Hours},
  };
  return kMeasures;
}

// A table with one row a measure; the first column names them.
std::string MeasureTable(const std::vector<std::pair<std::string, const Plan*>>& plans) {
  std::string text = fmt::format("{:28}", "");
  std::vector<size_t> widths;
  for (const auto& [name, plan] : plans) {
    widths.push_back(std::max<size_t>(14, name.size() + 2));
    text += fmt::format("{:>{}}", name, widths.back());
  }
  text += "\n";
  for (const Measure& measure : Measures()) {
    text += fmt::format("{:28}", measure.name);
    for (size_t i = 0; i < plans.size(); ++i) {
      text += fmt::format("{:>{}}", measure.text(measure.number(*plans[i].second)), widths[i]);
    }
    text += "\n";
  }
  return text;
}

Json MeasuresJson(const Plan& plan) {
  Json json = Json::object();
  for (const Measure& measure : Measures()) json[measure.key] = measure.number(plan);
  return json;
}

std::string More(size_t count) {
  return count > kLinesMax ? fmt::format("  … {} more: --format json has all\n", count - kLinesMax) : "";
}

std::string Ratio(double ratio) {
  return ratio >= 2 ? fmt::format("x{:.1f}", ratio) : fmt::format("{:+.1f} %", 100 * (ratio - 1));
}

// How another amount compares with the plan's own.
std::string Compared(double other, double own) { return own > 0 ? Ratio(other / own) : Percent(other); }

std::string AlternativesText(const Plan& plan) {
  if (plan.alternatives.empty()) return "";
  std::string text = fmt::format("not chosen, and what it would change:\n  {:40}{:>12}{:>12}{:>12}\n", "",
                                 "cross-site", "by syncs", "duration");
  for (const planner::Alternative& other : plan.alternatives) {
    text += fmt::format("  {:40}{:>12}{:>12}{:>12}  {}\n", other.name,
                        Compared(other.cost.crossing, plan.totals.cost.crossing),
                        Compared(other.cost.synced, plan.totals.cost.synced), Ratio(other.duration_ratio),
                        other.option);
  }
  return text;
}

std::string CutText(const Plan& plan, const planner::CutEdge& edge) {
  return fmt::format("  {} ({}) -> {} ({}): {} a day, {}, {}..{}, {} in all\n",
                     planner::NameIn(plan, edge.table), plan.units[planner::Index(edge.table_unit)].id,
                     planner::NameIn(plan, edge.job), plan.units[planner::Index(edge.job_unit)].id,
                     FormatBytes(edge.bytes_per_day), planner::WordOf(edge.direction),
                     FormatDuration(edge.open_from), FormatDuration(edge.open_until),
                     FormatBytes(planner::BytesInAll(edge)));
}

Json CutJson(const Plan& plan, const planner::CutEdge& edge) {
  return {{"table", planner::NameIn(plan, edge.table)},
          {"job", planner::NameIn(plan, edge.job)},
          {"table_unit", plan.units[planner::Index(edge.table_unit)].id},
          {"job_unit", plan.units[planner::Index(edge.job_unit)].id},
          {"direction", planner::WordOf(edge.direction)},
          {"bytes_per_day", edge.bytes_per_day},
          {"open_from_s", edge.open_from.count()},
          {"open_until_s", edge.open_until.count()},
          {"bytes_in_all", planner::BytesInAll(edge)}};
}

Json ReasonsJson(const std::vector<planner::Reason>& reasons) {
  Json json = Json::array();
  for (const planner::Reason& reason : reasons)
    json.push_back({{"code", reason.code}, {"text", reason.text}});
  return json;
}

std::string ElsewhereText(const Plan& plan, const planner::Explanation& explanation,
                          const planner::Elsewhere& other) {
  const planner::Unit& unit = plan.units[planner::Index(other.unit)];
  const bool whole_unit = explanation.what.starts_with("unit");
  return fmt::format("  {} {} ({}): {} cross-site traffic{}\n", whole_unit ? "in place of" : "in", unit.id,
                     plan.waves[planner::Index(unit.wave)].id, Ratio(other.ratio),
                     other.obstacle.empty() ? "" : "; " + other.obstacle);
}

Json CutsJson(const std::vector<planner::ChangedCut>& cuts) {
  Json json = Json::array();
  for (const planner::ChangedCut& cut : cuts) {
    json.push_back({{"table", cut.table}, {"job", cut.job}, {"bytes_per_day", cut.bytes_per_day}});
  }
  return json;
}

std::string CutsText(const char* title, const std::vector<planner::ChangedCut>& cuts) {
  if (cuts.empty()) return "";
  std::string text = fmt::format("{} ({}):\n", title, cuts.size());
  for (size_t i = 0; i < std::min(cuts.size(), kLinesMax); ++i) {
    text +=
        fmt::format("  {} -> {}: {} a day\n", cuts[i].table, cuts[i].job, FormatBytes(cuts[i].bytes_per_day));
  }
  return text + More(cuts.size());
}

std::string OrNone(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

std::string SummaryText(const Plan& plan) {
  const planner::Totals& totals = plan.totals;
  std::string text = fmt::format(
      "{} units in {} waves, {} to move, at most {} a unit\n"
      "cross-site reads: {:.3f} % of what is read while it lasts ({}); syncs carry {}\n"
      "cut: {} reads ({:.2f} % of bytes read a day), {} of them with the reader first\n"
      "duration {}, frozen {} in all, {} at the longest, {} scheduled runs delayed\n",
      plan.units.size(), plan.waves.size(), FormatBytes(totals.bytes), FormatBytes(plan.unit_bytes_max),
      100 * totals.cost.crossing, FormatBytes(totals.crossing_bytes), FormatBytes(totals.sync_bytes),
      plan.cut_edges.size(), 100 * totals.cost.cut_share, totals.cost.reader_first_reads,
      FormatDuration(totals.duration), FormatDuration(totals.freeze), FormatDuration(totals.longest_freeze),
      totals.delayed_runs);
  return text + AlternativesText(plan);
}

std::string SideBySideText(const Plan& plan, const std::vector<planner::WhatIf>& others) {
  std::vector<std::pair<std::string, const Plan*>> plans = {{"as asked", &plan}};
  for (const planner::WhatIf& other : others) {
    plans.emplace_back(other.wish.find(',') == std::string::npos ? other.wish : "all of these", &other.plan);
  }
  return MeasureTable(plans);
}

Json SideBySideJson(const Plan& plan, const std::vector<planner::WhatIf>& others) {
  Json list = Json::array();
  for (const planner::WhatIf& other : others)
    list.push_back({{"wish", other.wish}, {"plan", MeasuresJson(other.plan)}});
  return {{"version", 1}, {"as_asked", MeasuresJson(plan)}, {"what_if", list}};
}

std::string ExplanationText(const Plan& plan, const planner::Explanation& explanation) {
  const planner::Unit& unit = plan.units[planner::Index(explanation.unit)];
  std::string text = fmt::format("{} moves in {} ({} tables, {} jobs, {}), wave {}\n", explanation.what,
                                 unit.id, unit.tables.size(), unit.jobs.size(), FormatBytes(unit.bytes),
                                 plan.waves[planner::Index(unit.wave)].id);
  text += "\nwhy with these:\n";
  for (const planner::Reason& reason : explanation.together) text += "  " + reason.text + "\n";
  text += "\nwhy then:\n";
  for (const planner::Reason& reason : explanation.wave) text += "  " + reason.text + "\n";
  text += explanation.cuts.empty() ? "\nnothing around it is cut\n"
                                   : fmt::format("\ncut around it ({} reads):\n", explanation.cuts.size());
  for (size_t i = 0; i < std::min(explanation.cuts.size(), kLinesMax); ++i) {
    text += CutText(plan, plan.cut_edges[explanation.cuts[i]]);
  }
  text += More(explanation.cuts.size());
  if (!explanation.elsewhere.empty()) text += "\nwhat another place would cost:\n";
  for (const planner::Elsewhere& other : explanation.elsewhere)
    text += ElsewhereText(plan, explanation, other);
  return text;
}

Json ExplanationJson(const Plan& plan, const planner::Explanation& explanation) {
  const planner::Unit& unit = plan.units[planner::Index(explanation.unit)];
  Json cuts = Json::array(), elsewhere = Json::array();
  for (uint32_t cut : explanation.cuts) cuts.push_back(CutJson(plan, plan.cut_edges[cut]));
  for (const planner::Elsewhere& other : explanation.elsewhere) {
    elsewhere.push_back({{"unit", plan.units[planner::Index(other.unit)].id},
                         {"cost_ratio", other.ratio},
                         {"obstacle", other.obstacle}});
  }
  return {{"version", 1},
          {"what", explanation.what},
          {"unit", unit.id},
          {"wave", plan.waves[planner::Index(unit.wave)].id},
          {"together", ReasonsJson(explanation.together)},
          {"when", ReasonsJson(explanation.wave)},
          {"cuts", cuts},
          {"elsewhere", elsewhere}};
}

std::string DiffText(const Plan& before, const Plan& after, const planner::PlanDiff& diff) {
  std::string text = MeasureTable({{"before", &before}, {"after", &after}});
  for (const std::string& wish : diff.request) text += "asked otherwise: " + wish + "\n";
  text += fmt::format("{} of {} units hold what they held\n", diff.units_kept, diff.units_after);
  if (!diff.moved.empty()) text += fmt::format("moved to another unit or wave ({}):\n", diff.moved.size());
  for (size_t i = 0; i < std::min(diff.moved.size(), kLinesMax); ++i) {
    const planner::MovedThing& thing = diff.moved[i];
    text += fmt::format("  {}: {} {} -> {} {}\n", thing.name, OrNone(thing.unit_before),
                        OrNone(thing.wave_before), OrNone(thing.unit_after), OrNone(thing.wave_after));
  }
  text += More(diff.moved.size());
  return text + CutsText("reads cut that were not", diff.opened) +
         CutsText("reads not cut any more", diff.closed);
}

Json DiffJson(const Plan& before, const Plan& after, const planner::PlanDiff& diff) {
  Json moved = Json::array();
  for (const planner::MovedThing& thing : diff.moved) {
    moved.push_back({{"name", thing.name},
                     {"unit_before", thing.unit_before},
                     {"unit_after", thing.unit_after},
                     {"wave_before", thing.wave_before},
                     {"wave_after", thing.wave_after}});
  }
  return {{"version", 1},
          {"before", MeasuresJson(before)},
          {"after", MeasuresJson(after)},
          {"request", diff.request},
          {"units_kept", diff.units_kept},
          {"moved", moved},
          {"opened", CutsJson(diff.opened)},
          {"closed", CutsJson(diff.closed)}};
}

}  // namespace godwit::cli
