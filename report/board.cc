#include "report/board.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/counted.h"
#include "base/time.h"

namespace godwit::report {
namespace {

using planner::Index;
using planner::Plan;

constexpr int64_t kDay = 24 * 3600;

void Add(Board& board, Weight weight, std::string what, std::string so_what, std::string answer) {
  board.risks.push_back({weight, std::move(what), std::move(so_what), std::move(answer)});
}

void JudgeFreezes(Board& board) {
  const Plan& plan = *board.plan;
  int over = 0, blind = 0;
  for (const planner::Unit& unit : plan.units) {
    over += unit.cutover.freeze > plan.request.freeze.budget;
    blind += !unit.cutover.schedules_known;
  }
  if (over > 0) {
    Add(board, Weight::kHigh,
        fmt::format("{} of {} {} a longer freeze than the budget of {}", over,
                    Counted(std::ssize(plan.units), "unit", "units"), OneOrMany(over, "needs", "need"),
                    SpanText(plan.request.freeze.budget)),
        "writers are thawed when the budget is spent, and the cut-over begins anew",
        "raise the budget, the bandwidth, or lower the cap of a unit");
  }
  if (plan.totals.delayed_runs > 0) {
    Add(board, Weight::kMiddle,
        Counted(plan.totals.delayed_runs, "scheduled run", "scheduled runs") + " will be delayed",
        "their outputs come later on the day of the switch",
        "tell the owners; see the units with delayed runs");
  }
  if (blind > 0) {
    Add(board, Weight::kMiddle, "the schedules of " + Counted(blind, "unit", "units") + " are not known",
        "a freeze may meet running jobs and has to wait for them",
        "give schedules or run history (`godwit snapshot`), then plan again");
  }
}

void JudgeJobs(Board& board) {
  int exports = 0, unknown = 0, hazards = 0;
  for (const planner::PlannedJob& job : board.plan->jobs) {
    exports += job.type == planner::JobType::kExport;
    unknown += job.type != planner::JobType::kView && job.repeatability == planner::Repeatability::kUnknown;
    hazards += !job.hazards.empty();
  }
  if (exports > 0) {
    Add(board, Weight::kMiddle, Counted(exports, "job takes", "jobs take") + " rows out of the warehouse",
        "run on both sides they would deliver twice",
        "they run on one side only; agree on the moment of the switch with the receivers");
  }
  if (hazards > 0) {
    Add(board, Weight::kLow, Counted(hazards, "job", "jobs") + " may give different rows on each run",
        "a dual run finds differences that are nobody's fault",
        "mend them, or accept each difference by name (`godwit unit waive`)");
  }
  if (unknown > 0) {
    Add(board, Weight::kLow, "nobody knows whether " + Counted(unknown, "job", "jobs") + " may run twice",
        "they are not run on both sides before the switch", "declare them in lineage.yaml");
  }
}

void JudgeReading(Board& board) {
  if (!board.readiness.known) {
    Add(board, Weight::kMiddle, "the plan was made from a graph: no script was read for this report",
        "what the graph does not know is not in the plan", "plan from a scan before anything is executed");
  }
  if (!board.readiness.stale.empty()) {
    Add(board, Weight::kHigh, board.readiness.stale, "`godwit apply` will refuse the plan", "plan again");
  }
  if (!board.readiness.unread.empty()) {
    Add(board, Weight::kHigh,
        Counted(std::ssize(board.readiness.unread), "script or program", "scripts or programs") +
            " could not be read",
        "their reads and writes are unknown: a unit may leave an input behind",
        "mend them or declare their lineage, then plan again");
  }
  const auto errors = std::ranges::count(board.readiness.findings, "error", &Finding::severity);
  if (errors > 0) {
    Add(board, Weight::kHigh,
        Counted(errors, "finding of severity error is open", "findings of severity error are open"),
        "rows may be lost or doubled, or a job fail at the target",
        "mend them before the wave that they are in");
  }
}

void JudgeTraffic(Board& board) {
  const Plan& plan = *board.plan;
  const int64_t link = plan.request.bandwidth.bytes_per_second;
  if (plan.totals.cost.reader_first_reads > 0) {
    Add(board, Weight::kMiddle,
        Counted(plan.totals.cost.reader_first_reads,
                "read is served forward: its reader moves before the table",
                "reads are served forward: their reader moves before its table"),
        "until the table follows, its replica at the target has to keep up",
        "they are synced like all others");
  }
  if (link > 0 && plan.totals.cost.peak_bytes_per_day > 0.5 * static_cast<double>(link) * kDay) {
    Add(board, Weight::kHigh, "reads across sites take more than half of the link at their peak",
        "copies and syncs hinder each other", "raise the bandwidth or the cap");
  }
  int oversize = 0;
  for (const planner::Unit& unit : plan.units) oversize += unit.bytes > plan.unit_bytes_max;
  if (oversize > 0) {
    Add(board, Weight::kLow,
        fmt::format("{} larger than a unit should be ({})", Counted(oversize, "unit is", "units are"),
                    FormatBytes(plan.unit_bytes_max)),
        "their copy takes longer, and so may their final difference",
        "they cannot be cut: tables or cycles of that size");
  }
}

void CountOwners(Board& board) {
  const Plan& plan = *board.plan;
  std::map<std::string, OwnerShare> shares;
  std::map<std::string, std::set<planner::UnitId>> units;
  for (uint32_t i = 0; i < plan.units.size() && plan.named; ++i) {
    for (const planner::TableId id : plan.units[i].tables) {
      const planner::PlannedTable& table = plan.tables[Index(id)];
      ++shares[table.owner].tables;
      shares[table.owner].bytes += table.bytes;
      units[table.owner].insert(planner::UnitId(i));
    }
    for (const planner::JobId id : plan.units[i].jobs) {
      ++shares[plan.jobs[Index(id)].owner].jobs;
      units[plan.jobs[Index(id)].owner].insert(planner::UnitId(i));
    }
  }
  for (const Finding& finding : board.readiness.findings) {
    shares[finding.owner].errors += finding.severity == "error";
    shares[finding.owner].warnings += finding.severity == "warning";
  }
  for (auto& [owner, share] : shares) {
    share.owner = owner;
    share.units.assign(units[owner].begin(), units[owner].end());
    board.owners.push_back(std::move(share));
  }
  std::ranges::stable_sort(board.owners, std::greater<>(), &OwnerShare::tables);
}

}  // namespace

const char* WeightName(Weight weight) {
  switch (weight) {
    case Weight::kHigh: return "high";
    case Weight::kMiddle: return "middle";
    case Weight::kLow: return "low";
  }
  return "";
}

Board MakeBoard(const planner::Plan& plan, Origin origin, Readiness readiness) {
  Board board;
  board.plan = &plan;
  board.origin = std::move(origin);
  board.readiness = std::move(readiness);
  JudgeReading(board);
  JudgeFreezes(board);
  JudgeTraffic(board);
  JudgeJobs(board);
  std::ranges::stable_sort(board.risks, std::less<>(), &Risk::weight);
  CountOwners(board);
  return board;
}

std::string MomentText(const planner::Plan& plan, planner::Seconds at) {
  if (!plan.request.start.empty()) {
    if (const Result<Timestamp> start = ParseTimestamp(plan.request.start); start.ok()) {
      std::string text = FormatTimestamp(*start + at);
      text[10] = ' ';
      return text.substr(0, 16);
    }
  }
  const int64_t seconds = at.count();
  return fmt::format("day {}, {:02}:{:02}", seconds / kDay + 1, seconds % kDay / 3600, seconds % 3600 / 60);
}

std::string TableText(const planner::Plan& plan, planner::TableId table) {
  return plan.named ? plan.tables[Index(table)].name : fmt::format("table {}", Index(table));
}

std::string JobText(const planner::Plan& plan, planner::JobId job) {
  return plan.named ? plan.jobs[Index(job)].name : fmt::format("job {}", Index(job));
}

std::string SpanText(planner::Seconds span) {
  return FormatDuration(std::chrono::duration_cast<Duration>(span));
}

std::string TimesText(const Board& board) {
  if (!board.forecast) {
    return "The plan's own model: nothing was simulated. `godwit plan simulate -o simulation.json`, then "
           "`godwit report --simulation simulation.json` shows what the executor makes of the plan.";
  }
  const Forecast& forecast = *board.forecast;
  const auto span = [](planner::Seconds seconds) {  // what is shorter than a second is not nothing
    return seconds.count() == 0 ? "under 1s" : SpanText(seconds);
  };
  const auto spread = [&](const Quantiles& quantiles) {
    return fmt::format("{} (p95 {})", span(quantiles.p50), span(quantiles.p95));
  };
  std::string text = fmt::format(
      "Simulated: the executor itself carried the plan out between two sites in memory, {} with run times "
      "and rates that vary (seeds {} to {}); all units arrived in {} of them. Duration {}, frozen {} in all, "
      "{} at the longest, {} over the link.",
      Counted(forecast.runs, "run", "runs"), forecast.seed,
      forecast.seed + static_cast<uint64_t>(forecast.runs) - 1, forecast.finished, spread(forecast.duration),
      spread(forecast.freeze), spread(forecast.longest_freeze), FormatBytes(forecast.copied_bytes));
  return text + " The picture shows the first run.";
}

}  // namespace godwit::report
