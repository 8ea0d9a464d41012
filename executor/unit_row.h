// executor/unit_row.h — everything durable about one unit: the fold of its journal records. Live and after a
// crash the row changes by Fold alone.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "executor/action.h"
#include "executor/migration.h"
#include "executor/unit_state.h"
#include "state/journal.h"

namespace godwit::executor {

enum class Decision : uint8_t { kNone, kCommit, kCancel };

struct OpenIntent {
  int64_t sequence = 0;  // of the intent's record
  int64_t generation = 0;
  UnitState state = UnitState::kRegistered;  // in which it was meant
  Action action;
};

// A moment that means something under one boot alone; a deadline of another one is long past.
struct Deadline {
  std::string boot_id;
  int64_t since_boot_ns = 0;
};

struct Freeze {
  int64_t generation = 0;
  std::string begun, ended;  // wall clock, for people; `ended` is "" while it lasts
  int64_t begun_ns = 0;      // since boot
  int64_t milliseconds = 0;  // how long writers were stopped; 0 while it lasts or if a reboot hides it
};

// What was proven before a switch: the digests of both manifests, by table.
struct Evidence {
  int64_t generation = 0, seal_generation = 0;
  std::string boot_id;
  int64_t since_boot_ns = 0;
  std::map<std::string, std::pair<std::string, std::string>> manifests;  // table -> from, to
};

// Outputs of a dual run that were not the same on both sides.
struct DualRunDifference {
  std::string partition;
  std::vector<std::string> columns;
  std::string sample;     // one row, JSON
  std::string due;        // seen after the runs of this date
  std::string cause;      // as far as the scripts tell
  std::string waived_by;  // a person accepted it; "" if nobody did
};

// The shadow runs of a unit's `both` jobs.
struct Shadow {
  std::map<std::string, std::string> cursors;  // job -> due date after which it runs on both sides
  std::string compared;                        // newest due date that was compared
  int equal_cycles = 0;                        // in a row
};

struct UnitRow {
  UnitState state = UnitState::kRegistered;
  Side from = Side::kSource;  // who owns the data until the switch
  int64_t generation = 0;
  int64_t seal_generation = 0;
  Decision decision = Decision::kNone;  // of this generation
  int64_t operations = 0;               // intents so far: names the next one
  int attempts = 0;                     // freezes begun since the last start, retry or reversal
  std::string plan_hash;
  Deadline freeze_deadline;
  Deadline freeze_ended;  // the last freeze
  std::optional<Evidence> evidence;
  std::map<std::string, OpenIntent> open;                       // by operation
  std::map<TableName, std::vector<PartitionCopy>> unpublished;  // copied and verified
  std::optional<Shadow> shadow;
  std::map<std::string, DualRunDifference> differences;  // by table
  std::map<std::string, RunMode> modes;                  // jobs whose mode a person set
  std::vector<Freeze> freezes;
  std::set<std::string> disabled;  // jobs that their owner had paused before the freeze
  // Jobs that were told to run at `to` since the decision: their cursor there is their own from then on.
  std::set<std::string> handed_over;

  // A person's wishes.
  bool held = false;  // nothing new is begun; never while writers are frozen, those are thawed first
  std::string held_why;
  bool cancel_requested = false;
  bool reverse_requested = false;
  bool complete_requested = false;
  bool retry_requested = false;
  bool switch_approved = false;
  std::string switch_approved_by;
  std::optional<Timestamp> switch_approved_at;
  bool approval_wanted = false;  // people were told that it waits for one
  std::optional<Timestamp> cutover_not_before;

  std::string breaker_why;  // too many attempts failed: nothing new begins; "" while its breaker is closed

  int64_t folded = 0;  // sequence number of the last record that is part of this row

  Side to() const { return Other(from); }
  std::string OpName(const std::string& unit) const { return unit + "-" + std::to_string(operations + 1); }
};

// One partition that stands equal on both sides.
struct ReplicaEntry {
  std::string from_location, from_fingerprint;
  std::string to_location, to_fingerprint;
  int64_t bytes = 0;
  bool computed = false;  // by a job at `to`, found equal by rows; else copied

  auto operator<=>(const ReplicaEntry&) const = default;
};

// A change of what is known to be equal: of `table` as received by `to`. No entry: the partition is gone.
struct ReplicaChange {
  Side to;
  TableName table;
  std::string partition;
  std::optional<ReplicaEntry> entry;
};

// The entries as they stand: of `table` as received by `to`, by partition.
class ReplicaReader {
 public:
  virtual ~ReplicaReader() = default;
  virtual const std::map<std::string, ReplicaEntry>& Entries(Side to, const TableName& table) const = 0;
};

// Applies one record of this unit. `changes` receives what it means for replicas (a switch turns them round).
// Errors: kCorrupt — the record does not follow from the row: journal and code disagree.
Status Fold(const state::Record& record, const UnitSpec& spec, const ReplicaReader& replicas, UnitRow& row,
            std::vector<ReplicaChange>& changes);

// Without `open` and `unpublished`, which are kept one by one: they can be large.
nlohmann::json ToJson(const UnitRow& row);
Result<UnitRow> UnitRowFromJson(const nlohmann::json& json);
nlohmann::json ToJson(const OpenIntent& intent);
Result<OpenIntent> OpenIntentFromJson(const nlohmann::json& json);
nlohmann::json ToJson(const ReplicaEntry& entry);
Result<ReplicaEntry> ReplicaEntryFromJson(const nlohmann::json& json);

const char* DecisionName(Decision decision);

}  // namespace godwit::executor
