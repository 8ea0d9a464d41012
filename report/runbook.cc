#include "report/runbook.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "planner/words.h"

namespace godwit::report {
namespace {

using planner::Index;
using planner::Plan;

// A word as the shell takes it.
std::string Quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string WaveSteps(const Plan& plan, const planner::Wave& wave) {
  std::string text = fmt::format(
      "### {} · {} units · {} · {} to {}\n\n| unit | cut-over | window | frozen | delayed runs | after |\n"
      "|---|---|---|---|---|---|\n",
      wave.id, wave.units.size(), FormatBytes(wave.bytes), MomentText(plan, wave.start),
      MomentText(plan, wave.end));
  for (const planner::UnitId id : wave.units) {
    const planner::Unit& unit = plan.units[Index(id)];
    std::string after;
    for (const planner::UnitId before : unit.after)
      after += (after.empty() ? "" : ", ") + plan.units[Index(before)].id;
    const planner::Cutover& cut = unit.cutover;
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", unit.id, MomentText(plan, cut.at),
                        cut.window_begin == cut.window_end
                            ? "none is quiet"
                            : MomentText(plan, cut.window_begin) + " to " + MomentText(plan, cut.window_end),
                        SpanText(cut.freeze), cut.delayed_runs, after);
  }
  return text + "\n";
}

}  // namespace

const std::vector<Trigger>& RollBackTriggers() {
  static const std::vector<Trigger> kTriggers = {
      {"a freeze is about to outlast its budget",
       "thaws the writers, keeps what was copied, tries again later",
       "nothing; after the last attempt the unit is cancelled and says why"},
      {"the two sides are not equal after the final copy", "does not switch; copies again, then cancels",
       "read the difference in `godwit unit show UNIT`"},
      {"a job writes although it is frozen", "sees the changed files, does not switch, cancels",
       "find the writer: `godwit unit show UNIT` names the table"},
      {"the first runs at the target fail or differ", "leaves the unit in probation and says so",
       "`godwit unit reverse UNIT`: what was written since is copied back, then writers and readers return"},
      {"a reader at the other site waits for its input",
       "publishes a table's watermark only with the rows that it promises, so that the reader waits instead "
       "of reading less",
       "`godwit status`: is `godwit apply` running? without it nothing is synced"},
      {"the machine that runs godwit dies while a unit is frozen",
       "`godwit watchdog --execute`, on another machine, thaws the writers; the next `godwit apply` goes on",
       "run the same `godwit apply` again; nothing is lost"},
      {"nobody understands what happens", "", "`godwit unit hold UNIT`, then read `godwit log UNIT`"},
  };
  return kTriggers;
}

std::string RunbookMarkdown(const Board& board) {
  const Plan& plan = *board.plan;
  const std::string& path = board.origin.plan_path;
  std::string text =
      fmt::format("Dry run: nothing was executed.\n\n# Runbook\n\nPlan `{}`, SHA-256 `{}`.\n\n", path,
                  board.origin.plan_hash);
  text += "## Before the first wave\n\n";
  text += fmt::format("1. The board signed: `godwit approve {}`.\n", path);
  text += fmt::format(
      "2. A last dry run says what you expect: `godwit apply {}`. It refuses if scripts have changed "
      "since.\n",
      path);
  text += "3. Somebody is on call for every owner in the table of owners.\n";
  text += fmt::format(
      "4. Start, and leave it running: `godwit apply {} --execute --wait`. Ctrl-C stops after the present "
      "step; the same command goes on.\n",
      path);
  text += "5. Watch in another terminal: `godwit status --watch`.\n\n";
  text +=
      "## Wave by wave\n\nGo on with a wave if every unit of the wave before is in probation or completed, "
      "and no unit is held.\n\n";
  for (const planner::Wave& wave : plan.waves) text += WaveSteps(plan, wave);
  text += "## When something goes wrong\n\n| sign | what godwit does | what you do |\n|---|---|---|\n";
  for (const Trigger& each : RollBackTriggers())
    text += fmt::format("| {} | {} | {} |\n", each.sign, each.godwit, each.people);
  text += "\n## After the last wave\n\n";
  text += "1. `godwit status`: every unit is in probation.\n";
  text += "2. When a unit's owners are content: `godwit unit complete UNIT`. This gives up the way back.\n";
  text +=
      "3. `godwit log --verify` recomputes the journal's chain; keep the journal with the signed report.\n";
  return text;
}

std::string CommandsScript(const Board& board) {
  const Plan& plan = *board.plan;
  const std::string path = Quoted(board.origin.plan_path);
  std::string text =
      fmt::format("#!/bin/sh\n# Nothing was executed. The commands of plan {}, SHA-256\n# {}.\nset -eu\n\n",
                  Visible(board.origin.plan_path, true), board.origin.plan_hash);
  text += fmt::format(
      "[ \"$(sha256sum <{0})\" = '{1}  -' ] || {{ echo {0}': not the plan that was reported' >&2; exit 1; "
      "}}\n\n",
      path, board.origin.plan_hash);
  text += fmt::format("godwit apply {}            # dry run: what would be done\n", path);
  text += fmt::format("godwit approve {}          # the board's signature\n", path);
  text += fmt::format(
      "godwit apply {} --execute  # exit code 3: a person has to act; run it again after that\n", path);
  text += "godwit status\n\n# Ends the way back, unit by unit, when their owners are content:\n";
  for (const planner::Wave& wave : plan.waves) {
    text += fmt::format("# {}\n", wave.id);
    for (const planner::UnitId id : wave.units)
      text += fmt::format("#   godwit unit complete {}\n", plan.units[Index(id)].id);
  }
  text += "# Back, before that: godwit unit reverse UNIT\n";
  return text;
}

}  // namespace godwit::report
