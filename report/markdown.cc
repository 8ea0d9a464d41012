#include "report/markdown.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "report/html.h"
#include "report/runbook.h"

namespace godwit::report {
namespace {

using planner::Index;
using planner::Plan;

// Text inside a table's cell.
std::string Cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    if (c == '<') {
      cell += "&lt;";
    } else {
      cell += c == '\n' ? ' ' : c;
    }
  }
  return cell;
}

std::string Summary(const Plan& plan) {
  const planner::Totals& totals = plan.totals;
  return fmt::format(
      "| | |\n|---|---|\n| units, waves | {} in {} |\n| to move | {} |\n| from first copy to last cut-over | "
      "{} |\n"
      "| longest time that a unit's writers stand still | {} |\n| required downtime, sum over all units | {} "
      "|\n"
      "| scheduled runs that are delayed | {} |\n| cross-site traffic by syncs | {} |\n| cut reads at their "
      "peak | {}/day |\n"
      "| cut reads | {}, {:.2f} % of the bytes read a day |\n\n",
      plan.units.size(), plan.waves.size(), FormatBytes(totals.bytes), SpanText(totals.duration),
      SpanText(totals.longest_freeze), SpanText(totals.freeze), totals.delayed_runs,
      FormatBytes(totals.sync_bytes), FormatBytes(static_cast<int64_t>(totals.cost.peak_bytes_per_day)),
      plan.cut_edges.size(), 100 * totals.cost.cut_share);
}

std::string Units(const Plan& plan) {
  std::string text =
      "| unit | wave | tables | jobs | bytes | cut-over | frozen | delayed runs "
      "|\n|---|---|--:|--:|--:|---|--:|--:|\n";
  for (size_t i = 0; i < std::min(plan.units.size(), kRowsShown); ++i) {
    const planner::Unit& unit = plan.units[i];
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", unit.id,
                        plan.waves[Index(unit.wave)].id, unit.tables.size(), unit.jobs.size(),
                        FormatBytes(unit.bytes), MomentText(plan, unit.cutover.at),
                        SpanText(unit.cutover.freeze), unit.cutover.delayed_runs);
  }
  if (plan.units.size() > kRowsShown)
    text += fmt::format("\nThe first {} of {}; all are in units.csv.\n", kRowsShown, plan.units.size());
  return text + "\n";
}

std::string Findings(const Readiness& readiness) {
  if (!readiness.known) return "Not known: the plan was made from a graph, no script was read.\n\n";
  std::string text = "| severity | code | where | finding | owner |\n|---|---|---|---|---|\n";
  for (size_t i = 0; i < std::min(readiness.findings.size(), kRowsShown); ++i) {
    const Finding& each = readiness.findings[i];
    text += fmt::format("| {} | {} | {} | {} | {} |\n", each.severity, each.code, Cell(each.place),
                        Cell(each.detail), each.owner.empty() ? "nobody" : Cell(each.owner));
  }
  text += readiness.unread.empty() ? "\nEverything was read.\n" : "\nNot read:\n\n";
  for (const std::string& each : readiness.unread) text += "- " + each + "\n";
  return text + "\n";
}

}  // namespace

std::string MarkdownPage(const Board& board) {
  const Plan& plan = *board.plan;
  std::string text = fmt::format(
      "Dry run: nothing was executed.\n\n# Migration plan\n\n`{}`, SHA-256 `{}`, godwit {}\n\n{}## "
      "Summary\n\n",
      board.origin.plan_path, board.origin.plan_hash, board.origin.godwit_version,
      board.origin.log_head.empty() ? "" : "Head of the journal: `" + board.origin.log_head + "`\n\n");
  text += Summary(plan);
  for (const std::string& warning : plan.warnings) text += "- " + warning + "\n";
  text += "\n## Risks\n\n| weight | what | what it may cost | answer |\n|---|---|---|---|\n";
  for (const Risk& risk : board.risks) {
    text += fmt::format("| {} | {} | {} | {} |\n", WeightName(risk.weight), Cell(risk.what),
                        Cell(risk.so_what), Cell(risk.answer));
  }
  text += "\n## Timeline\n\n" + TimesText(board) + "\n";
  text += "\n## Units\n\n" + Units(plan);
  text += "## Readiness\n\n" + Findings(board.readiness);
  text += "## Roll-back triggers\n\n| sign | what godwit does | what people do |\n|---|---|---|\n";
  for (const Trigger& each : RollBackTriggers())
    text += fmt::format("| {} | {} | {} |\n", each.sign, each.godwit, each.people);
  text += "\n## Owners\n\n| owner | tables | jobs | units | errors | warnings |\n|---|--:|--:|--:|--:|--:|\n";
  for (const OwnerShare& share : board.owners) {
    text +=
        fmt::format("| {} | {} | {} | {} | {} | {} |\n", share.owner.empty() ? "nobody" : Cell(share.owner),
                    share.tables, share.jobs, share.units.size(), share.errors, share.warnings);
  }
  text += "\n## Alternatives\n\n| instead | asked for by | cross-site reads |\n|---|---|--:|\n";
  for (const planner::Alternative& other : plan.alternatives) {
    text +=
        fmt::format("| {} | `{}` | {:.2f} % |\n", Cell(other.name), other.option, 100 * other.cost.crossing);
  }
  text += fmt::format(
      "\n## Sign-off\n\n| role | name | decision | date |\n|---|---|---|---|\n| data platform | | | |\n| "
      "workflow owners | | | |\n"
      "| network | | | |\n| security | | | |\n| on-call | | | |\n\n    godwit approve {}\n",
      board.origin.plan_path);
  return text;
}

}  // namespace godwit::report
