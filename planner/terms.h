// planner/terms.h — the planner's closed sets; words.h has their words.
#pragma once

#include <chrono>
#include <cstdint>

namespace godwit::planner {

using Seconds = std::chrono::seconds;

enum class OrderRule : uint8_t {
  kFree,           // a reader that moves before its table costs `alpha` times a read
  kUpstreamFirst,  // never
};

enum class Objective : uint8_t {
  kReads,     // every remote read costs
  kSyncOnce,  // one daily sync of a table serves all its remote readers
  kDualRun,   // job-hours that run on both sites
};

// What is kept together on request.
enum class Tie : uint8_t { kWorkflow, kOwner, kGroup };

enum class Effort : uint8_t { kDefault, kHigh };

enum class Strategy : uint8_t {
  kChain,    // copy, freeze, switch the whole unit at once
  kDualRun,  // both sides run; started upstream first, the old side stopped downstream first
};

// Which side runs a job while its unit is in dual run.
enum class RunMode : uint8_t { kOld, kBoth, kNew };

enum class Direction : uint8_t {
  kReverse,  // target to source, for a reader left behind
  kForward,  // source to target, for a reader that moved before its table
};

}  // namespace godwit::planner
