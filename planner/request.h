// planner/request.h — what the user asks of a plan: limits, prices and wishes. As text it is a JSON file
// (request_json.h, docs/planning.md); every field has a default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "planner/terms.h"

namespace godwit::planner {

// A size given as bytes or as a share of all bytes that move.
struct Size {
  double share = 0;  // 0: `bytes` counts
  int64_t bytes = 0;
  int64_t Of(int64_t total) const {
    return share > 0 ? static_cast<int64_t>(share * static_cast<double>(total)) : bytes;
  }
  bool operator==(const Size&) const = default;
};

// Rates of the link from source to target.
struct Bandwidth {
  int64_t bytes_per_second = 0;  // 0: not known; then assumed, with a warning
  // Share of it that may be used, by hour of the week from Monday 00:00 UTC; empty: all of it always.
  std::vector<double> hour_of_week;
  bool operator==(const Bandwidth&) const = default;
};

// A time in which nothing may be cut over, and, if it says so, nothing copied either.
struct Blackout {
  Seconds from{0};  // since Plan::start, or since Monday 00:00 if weekly
  Seconds until{0};
  bool weekly = false;
  bool stops_copies = false;
  std::string reason;
  bool operator==(const Blackout&) const = default;
};

// Room on the target: `bytes` in all from this time on.
struct CapacityStep {
  Seconds from{0};
  int64_t bytes = 0;
  bool operator==(const CapacityStep&) const = default;
};

// At most `copies_max` units at once that have a table of this group; the empty group stands for every unit.
struct Pool {
  std::string group;
  int32_t copies_max = 1;
  bool operator==(const Pool&) const = default;
};

struct WaveRules {
  int32_t units_max = 8;
  Size bytes_max{0.1, 0};
  Seconds freeze_max{0};  // sum over a wave's units; 0: no limit
  Seconds gap{0};         // between the last cut-over of a wave and the first copy of the next
  bool pilot = true;      // a small unit alone first, then waves that at most double
  bool operator==(const WaveRules&) const = default;
};

struct FreezeRules {
  Seconds fixed{300};                  // pause, proof that nothing runs, verification, switch
  Seconds budget{1800};                // a longer freeze is never planned without a warning
  Seconds round{600};                  // between the last copy round and the freeze
  Seconds look_ahead{14 * 24 * 3600};  // how long a cut-over may wait for a quiet window
  bool operator==(const FreezeRules&) const = default;
};

// The first rule that matches decides.
struct StrategyRule {
  std::string pattern;  // of workflow names, with * and ?
  Strategy strategy = Strategy::kChain;
  bool operator==(const StrategyRule&) const = default;
};

struct Request {
  Size unit_max{0.01, 0};
  OrderRule order = OrderRule::kFree;
  double alpha = 1;
  Objective objective = Objective::kReads;
  double unit_overhead = 0.25;  // fixed time a unit takes, in times to copy a full one
  std::vector<Tie> ties;
  bool cut_at_unknown = false;
  Effort effort = Effort::kDefault;
  uint64_t seed = 7;

  std::string start;  // "2026-12-01"; empty: a Monday that is not named
  Bandwidth bandwidth;
  int64_t copy_bytes_per_second_max = 0;  // of one unit's copy; 0: the whole link
  double replication = 1;                 // bytes on the target for one on the source
  std::vector<CapacityStep> capacity;     // by time; empty: no limit
  std::vector<Pool> pools;
  std::vector<Blackout> blackouts;
  WaveRules waves;
  FreezeRules freeze;
  std::vector<StrategyRule> strategies;
  Seconds dual_run_trial{3 * 24 * 3600};  // both sides run at least this long before the old one stops
  bool operator==(const Request&) const = default;
};

// Errors: kInvalidInput for the first wish that cannot be: a price below 1, a time that runs backwards,
// black-outs that leave no time, and the like.
Status CheckRequest(const Request& request);

}  // namespace godwit::planner
