#include "cli/status_text.h"

#include <fmt/format.h>

#include <map>

#include "base/bytes.h"
#include "base/time.h"

namespace godwit::cli {
namespace {

using executor::Freeze;
using executor::UnitState;
using executor::UnitStatus;

int64_t LongestFreeze(const UnitStatus& unit) {
  int64_t longest = 0;
  for (const Freeze& freeze : unit.row->freezes) longest = std::max(longest, freeze.milliseconds);
  return longest;
}

std::string WaitsFor(const UnitStatus& unit) {
  if (unit.row->held) return "a person: " + unit.row->held_why;
  if (!unit.row->breaker_why.empty()) return "its breaker is open: " + unit.row->breaker_why;
  if (!unit.problem.empty()) return unit.problem;
  return unit.waits_for.empty() ? "" : unit.waits_for.front();
}

std::string Shorten(const std::string& text, size_t length) {
  return text.size() <= length ? text : text.substr(0, length - 1) + "~";
}

Json FreezeJson(const Freeze& freeze) {
  return {{"generation", freeze.generation},
          {"begun", freeze.begun},
          {"ended", freeze.ended},
          {"milliseconds", freeze.milliseconds}};
}

}  // namespace

std::string StatusTable(const std::vector<UnitStatus>& units) {
  std::map<UnitState, int> counts;
  std::string text = fmt::format("{:<8} {:>4} {:<15} {:>6} {:>5} {:>9}  {}\n", "unit", "wave", "state",
                                 "tables", "jobs", "frozen", "waits for");
  for (const UnitStatus& unit : units) {
    ++counts[unit.row->state];
    const int64_t frozen = LongestFreeze(unit);
    text += fmt::format("{:<8} {:>4} {:<15} {:>6} {:>5} {:>9}  {}\n", unit.spec->id, unit.spec->wave,
                        std::string(UnitStateName(unit.row->state)) + (unit.row->held ? "*" : ""),
                        unit.spec->tables.size(), unit.spec->jobs.size(),
                        frozen == 0 ? "-" : FormatDuration(Duration(frozen)), Shorten(WaitsFor(unit), 100));
  }
  std::string summary;
  for (const auto& [state, count] : counts) {
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, UnitStateName(state));
  }
  return text + fmt::format("{} units: {}\n", units.size(), summary.empty() ? "none" : summary);
}

Json UnitJson(const UnitStatus& unit) {
  const executor::UnitRow& row = *unit.row;
  Json tables = Json::array(), jobs = Json::array(), freezes = Json::array(), differences = Json::object();
  for (const executor::TableName& table : unit.spec->tables) tables.push_back(table.Text());
  for (const executor::JobSpec& job : unit.spec->jobs) {
    const auto mode = row.modes.find(job.name);
    jobs.push_back({{"name", job.name},
                    {"mode", executor::RunModeName(mode == row.modes.end() ? job.mode : mode->second)},
                    {"may_run_twice", job.may_run_twice}});
  }
  for (const Freeze& freeze : row.freezes) freezes.push_back(FreezeJson(freeze));
  for (const auto& [table, difference] : row.differences) {
    differences[table] = {{"partition", difference.partition}, {"columns", difference.columns},
                          {"sample", difference.sample},       {"due", difference.due},
                          {"cause", difference.cause},         {"waived_by", difference.waived_by}};
  }
  return {{"id", unit.spec->id},
          {"wave", unit.spec->wave},
          {"state", UnitStateName(row.state)},
          {"owner_side", SideName(executor::IsCommitted(row.state) ? row.to() : row.from)},
          {"generation", row.generation},
          {"decision", executor::DecisionName(row.decision)},
          {"held", row.held},
          {"held_why", row.held_why},
          {"breaker_why", row.breaker_why},
          {"switch_approved_by", row.switch_approved_by},
          {"waits_for", unit.waits_for},
          {"problem", unit.problem},
          {"needs_person", unit.needs_person},
          {"bytes_different", unit.bytes_different},
          {"tables", tables},
          {"jobs", jobs},
          {"freezes", freezes},
          {"longest_freeze_ms", LongestFreeze(unit)},
          {"differences", differences},
          {"open_operations", row.open.size()}};
}

Json StatusJson(const std::vector<UnitStatus>& units) {
  Json list = Json::array();
  std::map<std::string, int> counts;
  for (const UnitStatus& unit : units) {
    list.push_back(UnitJson(unit));
    ++counts[UnitStateName(unit.row->state)];
  }
  return {{"format", "godwit-status/1"}, {"states", counts}, {"units", list}};
}

std::string RunText(const executor::RunRow& run) {
  std::string text;
  if (run.held) {
    text += fmt::format(
        "THE WHOLE RUN IS HELD: {}\n  nothing new begins; go on with `godwit unit resume --all`\n",
        run.held_why.empty() ? "by a person" : run.held_why);
  }
  if (!run.breaker_why.empty()) {
    text += fmt::format(
        "THE RUN'S BREAKER IS OPEN: {}\n  nothing new begins until its probes go well; mend what "
        "fails, see `godwit log`, then `godwit unit resume --all`\n",
        run.breaker_why);
  }
  return text;
}

Json RunJson(const executor::RunRow& run) {
  return {{"held", run.held},
          {"held_why", run.held_why},
          {"breaker_why", run.breaker_why},
          {"driver", run.driver}};
}

std::string UnitText(const UnitStatus& unit) {
  const executor::UnitRow& row = *unit.row;
  std::string text = fmt::format("unit {} · wave {} · {}{}\n", unit.spec->id, unit.spec->wave,
                                 UnitStateName(row.state), row.held ? " · held: " + row.held_why : "");
  text += fmt::format("  data belongs to    {}\n",
                      SideName(executor::IsCommitted(row.state) ? row.to() : row.from));
  text += fmt::format("  cut-over attempts  {} (generation {}, decision {})\n", row.attempts, row.generation,
                      executor::DecisionName(row.decision));
  for (const std::string& what : unit.waits_for) text += "  waits for          " + what + "\n";
  if (!unit.problem.empty()) text += "  problem            " + unit.problem + "\n";
  if (!row.breaker_why.empty()) text += "  breaker open       " + row.breaker_why + "\n";
  if (row.switch_approved) text += "  switch approved    by " + row.switch_approved_by + "\n";
  for (const executor::TableName& table : unit.spec->tables)
    text += "  table              " + table.Text() + "\n";
  for (const executor::JobSpec& job : unit.spec->jobs) {
    const auto mode = row.modes.find(job.name);
    text += fmt::format("  job                {} (mode {})\n", job.name,
                        executor::RunModeName(mode == row.modes.end() ? job.mode : mode->second));
  }
  for (const Freeze& freeze : row.freezes) {
    text += fmt::format("  freeze             {} to {}: {}\n", freeze.begun,
                        freeze.ended.empty() ? "now" : freeze.ended,
                        FormatDuration(Duration(freeze.milliseconds)));
  }
  for (const auto& [table, difference] : row.differences) {
    text += fmt::format("  difference         {}/{} columns {} ({}){}\n", table, difference.partition,
                        fmt::join(difference.columns, ", "), difference.cause,
                        difference.waived_by.empty() ? "" : ", accepted by " + difference.waived_by);
  }
  for (const auto& [op, intent] : row.open) {
    text += fmt::format("  under way          {}: {}\n", op, executor::Describe(intent.action));
  }
  return text;
}

}  // namespace godwit::cli
