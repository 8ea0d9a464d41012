#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "executor/defence.h"
#include "executor/turn.h"

namespace godwit::executor {
namespace {

// A job that is to run on both sides only since the dual run began is in the next one: it would have to begin
// at the same due date as those whose inputs it writes.
std::vector<const JobSpec*> ShadowJobs(const UnitView& view) {
  std::vector<const JobSpec*> jobs;
  for (const JobSpec& job : view.spec.jobs) {
    const bool too_late = view.row.shadow && !view.row.shadow->cursors.contains(job.name);
    if (ModeOf(view, job) == RunMode::kBoth && !too_late) jobs.push_back(&job);
  }
  return jobs;
}

struct BothSides {
  const JobStatus* from;
  const JobStatus* to;
};

// Nothing while an answer is missing.
std::optional<std::vector<BothSides>> LookAtShadowJobs(Turn& turn, const std::vector<const JobSpec*>& jobs,
                                                       Nanoseconds since) {
  std::vector<BothSides> statuses;
  bool complete = true;
  for (const JobSpec* job : jobs) {
    statuses.push_back({turn.LookSince(LookAtJob{turn.view.row.from, job->name}, since),
                        turn.LookSince(LookAtJob{turn.view.row.to(), job->name}, since)});
    complete = complete && statuses.back().from != nullptr && statuses.back().to != nullptr;
  }
  turn.LookAgainIn(turn.view.policy().look_again);
  if (!complete) return std::nullopt;
  return statuses;
}

// --- Starting ---

// The due dates that the jobs have come to, in their order, where all stand still at `from`, and at `to` at
// the same ones if asked for; else nothing. They may differ: one job runs each hour, another lags behind.
std::vector<std::string> StandingDues(const std::vector<BothSides>& statuses, bool both_sides) {
  std::vector<std::string> dues;
  for (const BothSides& each : statuses) {
    if (each.from->in_flight != 0 || each.from->cursor.empty()) return {};
    if (both_sides && (each.to->in_flight != 0 || each.to->cursor != each.from->cursor)) return {};
    dues.push_back(each.from->cursor);
  }
  return dues;
}

// Keeps the anchor of the last decision while the jobs stand still at `dues`, else begins a new one.
void AnchorAt(Turn& turn, const std::vector<std::string>& dues) {
  if (dues.empty()) return;
  const std::string what = fmt::format("{}", fmt::join(dues, " "));
  const std::optional<Anchor>& last = turn.view.anchor;
  turn.wish.anchor = last && last->what == what ? *last : Anchor{what, turn.view.now, std::nullopt};
}

Nanoseconds FreshSince(const Turn& turn) {
  const Nanoseconds fresh = turn.view.Since(turn.view.policy().look_again);
  const Nanoseconds done = turn.view.anchor && turn.view.anchor->done ? *turn.view.anchor->done : fresh;
  return std::max(fresh, done);
}

// What was read between the anchor and now is complete. True once the jobs were seen to stand still after
// that too.
bool StoodStillUntilDone(Turn& turn) {
  if (!turn.wish.anchor->done) turn.wish.anchor->done = turn.view.now;
  return turn.view.anchor && turn.view.anchor->done;  // FreshSince saw to it that the answers are newer
}

// Shadow runs begin after the due dates whose data was copied.
void StartShadows(Turn& turn, const std::vector<const JobSpec*>& jobs, bool tables_in_step) {
  const auto statuses = LookAtShadowJobs(turn, jobs, FreshSince(turn));
  if (!statuses) {
    turn.wish.anchor = turn.view.anchor;
    return;
  }
  AnchorAt(turn, StandingDues(*statuses, false));
  if (!turn.wish.anchor) {
    turn.WaitFor("a moment at which none of its jobs runs, to begin the dual run");
    return;
  }
  bool copied = tables_in_step;
  for (const TableName& table : turn.view.spec.tables) {
    copied = turn.LookSince(LookAtManifest{turn.view.row.from, table}, turn.wish.anchor->since) != nullptr &&
             copied;
  }
  if (!copied) {
    turn.WaitFor("the copy of the state in which the dual run begins");
    return;
  }
  if (!StoodStillUntilDone(turn)) return;
  nlohmann::json cursors = nlohmann::json::object();
  for (size_t i = 0; i < jobs.size(); ++i) cursors[jobs[i]->name] = (*statuses)[i].from->cursor;
  turn.wish.evidence.push_back({{"type", "shadow_started"}, {"cursors", std::move(cursors)}});
}

// --- Running ---

void KeepRunning(Turn& turn, const std::vector<const JobSpec*>& jobs) {
  const Side to = turn.view.row.to();
  const Token token = turn.view.opening();
  for (const JobSpec* job : jobs) {
    const std::string& begin = turn.view.row.shadow->cursors.at(job->name);
    const auto* status = turn.Look(LookAtJob{to, job->name}, turn.view.policy().look_again);
    if (status == nullptr || !status->paused) continue;
    if (!status->exists) {
      turn.Hold(fmt::format("job {} is not deployed at {}", job->name, SideName(to)));
    } else if (status->cursor < begin) {
      turn.Do(SetCursor{to, job->name, status->cursor, begin, token});
    } else {
      turn.Do(SetPaused{to, job->name, false, token});
    }
  }
}

// --- Comparing ---

struct Compared {
  bool complete = true;
  std::vector<std::pair<TableName, std::string>> unequal;  // table, partition
};

// Some of the table's writers run at `from` alone.
bool IsSharedWithOthers(const UnitView& view, const TableName& table) {
  return std::any_of(view.spec.jobs.begin(), view.spec.jobs.end(), [&](const JobSpec& job) {
    return job.writes.contains(table) && ModeOf(view, job) != RunMode::kBoth;
  });
}

// Compares every partition that changed on either side since it was last known to be equal.
Compared CompareTable(Turn& turn, const TableName& table, Nanoseconds since) {
  Compared result;
  const auto* from = turn.LookSince(LookAtManifest{turn.view.row.from, table}, since);
  const auto* to = turn.LookSince(LookAtManifest{turn.view.row.to(), table}, since);
  if (from == nullptr || to == nullptr) return {false, {}};
  const auto& entries = turn.view.replicas.Entries(turn.view.row.to(), table);
  CompareRows unknown{table, {}};
  nlohmann::json adopted = nlohmann::json::array();
  for (const PartitionState& partition : from->partitions) {
    const PartitionState* there = FindPartition(*to, partition.name);
    const auto entry = entries.find(partition.name);
    if (there == nullptr) {
      // Known to be equal once and gone since at `to` alone, or another writer's: the final copy brings it.
      if (entry == entries.end() && !IsSharedWithOthers(turn.view, table)) {
        result.unequal.emplace_back(table, partition.name);
      }
      continue;
    }
    // What no run at `to` has touched was not computed twice: if `from` changed it, the final copy brings it.
    if (entry != entries.end() && entry->second.to_fingerprint == there->fingerprint) continue;
    const auto* compared = turn.view.answers.Find(CompareRows{table, {partition.name}}, since);
    if (compared == nullptr) {
      unknown.partitions.push_back(partition.name);
    } else if (compared->front().source == compared->front().target) {
      adopted.push_back(ToJson(PartitionCopy{partition.name, partition.location, there->location,
                                             partition.fingerprint, there->fingerprint, "", there->bytes,
                                             there->files, there->parameters, there->storage}));
    } else {
      result.unequal.emplace_back(table, partition.name);
    }
  }
  if (!unknown.partitions.empty()) {
    turn.wish.questions.push_back(std::move(unknown));
    result.complete = false;
  } else if (!adopted.empty()) {
    turn.wish.evidence.push_back(
        {{"type", "adopted"}, {"table", table.Text()}, {"partitions", std::move(adopted)}});
    result.complete = false;  // once they are folded
  }
  return result;
}

bool IsThere(const Turn& turn, const TableName& table, const std::string& partition, Nanoseconds since) {
  const auto* to = turn.view.answers.Find(LookAtManifest{turn.view.row.to(), table}, since);
  return to != nullptr && FindPartition(*to, partition) != nullptr;
}

// What the reading of the scripts says of the jobs that write the table; if they are without fault, it comes
// from what they read.
std::string LikelyCause(const UnitSpec& spec, const TableName& table) {
  std::vector<std::string> hazards, inputs;
  for (const JobSpec& job : spec.jobs) {
    if (!job.writes.contains(table)) continue;
    hazards.insert(hazards.end(), job.hazards.begin(), job.hazards.end());
    for (const TableName& read : job.reads) inputs.push_back(read.Text());
  }
  return hazards.empty() ? fmt::format("its jobs are without known hazards: look at their inputs ({})",
                                       fmt::join(inputs, ", "))
                         : fmt::format("likely cause: {}", fmt::join(hazards, "; "));
}

// Names the columns that differ in the first unequal partition of each table. True once all are recorded.
bool RecordDifferences(Turn& turn, const Compared& compared, const std::string& due, Nanoseconds since) {
  bool recorded = true;
  std::set<TableName> seen;
  for (const auto& [table, partition] : compared.unequal) {
    if (!seen.insert(table).second) continue;
    const auto known = turn.view.row.differences.find(table.Text());
    if (known != turn.view.row.differences.end() && known->second.due == due) continue;
    recorded = false;
    nlohmann::json difference = {
        {"type", "difference"},
        {"table", table.Text()},
        {"partition", partition},
        {"due", due},
        {"cause", LikelyCause(turn.view.spec, table)},
        {"columns", nlohmann::json::array()},
        {"sample", "the partition is missing at " + std::string(SideName(turn.view.row.to()))}};
    if (IsThere(turn, table, partition, since)) {
      const auto* why = turn.LookSince(ExplainDifference{table, partition}, since);
      if (why == nullptr) continue;
      difference["columns"] = why->columns;
      difference["sample"] = why->rows.empty() ? "" : why->rows.front().row;
    }
    turn.wish.evidence.push_back(std::move(difference));
  }
  return recorded;
}

bool IsWaived(const UnitView& view, const TableName& table) {
  const auto known = view.row.differences.find(table.Text());
  return known != view.row.differences.end() && !known->second.waived_by.empty();
}

void CompareCycle(Turn& turn, const std::vector<const JobSpec*>& jobs) {
  const auto statuses = LookAtShadowJobs(turn, jobs, FreshSince(turn));
  if (!statuses) {
    turn.wish.anchor = turn.view.anchor;
    return;
  }
  const std::vector<std::string> dues = StandingDues(*statuses, true);
  if (dues.empty()) return;
  const std::string due = *std::ranges::min_element(dues);  // every job ran for it
  if (due <= turn.view.row.shadow->compared) return;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (dues[i] <= turn.view.row.shadow->cursors.at(jobs[i]->name)) return;  // did not run on both sides yet
  }
  AnchorAt(turn, dues);
  const Nanoseconds since = turn.wish.anchor->since;
  Compared all;
  for (const TableName& table : ShadowTables(turn.view)) {
    Compared one = CompareTable(turn, table, since);
    all.complete = all.complete && one.complete;
    all.unequal.insert(all.unequal.end(), one.unequal.begin(), one.unequal.end());
  }
  if (!all.complete || !StoodStillUntilDone(turn) || !RecordDifferences(turn, all, due, since)) return;
  const bool equal = std::all_of(all.unequal.begin(), all.unequal.end(),
                                 [&](const auto& each) { return IsWaived(turn.view, each.first); });
  turn.wish.evidence.push_back({{"type", "cycle"}, {"due", due}, {"equal", equal}});
}

void SayWhatIsMissing(Turn& turn) {
  const UnitRow& row = turn.view.row;
  for (const auto& [table, difference] : row.differences) {
    if (!difference.waived_by.empty() || difference.due != row.shadow->compared) continue;
    turn.wish.needs_person = true;
    turn.WaitFor(
        fmt::format("outputs of the dual run differ: {}/{}, columns {} ({}): mend the job, or accept it with "
                    "`godwit unit waive {} --table {}`",
                    table, difference.partition, fmt::join(difference.columns, ", "), difference.cause,
                    turn.view.spec.id, table));
  }
  turn.WaitFor(fmt::format("{} due dates with equal outputs on both sides, {} so far",
                           turn.view.policy().equal_cycles, row.shadow->equal_cycles));
}

// A waiver given after the comparison makes the last cycle good. Differences of the cycle that is being
// compared are recorded before the cycle itself, so they are newer than `compared`.
bool LastCycleIsGood(const UnitRow& row) {
  if (row.shadow->compared.empty()) return false;
  return std::all_of(row.differences.begin(), row.differences.end(), [&](const auto& each) {
    return each.second.due < row.shadow->compared || !each.second.waived_by.empty();
  });
}

}  // namespace

