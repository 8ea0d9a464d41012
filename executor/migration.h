// executor/migration.h — what the executor is to carry out: the plan's units in its own words, and the
// limits. The executor reaches no table or job that is not named here.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "executor/breaker.h"
#include "executor/calendar.h"
#include "executor/location_map.h"
#include "executor/ports/table_meta.h"
#include "executor/rate.h"

namespace godwit::executor {

enum class RunMode : uint8_t { kOld, kBoth, kNew };

struct JobSpec {
  std::string name;
  std::set<TableName> reads;
  std::set<TableName> writes;
  // May run on both sides at once: it only overwrites its own partitions. Exports and jobs of unknown effect
  // may not.
  bool may_run_twice = false;
  RunMode mode = RunMode::kOld;      // before the switch: kBoth runs a shadow at `to`
  std::vector<std::string> hazards;  // for people: why its two runs may give different rows
};

struct UnitSpec {
  std::string id;
  int wave = 1;
  std::vector<TableName> tables;  // sorted
  std::set<TableName> views;      // those of them that are definitions alone
  std::vector<JobSpec> jobs;  // sorted by name; every writer of the tables, and whatever else moves with them
  Duration freeze_budget{0};  // 0: the policy's
  std::optional<Timestamp> cutover_not_before;  // as planned; what a person says of it counts instead
  // False: a person asked for other units alone. It neither starts nor freezes, and no wave waits for it;
  // what has begun is kept as it is.
  bool asked_for = true;
};

struct Policy {
  // Freezing.
  Duration freeze_budget = std::chrono::minutes(30);  // writers are thawed when it is spent
  int cutover_attempts_max = 5;                       // then the unit is aborted
  int freezes_max = 4;                                // units frozen at once
  int drain_reads = 2;                                // how often "nothing runs" must be seen
  Duration drain_gap = std::chrono::seconds(5);       // between two of those reads
  Duration quiet_wait_max = std::chrono::hours(24);   // wait this long for a window in which no run is due
  Duration evidence_age_max = std::chrono::minutes(10);

  // Looking.
  Duration look_again = std::chrono::seconds(5);    // while something is awaited
  Duration sync_every = std::chrono::minutes(5);    // between two looks at a table that is kept in sync
  Duration linger_every = std::chrono::minutes(1);  // between two looks at what an end state promises

  // Copying.
  int units_in_flight_max = 16;
  int copies_per_unit_max = 4;
  size_t partitions_per_copy_max = 1000;
  int64_t bytes_per_copy_max = int64_t{256} << 30;
  int64_t bytes_per_second_max = 0;                        // for all copies together; 0: no limit
  int64_t expected_bytes_per_second = int64_t{100} << 20;  // until measured
  std::array<RateTable, 2> rates;  // by the clock: copies from the source, from the target
  Duration burst{0};               // saved up at that rate; 0: a copy's own rate is limited, not their sum
  int copies_max = 0;              // under way over all units; 0: no limit

  // Dual run.
  int equal_cycles = 1;  // due dates whose outputs were equal on both sides before a freeze

  // People.
  bool switch_needs_approval = false;
  Duration switch_approval_lasts{0};  // 0: until the switch
  bool complete_by_itself = false;
  Duration probation = std::chrono::hours(24);

  // Failures.
  int failures_max = 8;  // in a row, then the unit is held for a person
  Duration backoff_max = std::chrono::seconds(64);
  Duration unknown_wait = std::chrono::seconds(2);  // before an unknown outcome is looked up
  std::optional<BreakerPolicy> breaker;             // of each unit and of the whole run

  // Where data lands: the longest source prefix that fits is replaced. A location that none fits is refused.
  LocationMap location_map;
};

struct Migration {
  std::string plan_hash;
  std::string source_name, target_name;  // as in the configuration
  std::vector<UnitSpec> units;           // in order of movement
  Policy policy;
  std::vector<Blackout> blackouts;
};

// kInvalidInput if two units share a table or a job, or a job writes a table of another unit.
Status CheckMigration(const Migration& migration);

const char* RunModeName(RunMode mode);
std::optional<RunMode> ParseRunMode(std::string_view name);

}  // namespace godwit::executor
