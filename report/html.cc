#include "report/html.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/bytes.h"
#include "planner/words.h"
#include "report/html_text.h"
#include "report/runbook.h"
#include "report/timeline_svg.h"

namespace godwit::report {
namespace {

using planner::Index;
using planner::Plan;

constexpr char kStyle[] = R"(
:root{--ink:#1c2430;--soft:#5b6675;--line:#dde2e8;--paper:#fff;--tint:#f5f7f9;--blue:#2f6db5;--pale:#a9c6e8;--green:#3f8f5f;--red:#b3352c;--amber:#b87a14}
*{box-sizing:border-box}body{margin:0;color:var(--ink);background:var(--paper);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 24px 80px}h1{font-size:26px;line-height:1.2;margin:18px 0 4px}h2{font-size:19px;margin:44px 0 8px;padding-top:12px;border-top:2px solid var(--ink)}
p.lead{color:var(--soft);margin:0 0 14px;max-width:75ch}.dry{background:var(--ink);color:#fff;padding:9px 14px;border-radius:5px;font-weight:600}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:10px;margin:18px 0}.fact{background:var(--tint);border-radius:6px;padding:10px 13px}
.fact b{display:block;font-size:22px;line-height:1.25;font-weight:650}.fact span{color:var(--soft);font-size:13px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px;margin:6px 0}th{text-align:left;font-weight:600;border-bottom:1.5px solid var(--ink);padding:4px 9px 4px 0;white-space:nowrap}
td{border-bottom:1px solid var(--line);padding:4px 9px 4px 0;vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
code,pre{font:13px/1.45 ui-monospace,Menlo,Consolas,monospace}code{background:var(--tint);padding:1px 4px;border-radius:3px}pre{background:var(--tint);padding:12px;border-radius:6px;overflow-x:auto}
.tag{display:inline-block;border-radius:3px;padding:0 6px;font-size:12px;font-weight:600;color:#fff}.tag.high,.tag.error{background:var(--red)}.tag.middle,.tag.warning{background:var(--amber)}.tag.low,.tag.note{background:var(--soft)}
details{margin:4px 0}summary{cursor:pointer}details>div{padding:2px 0 8px 18px}.more{color:var(--soft);font-size:13px}nav{font-size:13.5px;color:var(--soft);margin:6px 0}nav a{color:var(--blue);text-decoration:none;margin-right:14px}
svg{width:100%;height:auto;display:block;margin:8px 0}svg text{font:10px system-ui,sans-serif;fill:var(--soft)}svg text.name{text-anchor:end}svg line.day{stroke:var(--line)}svg line.axis{stroke:var(--ink)}
svg rect.copy{fill:var(--pale)}svg .w1 rect.copy{fill:#c3d6ec}svg rect.both{fill:var(--green)}svg line.cut{stroke:var(--red);stroke-width:2.2}svg path.linkall{fill:var(--pale)}svg path.linksync{fill:var(--blue)}
.key i{display:inline-block;width:14px;height:10px;margin:0 5px 0 14px;border-radius:2px}.sign td{height:44px}
@media print{h2{break-after:avoid}tr,.fact{break-inside:avoid}main{padding:0}}
)";

std::string Percent(double share) { return fmt::format("{:.2f} %", 100 * share); }
std::string Tag(const std::string& word) { return fmt::format("<span class=\"tag {0}\">{0}</span>", word); }
std::string Fact(const std::string& value, const std::string& name) {
  return fmt::format("<div class=fact><b>{}</b><span>{}</span></div>\n", Escape(value), Escape(name));
}
std::string Section(const char* id, const char* title, const std::string& lead, const std::string& body) {
  return fmt::format("<h2 id={}>{}</h2>\n<p class=lead>{}</p>\n{}", id, title, lead, body);
}
std::string More(size_t all, const char* file) {
  return all <= kRowsShown
             ? ""
             : fmt::format("<p class=more>The first {} of {}; all of them are in <code>{}</code>.</p>\n",
                           kRowsShown, all, file);
}

std::string Summary(const Board& board) {
  const Plan& plan = *board.plan;
  const planner::Totals& totals = plan.totals;
  const auto heavy = std::ranges::count(board.risks, Weight::kHigh, &Risk::weight);
  std::string text = "<div class=facts>\n";
  text += Fact(fmt::format("{} in {}", plan.units.size(), plan.waves.size()), "units, waves");
  text += Fact(FormatBytes(totals.bytes), "to move");
  text += Fact(SpanText(totals.duration), "from first copy to last cut-over");
  text += Fact(SpanText(totals.longest_freeze), "longest time that a unit's writers stand still");
  text += Fact(SpanText(totals.freeze), "required downtime, sum over all units");
  text += Fact(std::to_string(totals.delayed_runs), "scheduled runs that are delayed");
  text += Fact(FormatBytes(totals.sync_bytes), "cross-site traffic by syncs, over the whole move");
  text += Fact(FormatBytes(static_cast<int64_t>(totals.cost.peak_bytes_per_day)) + "/day",
               "cut reads at their peak");
  text += Fact(std::to_string(heavy), "risks of high weight");
  text += "</div>\n";
  text += fmt::format(
      "<p>{} reads are cut while the move lasts ({} of the bytes read a day); {} of them have the reader at "
      "the target before its "
      "table. Served one by one they would carry {}; one sync a table serves all of its readers and carries "
      "{}.</p>\n",
      plan.cut_edges.size(), Percent(totals.cost.cut_share), totals.cost.reader_first_reads,
      FormatBytes(totals.crossing_bytes), FormatBytes(totals.sync_bytes));
  if (totals.doubled_job_hours > 0) {
    text += fmt::format("<p>Dual runs cost {:.1f} job-hours that run on both sides.</p>\n",
                        totals.doubled_job_hours);
  }
  for (const std::string& warning : plan.warnings) text += fmt::format("<p>⚠ {}</p>\n", Escape(warning));
  return text;
}

std::string Risks(const Board& board) {
  HtmlTable table({"weight", "what", "what it may cost", "answer"});
  for (const Risk& risk : board.risks) {
    table.Row({Tag(WeightName(risk.weight)), Escape(risk.what), Escape(risk.so_what), Escape(risk.answer)});
  }
  const std::string rows = table.Take();
  return rows.empty() ? "<p>None that godwit knows of.</p>\n" : rows;
}

std::string Timeline(const Board& board) {
  const Plan& plan = *board.plan;
  const std::string picture = board.forecast
                                  ? TimelineSvg(AsSimulated(plan, *board.forecast), LinkOf(*board.forecast))
                                  : TimelineSvg(plan, LinkOf(plan));
  return fmt::format("<p>{}</p>\n", Escape(TimesText(board))) + picture +
         "<p class=\"more key\"><i style=\"background:#a9c6e8\"></i>bulk copy<i "
         "style=\"background:#3f8f5f\"></i>both sides run"
         "<i style=\"background:#b3352c;width:3px\"></i>cut-over<i style=\"background:#2f6db5\"></i>syncs on "
         "the link</p>\n";
}

std::string Waves(const Plan& plan) {
  HtmlTable table({"wave", "#units", "#bytes", "first copy", "last cut-over", "#frozen in all"});
  for (const planner::Wave& wave : plan.waves) {
    table.Row({wave.id, std::to_string(wave.units.size()), FormatBytes(wave.bytes),
               MomentText(plan, wave.start), MomentText(plan, wave.end), SpanText(wave.freeze)});
  }
  return table.Take();
}

std::string UnitDetails(const Plan& plan, const planner::Unit& unit) {
  std::vector<std::string> tables, jobs;
  for (const planner::TableId id : unit.tables) tables.push_back(Escape(TableText(plan, id)));
  for (const planner::JobId id : unit.jobs) {
    const bool both = plan.named && plan.jobs[Index(id)].dual_run_mode == planner::RunMode::kBoth;
    jobs.push_back(Escape(JobText(plan, id)) + (both ? " <b>(both sides)</b>" : ""));
  }
  if (tables.size() > kRowsShown) tables.resize(kRowsShown), tables.push_back("…");
  if (jobs.size() > kRowsShown) jobs.resize(kRowsShown), jobs.push_back("…");
  std::string text = fmt::format("<details><summary>{} tables, {} jobs</summary><div>", unit.tables.size(),
                                 unit.jobs.size());
  text += fmt::format("<p><b>Tables</b> {}</p><p><b>Jobs</b> {}</p>", fmt::join(tables, ", "),
                      jobs.empty() ? "none" : fmt::format("{}", fmt::join(jobs, ", ")));
  for (const planner::Reason& reason : unit.reasons) {
    text += fmt::format("<p><code>{}</code> {}</p>", Escape(reason.code), Escape(reason.text));
  }
  return text + "</div></details>";
}

std::string Units(const Plan& plan) {
  HtmlTable table({"unit", "wave", "strategy", "what", "#bytes", "copy begins", "cut-over", "#frozen",
                   "#delayed runs", "#slack"});
  for (size_t i = 0; i < std::min(plan.units.size(), kRowsShown); ++i) {
    const planner::Unit& unit = plan.units[i];
    table.Row({unit.id, plan.waves[Index(unit.wave)].id, std::string(planner::WordOf(unit.strategy)),
               UnitDetails(plan, unit), FormatBytes(unit.bytes), MomentText(plan, unit.copy_start),
               MomentText(plan, unit.cutover.at), SpanText(unit.cutover.freeze),
               unit.cutover.schedules_known ? std::to_string(unit.cutover.delayed_runs) : "not known",
               unit.critical ? "<b>none</b>" : SpanText(unit.slack)});
  }
  return table.Take() + More(plan.units.size(), "units.csv");
}

template <typename Thing>
std::vector<const Thing*> Heaviest(const std::vector<Thing>& things, auto weight) {
  std::vector<const Thing*> order;
  for (const Thing& thing : things) order.push_back(&thing);
  std::ranges::stable_sort(order, std::greater<>(), [&](const Thing* thing) { return weight(*thing); });
  if (order.size() > kRowsShown) order.resize(kRowsShown);
  return order;
}

std::string CutEdges(const Plan& plan) {
  HtmlTable table({"table", "in", "read by", "in", "direction", "#bytes a day", "open from", "until"});
  for (const planner::CutEdge* edge :
       Heaviest(plan.cut_edges, [](const auto& each) { return each.bytes_per_day; })) {
    table.Row({Escape(TableText(plan, edge->table)), plan.units[Index(edge->table_unit)].id,
               Escape(JobText(plan, edge->job)), plan.units[Index(edge->job_unit)].id,
               std::string(planner::WordOf(edge->direction)), FormatBytes(edge->bytes_per_day),
               MomentText(plan, edge->open_from), MomentText(plan, edge->open_until)});
  }
  const std::string rows = table.Take();
  return rows.empty() ? "<p>Nothing is cut.</p>\n" : rows + More(plan.cut_edges.size(), "cut_edges.csv");
}

std::string Syncs(const Plan& plan) {
  HtmlTable table({"table", "direction", "from", "until", "#bytes a day", "#bytes in all", "#readers"});
  for (const planner::Sync* sync : Heaviest(plan.syncs, [](const auto& each) { return each.total_bytes; })) {
    table.Row({Escape(TableText(plan, sync->table)), std::string(planner::WordOf(sync->direction)),
               MomentText(plan, sync->from), MomentText(plan, sync->until), FormatBytes(sync->bytes_per_day),
               FormatBytes(sync->total_bytes), std::to_string(sync->readers)});
  }
  return table.Take();
}

// Units that hold together what nobody can cut.
std::string Cycles(const Plan& plan) {
  HtmlTable table({"unit", "why it is whole", ""});
  for (const planner::Unit& unit : plan.units) {
    for (const planner::Reason& reason : unit.reasons) {
      if (reason.code != "cycle" && reason.code != "shared-writer" && reason.code != "oversize" &&
          reason.code != "tie" && reason.code != "unknown-upstream")
        continue;
      table.Row({unit.id, "<code>" + Escape(reason.code) + "</code>", Escape(reason.text)});
    }
  }
  const std::string rows = table.Take();
  return rows.empty() ? "<p>None.</p>\n" : rows;
}

std::string Findings(const Readiness& readiness) {
  if (!readiness.known) return "<p>Not known: the plan was made from a graph, no script was read.</p>\n";
  std::string text;
  if (!readiness.stale.empty()) text += fmt::format("<p><b>{}</b></p>\n", Escape(readiness.stale));
  HtmlTable table({"severity", "code", "where", "finding", "owner", "remedy"});
  for (size_t i = 0; i < std::min(readiness.findings.size(), kRowsShown); ++i) {
    const Finding& each = readiness.findings[i];
    table.Row({Tag(each.severity), Escape(each.code), Escape(each.place),
               Escape(each.title + ": " + each.detail), each.owner.empty() ? "nobody" : Escape(each.owner),
               Escape(each.remedy)});
  }
  const std::string rows = table.Take();
  return text + (rows.empty() ? "<p>No findings.</p>\n"
                              : rows + More(readiness.findings.size(), "godwit lint --format json"));
}

std::string Unread(const Readiness& readiness) {
  if (!readiness.known) return "<p>Not known.</p>\n";
  if (readiness.unread.empty()) return "<p>Everything was read.</p>\n";
  std::string text = "<ul>\n";
  for (const std::string& each : readiness.unread) text += "<li>" + Escape(each) + "</li>\n";
  return text + "</ul>\n";
}

std::string Triggers() {
  HtmlTable table({"sign", "what godwit does", "what people do"});
  for (const Trigger& each : RollBackTriggers())
    table.Row({Escape(each.sign), Escape(each.godwit), Escape(each.people)});
  return table.Take();
}

std::string Owners(const Board& board) {
  HtmlTable table({"owner", "#tables", "#jobs", "#bytes", "#errors", "#warnings", "units"});
  for (size_t i = 0; i < std::min(board.owners.size(), kRowsShown); ++i) {
    const OwnerShare& share = board.owners[i];
    std::vector<std::string> units;
    for (size_t k = 0; k < std::min<size_t>(share.units.size(), 12); ++k) {
      units.push_back(board.plan->units[Index(share.units[k])].id);
    }
    if (share.units.size() > units.size())
      units.push_back(fmt::format("and {} more", share.units.size() - units.size()));
    table.Row({share.owner.empty() ? "nobody" : Escape(share.owner), std::to_string(share.tables),
               std::to_string(share.jobs), FormatBytes(share.bytes), std::to_string(share.errors),
               std::to_string(share.warnings), fmt::format("{}", fmt::join(units, ", "))});
  }
  const std::string rows = table.Take();
  return rows.empty() ? "<p>The graph names no owners.</p>\n" : rows;
}

std::string Alternatives(const Plan& plan) {
  HtmlTable table(
      {"instead", "asked for by", "#cross-site reads", "#of this plan's", "#time, of this plan's"});
  const double mine = plan.totals.cost.crossing;
  for (const planner::Alternative& other : plan.alternatives) {
    table.Row({Escape(other.name), "<code>" + Escape(other.option) + "</code>", Percent(other.cost.crossing),
               mine > 0 ? fmt::format("×{:.2f}", other.cost.crossing / mine) : "–",
               fmt::format("×{:.2f}", other.duration_ratio)});
  }
  const std::string rows = table.Take();
  return rows.empty() ? "<p>No other plan was weighed.</p>\n" : rows;
}

std::string SignOff(const Board& board) {
  HtmlTable table({"role", "name", "decision", "date, signature"});
  for (const char* role : {"data platform", "workflow owners", "network", "security", "on-call"})
    table.Row({role, "", "approve / refuse", ""});
  std::string rows = table.Take();
  rows.replace(rows.find("<table>"), 7, "<table class=sign>");
  return rows + fmt::format(
                    "<p>The signature that godwit asks for:</p>\n<pre>godwit approve {} --comment '…'</pre>\n"
                    "<p>It holds for the plan with SHA-256 <code>{}</code> and no other.</p>\n",
                    Escape(board.origin.plan_path), board.origin.plan_hash);
}

}  // namespace

std::string HtmlPage(const Board& board) {
  const Plan& plan = *board.plan;
  std::string page =
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>godwit: migration "
      "plan</title>\n<style>";
  page += kStyle;
  page += "</style></head>\n<body><main>\n<p class=dry>Dry run: nothing was executed.</p>\n";
  page += fmt::format("<h1>Migration plan</h1>\n<p class=lead>{} · plan {}… · godwit {}</p>\n",
                      Escape(board.origin.plan_path), board.origin.plan_hash.substr(0, 12),
                      board.origin.godwit_version);
  if (!board.origin.log_head.empty()) {
    page += fmt::format("<p class=lead>Head of the journal: {}</p>\n", Escape(board.origin.log_head));
  }
  page +=
      "<nav><a href=#summary>Summary</a><a href=#risks>Risks</a><a href=#timeline>Timeline</a><a "
      "href=#units>Units</a>"
      "<a href=#cuts>Cut edges</a><a href=#findings>Readiness</a><a href=#rollback>Roll-back</a><a "
      "href=#owners>Owners</a>"
      "<a href=#alternatives>Alternatives</a><a href=#sign>Sign-off</a></nav>\n";
  page += Section("summary", "Summary", "What is asked of you, in figures that the plan predicts.",
                  Summary(board));
  page += Section("risks", "Risks", "What may go wrong, heaviest first.", Risks(board));
  page += Section("timeline", "Timeline",
                  "One row a unit, or a wave where there are many; below, what the link carries.",
                  Timeline(board));
  page += Section("waves", "Waves", "Units that are approved together and cut over one after another.",
                  Waves(plan));
  page +=
      Section("units", "Units",
              "What moves as one, in order of movement. “None” as slack: a later cut-over delays the end.",
              Units(plan));
  page +=
      Section("cuts", "Cut edges", "Reads whose ends sit on different sites for a while.", CutEdges(plan));
  page +=
      Section("syncs", "Syncs",
              "One daily sync of a table's change serves all its readers on the other site.", Syncs(plan));
  page += Section("cycles", "Cycles and what cannot be cut", "Why some units are larger than they might be.",
                  Cycles(plan));
  page +=
      Section("findings", "Readiness", "What the reading of the scripts found.", Findings(board.readiness));
  page += Section("unread", "Unread lineage", "Unknown is not empty: godwit does not cut beside these.",
                  Unread(board.readiness));
  page += Section("rollback", "Roll-back triggers", "Until a unit is completed, its way back is open.",
                  Triggers());
  page += Section("owners", "Owners", "Whom this concerns.", Owners(board));
  page += Section("alternatives", "Alternatives", "What was weighed and not chosen, with its price.",
                  Alternatives(plan));
  page += Section("sign", "Sign-off", "", SignOff(board));
  return page + "</main></body></html>\n";
}

}  // namespace godwit::report
