// planner/plan.h — the plan, as plain values: which tables and jobs move together (units), in which order and
// when (waves, windows), what that costs, and what else was considered. The executor obeys nothing else. As
// text it is `plan.json` (plan_json.h, docs/plan_format.md): sorted, and the same bytes for the same inputs.
//
// All times are counted from `request.start`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner/edit.h"
#include "planner/request.h"
#include "planner/workload.h"

namespace godwit::planner {

enum class UnitId : uint32_t {};  // position in Plan::units, which is the order of movement
enum class WaveId : uint32_t {};  // position in Plan::waves

// What a unit consists of. A plan made from a graph without names leaves the strings empty.
struct PlannedTable {
  std::string name;
  int64_t bytes = 0;
  int64_t changed_bytes_per_day = 0;
  std::string owner;
  bool operator==(const PlannedTable&) const = default;
};

struct PlannedJob {
  std::string name;
  JobType type = JobType::kSql;
  RunMode dual_run_mode = RunMode::kOld;  // only where the unit's strategy is dual-run
  int32_t run_seconds = 0;
  std::string workflow;
  std::string owner;
  std::string schedule;  // cron line, UTC
  Repeatability repeatability = Repeatability::kUnknown;
  // Why two runs for one date may give different rows: lint code, reason, place.
  std::vector<std::string> hazards;
  std::vector<TableId> reads, writes;  // sorted; positions in Plan::tables
  bool operator==(const PlannedJob&) const = default;
};

// The moment at which a unit's writers stop on the source and readers and writers go on at the target.
struct Cutover {
  Seconds at{0};            // the freeze begins
  Seconds window_begin{0};  // the quiet window around it: no scheduled run of the unit's writers
  Seconds window_end{0};    // both equal to `at` where there is none
  Seconds freeze{0};        // predicted
  int64_t final_delta_bytes = 0;
  int32_t delayed_runs = 0;     // scheduled runs that have to wait
  Seconds delay{0};             // the sum of their waits
  bool schedules_known = true;  // false: some writer's schedule is unknown, so its runs could not be avoided
  bool operator==(const Cutover&) const = default;
};

// Why something is as it is, for people and for `plan explain`.
struct Reason {
  std::string code;  // "cycle", "writer", "tie", "oversize", "pinned", "unknown-upstream", "order", …
  std::string text;
  bool operator==(const Reason&) const = default;
};

struct Unit {
  std::string id;               // "u00042": position in the order of movement, from 1
  std::vector<TableId> tables;  // sorted; positions in Plan::tables
  std::vector<JobId> jobs;      // sorted; positions in Plan::jobs
  WaveId wave{};
  Strategy strategy = Strategy::kChain;
  int64_t bytes = 0;
  int64_t changed_bytes_per_day = 0;
  Seconds copy_start{0};
  Seconds copy_end{0};  // bulk copy done; rounds of the delta follow until the cut-over
  Cutover cutover;
  Seconds dual_run_start{0};  // dual-run only: both sides run from here …
  Seconds dual_run_end{0};    // … and the old side stops here
  std::vector<UnitId> after;  // these have to have cut over before: hard edges, sorted
  Seconds slack{0};           // how much later the unit may cut over without delaying the last wave
  Seconds copy_slack{0};      // how much later its copy may end
  bool critical = false;      // one of them is zero
  bool pinned = false;        // placed by an edit
  std::vector<Reason> reasons;
  bool operator==(const Unit&) const = default;
};

// Units that are approved together and cut over one after another.
struct Wave {
  std::string id;             // "w03"
  std::vector<UnitId> units;  // in order of cut-over
  int64_t bytes = 0;
  Seconds start{0};   // first copy begins
  Seconds end{0};     // last cut-over done
  Seconds freeze{0};  // sum over its units
  bool operator==(const Wave&) const = default;
};

// A read that crosses sites for a while.
struct CutEdge {
  TableId table;
  JobId job;  // the reader
  UnitId table_unit;
  UnitId job_unit;
  Direction direction;
  int64_t bytes_per_day = 0;
  Seconds open_from{0};
  Seconds open_until{0};
  bool operator==(const CutEdge&) const = default;
};

// One daily sync of a table's change serves all its readers on the other site.
struct Sync {
  TableId table;
  Direction direction;
  Seconds from{0};
  Seconds until{0};
  int64_t bytes_per_day = 0;  // at its peak: the lesser of what is read there and what changes
  int64_t total_bytes = 0;    // over its life
  int32_t readers = 0;
  bool operator==(const Sync&) const = default;
};

// What an arrangement of units costs (docs/planning.md, "What a plan costs").
struct Cost {
  double crossing = 0;            // share of all bytes read during the move that cross sites (phi_h)
  double priced = 0;              // the same with reader-first reads at their price alpha
  double synced = 0;              // the same where one sync serves all remote readers of a table
  double cut_share = 0;           // share of read bytes/day that is cut at all
  double peak_bytes_per_day = 0;  // most cut reads open at once
  int64_t reader_first_reads = 0;
  double units_full = 0;  // fullest unit, of the cap
  bool operator==(const Cost&) const = default;
};

struct Totals {
  Cost cost;
  int64_t bytes = 0;
  int64_t read_bytes_per_day = 0;
  int64_t crossing_bytes = 0;  // all reads across sites, over the whole move
  int64_t sync_bytes = 0;      // what syncs carry instead
  Seconds duration{0};
  Seconds freeze{0};  // sum over units
  Seconds longest_freeze{0};
  int32_t delayed_runs = 0;
  double doubled_job_hours = 0;  // dual-run: job-hours that run on both sides
  bool operator==(const Totals&) const = default;
};

// Something that was considered and not chosen, with its price.
struct Alternative {
  std::string name;    // "keep workflows whole"
  std::string option;  // how to ask for it: "--tie workflow"
  Cost cost;
  double duration_ratio = 1;  // of the plan's
  bool operator==(const Alternative&) const = default;
};

// What the plan was made from. The caller fills it; `apply` compares it with the world and names what
// drifted.
struct FingerprintEntry {
  std::string kind;  // "script", "table", "config", "graph"
  std::string name;
  std::string digest;
  bool operator==(const FingerprintEntry&) const = default;
};

// The file that the plan was made from, for commands that need more than the plan holds.
struct PlanSource {
  std::string kind;  // "graph", "workload" or "" if it is no file
  std::string path;  // as it was given
  std::string digest;
  bool operator==(const PlanSource&) const = default;
};

struct Plan {
  PlanSource source;
  Request request;          // what was asked for, with what it left open filled in
  std::vector<Edit> edits;  // what people changed
  int64_t unit_bytes_max = 0;
  bool named = false;                // tables and jobs have names; else their numbers stand for them
  std::vector<PlannedTable> tables;  // empty if not named
  std::vector<PlannedJob> jobs;      // empty if not named
  std::vector<Unit> units;           // in order of movement
  std::vector<Wave> waves;
  std::vector<CutEdge> cut_edges;  // sorted by table, then job
  std::vector<Sync> syncs;         // sorted by table, then direction
  Totals totals;
  std::vector<Alternative> alternatives;
  std::vector<std::string> warnings;
  std::vector<FingerprintEntry> fingerprint;  // sorted by kind, then name
  bool operator==(const Plan&) const = default;
};

}  // namespace godwit::planner
