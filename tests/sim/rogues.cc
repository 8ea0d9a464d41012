#include "tests/sim/rogues.h"

#include <fmt/format.h>

#include <limits>

namespace godwit::sim {
namespace {

using namespace std::chrono_literals;
using executor::Decision;
using executor::Side;
using executor::TableName;
using executor::UnitState;

constexpr executor::Token kEveryToken = std::numeric_limits<executor::Token>::max();  // no seal stops it

}  // namespace

void Rogues::Strike(Fault fault, std::optional<size_t> unit) {
  unit_ = unit;
  switch (fault) {
    case Fault::kRogueWriter:
    case Fault::kLatePartition: return Write(fault);
    case Fault::kSilentChange: return ChangeSilently();
    case Fault::kForgetsPause: return UnpauseJobs();
    case Fault::kNoSpace: return FillDisk();
    case Fault::kSuperuser: return WritePastBarrier();
    case Fault::kFileHeldOpen: return HoldFileOpen();
    case Fault::kSchemaChange: return ChangeSchema();
    default: return;
  }
}

const executor::UnitSpec& Rogues::AnyUnit() const {
  return unit_ ? scene_.migration.units[*unit_] : scene_.AnyUnit();
}

TableName Rogues::AnyTable() const {
  const executor::UnitSpec& unit = AnyUnit();
  return unit.tables[scene_.swarm.Number(unit.tables.size())];
}

Side Rogues::OwnerOf(size_t unit) const {
  const executor::UnitRow& row = scene_.checker.row(unit);
  return executor::IsCommitted(row.state) ? row.to() : row.from;
}

// Somebody writes who is in no schedule; the barrier at the resource stops him, as it stops everybody.
void Rogues::Write(Fault fault) {
  const TableName table = AnyTable();
  const Side owner = OwnerOf(UnitOf(table));
  const auto partitions = scene_.world.At(owner).catalog.ListPartitions(table, "", 100);
  if (!partitions.ok() || partitions->empty()) return;
  const bool plain = scene_.world.At(owner).catalog.Find(table)->partition_keys.empty();
  const std::string partition = fault == Fault::kLatePartition && !plain
                                    ? "dt=2025-12-31"
                                    : (*partitions)[scene_.swarm.Number(partitions->size())].name;
  const bool written = scene_.warehouse.RogueWrite(owner, table, partition, true);
  scene_.trace("rogue", fmt::format("{} {}/{}: {}", SideName(owner), table.Text(), partition,
                                    written ? "written" : "denied"));
}

size_t Rogues::UnitOf(const TableName& table) const {
  size_t unit = 0;
  while (!std::count(scene_.migration.units[unit].tables.begin(), scene_.migration.units[unit].tables.end(),
                     table)) {
    ++unit;
  }
  return unit;
}

// A table of a unit that is not decided yet, if one is drawn.
std::optional<TableName> Rogues::UndecidedTable() const {
  const TableName table = AnyTable();
  const executor::UnitRow& row = scene_.checker.row(UnitOf(table));
  if (executor::IsCommitted(row.state) || row.decision == Decision::kCommit) return std::nullopt;
  return table;
}

// After the last look before the decision nobody can know.
void Rogues::Tamper(const TableName& table) {
  if (scene_.checker.row(UnitOf(table)).state == UnitState::kReady) scene_.checker.OnTampered(table);
}

std::optional<executor::PartitionMeta> Rogues::AnyPartition(Side side, const TableName& table) const {
  const auto partitions = scene_.world.At(side).catalog.ListPartitions(table, "", 100);
  if (!partitions.ok() || partitions->empty()) return std::nullopt;
  return (*partitions)[scene_.swarm.Number(partitions->size())];
}

void Rogues::WritePastBarrier() {
  const std::optional<TableName> table = UndecidedTable();
  if (!table) return;
  const Side owner = scene_.checker.row(UnitOf(*table)).from;
  const auto partition = AnyPartition(owner, *table);
  if (!partition) return;
  Tamper(*table);
  (void)scene_.warehouse.RogueWrite(owner, *table, partition->name, false);
  scene_.trace("rogue", fmt::format("{} {}/{}: written past the barrier", SideName(owner), table->Text(),
                                    partition->name));
}

// Its writer opened it while nothing denied that, and goes on writing when something does.
void Rogues::HoldFileOpen() {
  const std::optional<TableName> table = UndecidedTable();
  if (!table) return;
  const Side owner = scene_.checker.row(UnitOf(*table)).from;
  if (scene_.world.At(owner).catalog.IsClosed(*table, executor::Party::kWriters)) return;
  const auto partition = AnyPartition(owner, *table);
  if (!partition || !scene_.warehouse.RogueWrite(owner, *table, partition->name, true)) return;
  executor::sim::SimStorage& storage = scene_.world.At(owner).storage;
  const std::string location = partition->location;
  const std::string path = storage.Files(location).begin()->first;
  storage.SetOpen(location, path, true);
  scene_.trace("rogue", fmt::format("{} {}/{}: held open", SideName(owner), table->Text(), partition->name));
  scene_.world.clock.In(scene_.swarm.Between(10s, 4min),
                        [this, &storage, owner, location, path, table = *table, name = partition->name] {
                          const auto file = storage.Files(location).find(path);
                          if (file == storage.Files(location).end() || !file->second.open_for_write)
                            return;  // overwritten meanwhile
                          (void)storage.Write(location, path, file->second.content + "rogue,more\n").ok();
                          scene_.trace("rogue", fmt::format("{} {}/{}: written to its end and closed",
                                                            SideName(owner), table.Text(), name));
                          scene_.checker.OnWrite(owner, table, name, "");
                        });
}

void Rogues::ChangeSchema() {
  const std::optional<TableName> table = UndecidedTable();
  if (!table) return;
  const Side owner = scene_.checker.row(UnitOf(*table)).from;
  executor::TableMeta changed = *scene_.world.At(owner).catalog.Find(*table);
  changed.columns.push_back({fmt::format("added_{}", changed.columns.size()), "string", ""});
  Tamper(*table);
  (void)scene_.world.At(owner).catalog.AlterTable(changed, "", kEveryToken).ok();
  scene_.trace("rogue", fmt::format("{} {}: a column is added", SideName(owner), table->Text()));
}

// What no listing shows can only be found by content; it is put where a copy has yet to come.
void Rogues::ChangeSilently() {
  const TableName table = AnyTable();
  const auto partitions = scene_.world.source.catalog.ListPartitions(table, "", 100);
  if (!partitions.ok() || partitions->empty()) return;
  const std::string location = (*partitions)[scene_.swarm.Number(partitions->size())].location;
  const auto& files = scene_.world.source.storage.Files(location);
  if (files.empty()) return;
  const std::string path = files.begin()->first;
  std::string content = files.begin()->second.content;
  // Same size and time; a new identity, as every file system and HDFS give to a replaced file.
  const int64_t bytes = files.begin()->second.bytes;
  const int64_t modified = files.begin()->second.modified_ms;
  if (scene_.world.source.catalog.IsClosed(table, executor::Party::kWriters)) return;
  std::swap(content.front(), content[content.size() / 2]);
  (void)scene_.world.source.storage.Write(location, path, content, bytes).ok();
  scene_.world.source.storage.SetModified(location, path, modified);
  if (OwnerOf(UnitOf(table)) == Side::kSource) {
    for (const executor::PartitionMeta& each : *partitions) {
      if (each.location == location) scene_.checker.OnWrite(Side::kSource, table, each.name, "");
    }
  }
}

void Rogues::UnpauseJobs() {
  const Side side = scene_.swarm.Coin(0.5) ? Side::kSource : Side::kTarget;
  const executor::UnitSpec& unit = AnyUnit();
  for (const executor::JobSpec& job : unit.jobs) {
    auto* state = scene_.world.At(side).scheduler.Find(job.name);
    // It starts with what its files say: all jobs of a site that was never in use stay paused.
    if (state->cursor.empty()) continue;
    const bool owned_here = OwnerOf(UnitOf(unit.tables.front())) == side;
    if (!owned_here && !scene_.swarm.Coin(0.5)) continue;
    state->paused = false;
    if (scene_.world.At(side).scheduler.on_change) scene_.world.At(side).scheduler.on_change(job.name);
  }
}

void Rogues::FillDisk() {
  scene_.world.target.storage.bytes_total = scene_.world.target.storage.bytes_used;
  scene_.world.clock.In(scene_.swarm.Between(10s, 20min), [this] { GiveRoom(); });
}

}  // namespace godwit::sim
