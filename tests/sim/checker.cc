#include "tests/sim/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "executor/turn.h"

namespace godwit::sim {

using executor::Decision;
using executor::Nanoseconds;
using executor::Party;
using executor::ReplicaEntry;
using executor::UnitRow;
using executor::UnitState;
using simulator::SimJobSpec;
using simulator::SimRun;

namespace {

// The checker folds rows for their states; what stands equal where is the engine's own business.
class NoReplicas : public executor::ReplicaReader {
 public:
  const std::map<std::string, ReplicaEntry>& Entries(executor::Side,
                                                     const executor::TableName&) const override {
    static const std::map<std::string, ReplicaEntry> kNone;
    return kNone;
  }
};

std::string TextOf(const std::map<std::string, int64_t>& rows) {
  std::string text;
  for (const auto& [row, count] : rows) text += fmt::format("{} x{}; ", row, count);
  return text;
}

}  // namespace

Checker::Checker(executor::sim::SimWorld& world, const executor::Migration& migration,
                 const simulator::SimWarehouseSpec& warehouse, Duration freeze_max)
    : world_(world), migration_(migration), freeze_max_(freeze_max), rows_(migration.units.size()) {
  for (size_t i = 0; i < migration.units.size(); ++i) {
    for (const TableName& table : migration.units[i].tables) unit_of_table_[table] = i;
    for (const executor::JobSpec& job : migration.units[i].jobs) {
      unit_of_job_[job.name] = i;
      jobs_[job.name] = &job;
    }
  }
  for (const simulator::SimTableSpec& table : warehouse.tables) {
    partitioned_[table.name] = table.partitioned;
    const auto partitions = world.source.catalog.ListPartitions(table.name, "", 1000);
    for (const executor::PartitionMeta& partition : *partitions) {
      truths_[{table.name, partition.name}].insert(
          TextOf(*world.source.query_engine.Rows(table.name, partition.name)));
    }
  }
}

void Checker::Violate(const std::string& what) {
  if (violations_.size() < 5)
    violations_.push_back(fmt::format("{} {}", FormatTimestamp(world_.clock.wall()), what));
}

executor::Side Checker::OwnerOf(size_t unit) const {
  const UnitRow& row = rows_[unit];
  const bool decided = executor::IsCommitted(row.state) ||
                       (row.state == UnitState::kReady && row.decision == Decision::kCommit);
  return decided ? row.to() : row.from;
}

bool Checker::IsShadow(size_t unit, const std::string& job, Side side) const {
  const UnitRow& row = rows_[unit];
  return !executor::IsCommitted(row.state) && side == row.to() && jobs_.at(job)->may_run_twice;
}

void Checker::OnRecord(const state::Entry& entry) {
  if (entry.unit.empty()) return;
  for (size_t i = 0; i < migration_.units.size(); ++i) {
    if (migration_.units[i].id != entry.unit) continue;
    state::Record record;
    record.entry = entry;
    record.sequence = rows_[i].folded + 1;
    if (entry.kind == state::RecordKind::kIntent) intended_.insert(entry.op);
    if (entry.kind == state::RecordKind::kOutcome) {
      const std::string outcome = nlohmann::json::parse(entry.body).value("outcome", "");
      if (outcome != "done" && outcome != "already" && unknown_.contains(entry.op) &&
          published_.contains(entry.op)) {
        Violate(fmt::format("I10 the record says {} is {}, but it happened and nobody looked", entry.op,
                            outcome));
      }
    }
    if (entry.kind == state::RecordKind::kOutcome || entry.kind == state::RecordKind::kIntent) return;
    std::vector<executor::ReplicaChange> changes;
    const bool undecided = rows_[i].decision != Decision::kCommit;
    const Status folded = executor::Fold(record, migration_.units[i], NoReplicas(), rows_[i], changes);
    if (!folded.ok()) return Violate("a record that does not fold: " + folded.error().message);
    if (undecided && rows_[i].decision == Decision::kCommit) CheckCommit(i);
    if (entry.kind == state::RecordKind::kTransition) {
      const auto event = executor::ParseEvent(nlohmann::json::parse(entry.body).value("event", ""));
      if (event) CheckPromise(i, *event);
    }
  }
}

// What a transition says of the world is true when it is recorded.
void Checker::CheckPromise(size_t unit, executor::Event event) {
  switch (event) {
    case executor::Event::kFreezeBegun:
      for (const TableName& table : migration_.units[unit].tables) tampered_.erase(table);
      return CheckLeave(unit);
    case executor::Event::kFrozen: return CheckStopped(unit);
    case executor::Event::kThawed:
    case executor::Event::kGaveUp: return CheckThawed(unit);
    case executor::Event::kRouted: return CheckRoutes(unit);
    default: return;
  }
}

// I6: whoever must allow it has, and runs on both sides were equal or accepted.
void Checker::CheckLeave(size_t unit) {
  const UnitRow& row = rows_[unit];
  const std::string& id = migration_.units[unit].id;
  if (migration_.policy.switch_needs_approval && !row.switch_approved) {
    Violate("I6 " + id + " is frozen, but nobody approved its switch");
  }
  const auto& jobs = migration_.units[unit].jobs;
  const bool twice = std::any_of(jobs.begin(), jobs.end(), [](const executor::JobSpec& job) {
    return job.mode == executor::RunMode::kBoth && job.may_run_twice;
  });
  if (twice && (!row.shadow || row.shadow->compared.empty())) {
    Violate("I6 " + id + " is frozen, but no due date of its dual run was compared");
  }
}

// Nothing runs at `from` when its writers count as stopped.
void Checker::CheckStopped(size_t unit) {
  for (const executor::JobSpec& job : migration_.units[unit].jobs) {
    const auto* state = world_.At(rows_[unit].from).scheduler.Find(job.name);
    if (state == nullptr || !state->running) continue;
    Violate(fmt::format("I2 {} counts as frozen, but {} runs for {}", migration_.units[unit].id, job.name,
                        *state->running));
  }
}

void Checker::CheckThawed(size_t unit) {
  if (rows_[unit].generation == 0) return;
  for (const TableName& table : executor::StoredTables(migration_.units[unit])) {
    if (!world_.At(rows_[unit].from).catalog.IsClosed(table, Party::kWriters)) continue;
    Violate(fmt::format("L1 {} counts as thawed, but {} is denied", migration_.units[unit].id, table.Text()));
  }
}

// I5: when writers go on at the new side, every reader is there.
void Checker::CheckRoutes(size_t unit) {
  const Side to = rows_[unit].to();
  const std::string& name = to == Side::kSource ? migration_.source_name : migration_.target_name;
  for (const TableName& table : migration_.units[unit].tables) {
    for (const Side side : {Side::kSource, Side::kTarget}) {
      const auto route = world_.At(side).catalog.GetRoute(table);
      if (route.ok() && route->site == name) continue;
      Violate(fmt::format("I5 {} counts as routed, but readers of {} at {} are not",
                          migration_.units[unit].id, table.Text(), SideName(side)));
    }
  }
}

// L4: the jobs of a switched unit go on where they stopped.
void Checker::CheckNothingSkipped(size_t unit) {
  const UnitRow& row = rows_[unit];
  if (!executor::IsCommitted(row.state)) return;
  for (const executor::JobSpec& job : migration_.units[unit].jobs) {
    const auto* here = world_.At(row.to()).scheduler.Find(job.name);
    const auto* before = world_.At(row.from).scheduler.Find(job.name);
    if (here->cursor >= before->cursor) continue;
    Violate(fmt::format("L4 {} stands at '{}' at {}, it had come to {} at {}", job.name, here->cursor,
                        SideName(row.to()), before->cursor, SideName(row.from)));
  }
}

void Checker::OnRequest(const executor::Work& work) {
  const auto* perform = std::get_if<executor::PerformRequest>(&work);
  if (perform == nullptr) return;
  if (!intended_.contains(perform->op)) {
    Violate(
        fmt::format("I10 {} is begun, but no record says so: {}", perform->op, Describe(perform->action)));
  }
  unknown_.insert(perform->op);
}

void Checker::OnReply(const executor::Work& work, bool known) {
  if (!known) return;
  if (const auto* perform = std::get_if<executor::PerformRequest>(&work)) unknown_.erase(perform->op);
  if (const auto* look_up = std::get_if<executor::LookUpRequest>(&work)) unknown_.erase(look_up->op);
}

// I1: whoever reads at `to` from now on finds everything that `from` ever accepted.
void Checker::CheckCommit(size_t unit) {
  const UnitRow& row = rows_[unit];
  for (const TableName& table : migration_.units[unit].tables) {
    if (tampered_.contains(table)) continue;
    const auto from = world_.At(row.from).catalog.ListPartitions(table, "", 100000);
    const auto to = world_.At(row.to()).catalog.ListPartitions(table, "", 100000);
    if (!from.ok() || !to.ok() || from->size() != to->size()) {
      Violate(fmt::format("I1 {} commits, {} has {} partitions against {}", migration_.units[unit].id,
                          table.Text(), from.ok() ? from->size() : 0, to.ok() ? to->size() : 0));
      continue;
    }
    const auto* sent = world_.At(row.from).catalog.Find(table);
    const auto* received = world_.At(row.to()).catalog.Find(table);
    if (sent->columns != received->columns) {
      Violate(fmt::format("I1 {} commits, but {} has {} columns against {}", migration_.units[unit].id,
                          table.Text(), sent->columns.size(), received->columns.size()));
    }
    for (const executor::PartitionMeta& partition : *from) {
      const auto here = world_.At(row.from).query_engine.Rows(table, partition.name);
      const auto there = world_.At(row.to()).query_engine.Rows(table, partition.name);
      if (!here.ok() || !there.ok() || *here != *there) {
        Violate(fmt::format("I1 {} commits, but {}/{} differs: {} against {}", migration_.units[unit].id,
                            table.Text(), partition.name, here.ok() ? TextOf(*here) : "nothing",
                            there.ok() ? TextOf(*there) : "nothing"));
      }
    }
  }
}

void Checker::OnWrite(Side side, const TableName& table, const std::string& partition, const std::string&) {
  const size_t unit = unit_of_table_.at(table);
  if (side == OwnerOf(unit)) {
    truths_[{table, partition}].insert(TextOf(*world_.At(side).query_engine.Rows(table, partition)));
    const UnitRow& row = rows_[unit];
    if (row.state == UnitState::kReady && row.decision == Decision::kCommit) {
      Violate("I5 " + table.Text() + " is written at the new side before readers are routed there");
    }
    if (row.state == UnitState::kSwitching) {
      Violate("I5 " + table.Text() + " is written at the new side while readers are being routed");
    }
    return;
  }
  const UnitRow& row = rows_[unit];
  bool shadow = false;
  for (const executor::JobSpec& job : migration_.units[unit].jobs) {
    shadow = shadow || (job.writes.contains(table) && IsShadow(unit, job.name, side));
  }
  if (!shadow) {
    Violate(fmt::format("I2 {}/{} is written at {}, which does not own it (unit {} is {})", table.Text(),
                        partition, SideName(side), migration_.units[unit].id, UnitStateName(row.state)));
  }
}

void Checker::OnStart(const SimRun& run) {
  const size_t unit = unit_of_job_.at(run.job->name);
  if (run.refused) {
    const UnitRow& row = rows_[unit];
    const bool stopped = row.state >= UnitState::kFinalCopy && row.state <= UnitState::kSwitching &&
                         row.decision != Decision::kCancel && run.side == row.from;
    if (stopped && !forgetful_) {
      Violate(fmt::format("I2 {} of a frozen unit is not paused: it begins, only to fail", run.job->name));
    }
    return;
  }
  const bool owner = run.side == OwnerOf(unit);
  if (!owner && !IsShadow(unit, run.job->name, run.side)) {
    Violate(fmt::format("I4 {} runs at {}, which is not its side (unit {} is {})", run.job->name,
                        SideName(run.side), migration_.units[unit].id, UnitStateName(rows_[unit].state)));
  }
  if (owner && done_[{run.job->name, run.due}] > 0) {
    Violate(fmt::format("I4 {} runs again for {}", run.job->name, run.due));
  }
  CheckReads(run.side, *run.job, run.due);
}

// A reader at the side that does not own a table sees something that the owner once had, never a mixture.
void Checker::CheckReads(Side side, const SimJobSpec& job, const std::string& due) {
  for (const TableName& table : job.reads) {
    const size_t unit = unit_of_table_.at(table);
    if (side == OwnerOf(unit) || tampered_.contains(table)) continue;
    bool shadowed = false;  // then the job compares its outputs later
    for (const executor::JobSpec& writer : migration_.units[unit].jobs) {
      const bool both = writer.mode == executor::RunMode::kBoth || rows_[unit].modes.contains(writer.name);
      shadowed = shadowed || (writer.writes.contains(table) && both);
    }
    if (shadowed) continue;
    const std::string partition = partitioned_.at(table) ? "dt=" + due : "";
    const auto rows = world_.At(side).query_engine.Rows(table, partition);
    if (!rows.ok() || !truths_[{table, partition}].contains(TextOf(*rows))) {
      Violate(fmt::format("I1 {} at {} reads {}/{}, which its owner never had: {}", job.name, SideName(side),
                          table.Text(), partition, rows.ok() ? TextOf(*rows) : "nothing"));
    }
  }
}

void Checker::OnEnd(const SimRun& run) {
  if (run.refused) return;
  const size_t unit = unit_of_job_.at(run.job->name);
  if (run.side != OwnerOf(unit)) {
    if (!IsShadow(unit, run.job->name, run.side)) {
      Violate(fmt::format("I2 {} for {} succeeded at {}, which is not its side", run.job->name, run.due,
                          SideName(run.side)));
    }
    return;
  }
  if (++done_[{run.job->name, run.due}] > 1) {
    Violate(fmt::format("I4 {} for {} counts twice", run.job->name, run.due));
  }
}

// I3: no copy lands on data that its side owns.
void Checker::OnPublish(Side side, const executor::Publication& publication) {
  published_.insert(publication.op);
  const auto unit = unit_of_table_.find(publication.table);
  if (unit == unit_of_table_.end() || side != OwnerOf(unit->second)) return;
  Violate(
      fmt::format("I3 a copy of {} lands at {}, which owns it", publication.table.Text(), SideName(side)));
}

void Checker::OnTampered(const TableName& table) { tampered_.insert(table); }

bool Checker::WritersAreStopped(size_t unit, Side side) {
  for (const TableName& table : migration_.units[unit].tables) {
    if (world_.At(side).catalog.IsClosed(table, Party::kWriters)) return true;
  }
  for (const executor::JobSpec& job : migration_.units[unit].jobs) {
    const auto* state = world_.At(side).scheduler.Find(job.name);
    if (state != nullptr && state->paused && !rows_[unit].disabled.contains(job.name)) return true;
  }
  return false;
}

void Checker::OnTime() {
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Side owner = OwnerOf(i);
    // Between the decision and the unpausing the writers of the new side are not running yet.
    if (!WritersAreStopped(i, owner)) {
      const auto since = stopped_since_.find(i);
      if (since != stopped_since_.end()) {
        longest_freeze_ms_ =
            std::max(longest_freeze_ms_, (world_.clock.now() - since->second).count() / 1'000'000);
        stopped_since_.erase(since);
      }
      continue;
    }
    const auto [since, fresh] = stopped_since_.emplace(i, world_.clock.now());
    // Decided is decided, also while a full disk keeps the step from being written down.
    const bool committed =
        executor::IsCommitted(rows_[i].state) || rows_[i].decision == executor::Decision::kCommit;
    if (!fresh && !committed && world_.clock.now() - since->second > Nanoseconds(freeze_max_)) {
      Violate(fmt::format(
          "L3 writers of {} are stopped for {} (state {})", migration_.units[i].id,
          FormatDuration(std::chrono::duration_cast<Duration>(world_.clock.now() - since->second)),
          UnitStateName(rows_[i].state)));
      since->second = world_.clock.now();
    }
  }
}

void Checker::AtEnd(bool calm, const std::set<size_t>& waiting) {
  if (!calm) Violate("L2 the run does not come to rest");
  for (size_t i = 0; i < rows_.size(); ++i) {
    const UnitRow& row = rows_[i];
    const bool at_rest = executor::IsTerminal(row.state) || row.state == UnitState::kProbation || row.held ||
                         waiting.contains(i);
    if (!at_rest) {
      Violate(fmt::format("L2 {} ends as {}", migration_.units[i].id, UnitStateName(row.state)));
    }
    if (WritersAreStopped(i, OwnerOf(i))) {
      Violate(fmt::format("L1 writers of {} stay stopped at {} ({})", migration_.units[i].id,
                          SideName(OwnerOf(i)), UnitStateName(row.state)));
    }
    if (calm) CheckNothingSkipped(i);
  }
}

}  // namespace godwit::sim
