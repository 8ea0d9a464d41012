// tests/sim/checker.h — what must always hold, looked at after every event (lifecycle.md, 3.8).
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "executor/engine.h"
#include "executor/ledger.h"
#include "simulator/sim_warehouse.h"

namespace godwit::sim {

class Checker {
 public:
  Checker(executor::sim::SimWorld& world, const executor::Migration& migration,
          const simulator::SimWarehouseSpec& warehouse, Duration freeze_max);

  // A record is about to be durable. Keeps the checker's own view of who owns what.
  void OnRecord(const state::Entry& entry);

  void OnWrite(executor::Side side, const executor::TableName& table, const std::string& partition,
               const std::string& rows);
  void OnStart(const simulator::SimRun& run);
  void OnEnd(const simulator::SimRun& run);
  void OnPublish(executor::Side side, const executor::Publication& publication);
  // Somebody went past every barrier after the last look before the decision: what the switch then loses is
  // not godwit's. Before it, it is: somebody must look.
  void OnTampered(const executor::TableName& table);
  // A request leaves the process, or its answer is known. `known`: whether it tells what happened.
  void OnRequest(const executor::Work& work);
  void OnReply(const executor::Work& work, bool known);
  // Once in a while: freezes that last too long.
  void OnTime();
  // Faults are over and time has passed: everybody is at rest and thawed.
  // `forgetful`: schedulers that lose a pause or keep no tokens are among the faults.
  void SetForgetful(bool forgetful) { forgetful_ = forgetful; }
  // `waiting`: units that wait for a person, or for one that does.
  void AtEnd(bool calm, const std::set<size_t>& waiting);

  const std::vector<std::string>& violations() const { return violations_; }
  const executor::UnitRow& row(size_t unit) const { return rows_[unit]; }
  int64_t longest_freeze_ms() const { return longest_freeze_ms_; }

 private:
  using Side = executor::Side;
  using TableName = executor::TableName;

  void Violate(const std::string& what);
  void CheckCommit(size_t unit);
  void CheckPromise(size_t unit, executor::Event event);
  void CheckStopped(size_t unit);
  void CheckThawed(size_t unit);
  void CheckRoutes(size_t unit);
  void CheckLeave(size_t unit);
  void CheckNothingSkipped(size_t unit);
  void CheckReads(Side side, const simulator::SimJobSpec& job, const std::string& due);
  Side OwnerOf(size_t unit) const;
  bool IsShadow(size_t unit, const std::string& job, Side side) const;
  bool WritersAreStopped(size_t unit, Side side);

  executor::sim::SimWorld& world_;
  const executor::Migration& migration_;
  std::map<TableName, size_t> unit_of_table_;
  std::map<std::string, size_t> unit_of_job_;
  std::map<std::string, const executor::JobSpec*> jobs_;
  std::map<TableName, bool> partitioned_;
  Duration freeze_max_;
  std::vector<executor::UnitRow> rows_;  // folded here too, from records alone
  std::map<std::pair<TableName, std::string>, std::set<std::string>> truths_;  // rows the owner ever had
  std::map<std::pair<std::string, std::string>, int> done_;  // job, due -> successful runs that count
  std::map<size_t, executor::Nanoseconds> stopped_since_;
  std::set<TableName> tampered_;
  std::set<std::string> intended_;   // operations with a durable intent
  std::set<std::string> unknown_;    // operations that were asked for, and nobody knows what became of them
  std::set<std::string> published_;  // operations that changed a catalog
  int64_t longest_freeze_ms_ = 0;
  bool forgetful_ = false;
  std::vector<std::string> violations_;
};

}  // namespace godwit::sim