RunMode ModeOf(const UnitView& view, const JobSpec& job) {
  const auto set = view.row.modes.find(job.name);
  const RunMode mode = set != view.row.modes.end() ? set->second : job.mode;
  return mode == RunMode::kBoth && !job.may_run_twice && Stands(Defence::kRunsTwice) ? RunMode::kOld : mode;
}

bool HasShadowJobs(const UnitView& view) { return !ShadowJobs(view).empty(); }

std::set<TableName> ShadowTables(const UnitView& view) {
  std::set<TableName> tables;
  for (const JobSpec* job : ShadowJobs(view)) tables.insert(job->writes.begin(), job->writes.end());
  return tables;
}

bool RunShadows(Turn& turn, bool tables_in_step) {
  const std::vector<const JobSpec*> jobs = ShadowJobs(turn.view);
  if (jobs.empty()) return true;
  if (!turn.view.row.shadow) {
    StartShadows(turn, jobs, tables_in_step);
    return false;
  }
  KeepRunning(turn, jobs);
  CompareCycle(turn, jobs);
  const int wanted = turn.view.policy().equal_cycles;
  if (!Stands(Defence::kEqualCycles)) return true;
  if (turn.view.row.shadow->equal_cycles >= wanted || (wanted <= 1 && LastCycleIsGood(turn.view.row)))
    return true;
  SayWhatIsMissing(turn);
  return false;
}

}  // namespace godwit::executor
