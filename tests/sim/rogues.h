// tests/sim/rogues.h — what changes the sites behind godwit's back: writers in no schedule, files that change
// or stay open, schemas, schedulers that forget, a full disk.
#pragma once

#include <optional>

#include "tests/sim/scene.h"

namespace godwit::sim {

class Rogues {
 public:
  explicit Rogues(const Scene& scene) : scene_(scene) {}

  // At one unit, or at any. Does nothing for faults of other kinds.
  void Strike(Fault fault, std::optional<size_t> unit = {});
  // The disk is emptied.
  void GiveRoom() { scene_.world.target.storage.bytes_total = int64_t{1} << 60; }

 private:
  using Side = executor::Side;
  using TableName = executor::TableName;

  const executor::UnitSpec& AnyUnit() const;
  TableName AnyTable() const;
  size_t UnitOf(const TableName& table) const;
  Side OwnerOf(size_t unit) const;
  std::optional<TableName> UndecidedTable() const;
  std::optional<executor::PartitionMeta> AnyPartition(Side side, const TableName& table) const;
  void Tamper(const TableName& table);

  void Write(Fault fault);
  void WritePastBarrier();
  void HoldFileOpen();
  void ChangeSchema();
  void ChangeSilently();
  void UnpauseJobs();
  void FillDisk();

  const Scene& scene_;
  std::optional<size_t> unit_;  // of the strike that goes on
};

}  // namespace godwit::sim
