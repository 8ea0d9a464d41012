#include "tests/sim/checker.h"

#include <fmt/format.h>

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
    if (entry.kind == state::RecordKind::kOutcome || entry.kind == state::RecordKind::kIntent) return;
    std::vector<executor::ReplicaChange> changes;
    const bool undecided = rows_[i].decision != Decision::kCommit;
    const Status folded = executor::Fold(record, migration_.units[i], NoReplicas(), rows_[i], changes);
    if (!folded.ok()) return Violate("a record that does not fold: " + folded.error().message);
    if (undecided && rows_[i].decision == Decision::kCommit) CheckCommit(i);
  }
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
  if (run.refused) return;
  const size_t unit = unit_of_job_.at(run.job->name);
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
      shadowed = shadowed || (writer.writes.contains(table) && writer.mode == executor::RunMode::kBoth);
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
    const bool committed = executor::IsCommitted(rows_[i].state);
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
  }
}

}  // namespace godwit::sim
