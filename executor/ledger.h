// executor/ledger.h — the journal as the executor reads it: one row a unit, what stands equal on both sides,
// and what a person said of the whole run. The only writer and reader of the journal's facts;
// docs/journal_format.md has them.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "executor/unit_row.h"
#include "state/journal.h"

namespace godwit::executor {

// What concerns all units.
struct RunRow {
  bool held = false;
  std::string held_why;
  std::map<std::string, std::string> approvals;  // hash of a plan -> who
  std::string breaker_why;  // too many attempts failed: nothing new begins; "" while the breaker is closed
  std::string driver;       // who drives, or drove last
  int64_t began = 0;        // when the state was made, Unix seconds; 0: by a version that did not say

  // Tokens of this migration are larger than those of earlier ones, which the sites remember.
  Token first_token() const { return 2 * static_cast<Token>(began); }
};

class Ledger : public ReplicaReader {
 public:
  // With `keep_facts` the derived facts are written with the records, and loading reads them instead of the
  // whole log.
  Ledger(const Migration& migration, state::Journal& journal, bool keep_facts);

  // Reads the journal. Errors: kCorrupt; kConflict if it belongs to another plan.
  Status Load();
  // Folds what others wrote since. Returns the units concerned (positions in Migration::units), and all of
  // them if it concerns the run. Errors as Load.
  Result<std::set<size_t>> CatchUp();
  // Writes and folds. `epoch` as Journal::Append. Errors as Journal::Append; kUnavailable also if CatchUp is
  // due.
  Status Append(int64_t epoch, const std::vector<state::Entry>& entries);

  const UnitRow& row(size_t unit) const { return rows_[unit]; }
  // Units whose rows changed since this was last asked; the order and repetitions mean nothing.
  std::vector<size_t> TakeChanged() { return std::exchange(changed_, {}); }
  const RunRow& run() const { return run_; }
  int64_t newest_epoch() const { return newest_epoch_; }

  const std::map<std::string, ReplicaEntry>& Entries(Side to, const TableName& table) const override;
  // Entries of a unit's tables are read from the journal when first needed. Call it before deciding about the
  // unit.
  Status LoadReplicas(size_t unit);
  // Frees their memory where the journal has them. Until LoadReplicas, Entries says nothing of the unit.
  void DropReplicas(size_t unit);

 private:
  struct Staged;
  Status LoadReplicasFor(const state::Entry& entry);
  Status FoldInto(const state::Record& record, Staged& staged) const;
  void Commit(Staged staged, int64_t head);
  std::vector<state::Fact> FactsOf(const Staged& staged, int64_t head) const;
  Status LoadRows();

  const Migration& migration_;
  state::Journal& journal_;
  bool keep_facts_;
  std::map<std::string, size_t> unit_by_id_;
  std::vector<UnitRow> rows_;
  std::vector<size_t> changed_;
  std::vector<bool> replicas_loaded_;
  RunRow run_;
  std::map<std::pair<Side, TableName>, std::map<std::string, ReplicaEntry>> replicas_;
  // Facts of records that others wrote; they go into the journal with the next append of our own.
  std::vector<state::Fact> unkept_;
  int64_t head_ = 0;
  int64_t newest_epoch_ = 0;
};

// Folds the whole log once more and compares the outcome with the facts kept beside it. The first
// disagreement, or "".
Result<std::string> VerifyFacts(const Migration& migration, state::Journal& journal);

}  // namespace godwit::executor
