#include "report/csv.h"

#include <fmt/format.h>

#include "planner/words.h"
#include "report/board.h"

namespace godwit::report {
namespace {

using planner::Index;
using planner::Plan;

// Text that a spreadsheet would take for a formula is kept as text.
std::string Cell(const std::string& text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  const std::string safe = (formula ? "'" : "") + text;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string UnitsCsv(const Plan& plan) {
  std::string text =
      "unit,wave,strategy,tables,jobs,bytes,changed_bytes_per_day,copy_start,copy_end,cutover,freeze_s,final_"
      "delta_bytes,"
      "delayed_runs,schedules_known,slack_s\r\n";
  for (const planner::Unit& unit : plan.units) {
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", unit.id,
                        plan.waves[Index(unit.wave)].id, planner::WordOf(unit.strategy), unit.tables.size(),
                        unit.jobs.size(), unit.bytes, unit.changed_bytes_per_day,
                        Cell(MomentText(plan, unit.copy_start)), Cell(MomentText(plan, unit.copy_end)),
                        Cell(MomentText(plan, unit.cutover.at)), unit.cutover.freeze.count(),
                        unit.cutover.final_delta_bytes, unit.cutover.delayed_runs,
                        unit.cutover.schedules_known ? "yes" : "no", unit.slack.count());
  }
  return text;
}

std::string CutEdgesCsv(const Plan& plan) {
  std::string text = "table,table_unit,reader,reader_unit,direction,bytes_per_day,open_from,open_until\r\n";
  for (const planner::CutEdge& edge : plan.cut_edges) {
    text +=
        fmt::format("{},{},{},{},{},{},{},{}\r\n", Cell(TableText(plan, edge.table)),
                    plan.units[Index(edge.table_unit)].id, Cell(JobText(plan, edge.job)),
                    plan.units[Index(edge.job_unit)].id, planner::WordOf(edge.direction), edge.bytes_per_day,
                    Cell(MomentText(plan, edge.open_from)), Cell(MomentText(plan, edge.open_until)));
  }
  return text;
}

std::string TablesCsv(const Plan& plan) {
  if (!plan.named) return "";
  std::string text = "table,owner,unit,wave,bytes,changed_bytes_per_day,cutover\r\n";
  for (const planner::Unit& unit : plan.units) {
    for (const planner::TableId id : unit.tables) {
      const planner::PlannedTable& table = plan.tables[Index(id)];
      text += fmt::format("{},{},{},{},{},{},{}\r\n", Cell(table.name), Cell(table.owner), unit.id,
                          plan.waves[Index(unit.wave)].id, table.bytes, table.changed_bytes_per_day,
                          Cell(MomentText(plan, unit.cutover.at)));
    }
  }
  return text;
}

}  // namespace godwit::report
