// tests/sim/swarm.h — which faults a run has, drawn from its seed: each class is on in about half of the
// runs, so that rare combinations are met and a fault that hides another is sometimes away; now and then it
// is much more frequent, so that two of a kind meet.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "base/time.h"

namespace godwit::sim {

enum class Fault : uint8_t {
  kRequestLost,
  kReplyLost,
  kRequestLate,
  kRequestTwice,
  kRefusedBefore,  // 5xx, nothing happened
  kErrorAfter,     // 5xx, it happened
  kCrash,
  kCrashAtJournal,  // before or after a journal write
  kZombie,          // stopped for long while another takes over
  kReboot,
  kJournalFull,
  kCopyDies,
  kCopyTorn,      // says it succeeded, but a file is short
  kSilentChange,  // same size, time and identity; before the copy
  kLatePartition,
  kRogueWriter,   // not scheduled, stopped by the barrier
  kForgetsPause,  // the scheduler restarts and its jobs run
  kNoTokens,      // the scheduler keeps none
  kJobFails,
  kSlowJobs,
  kClockJumps,
  kNoSpace,
  kOperator,       // holds, cancels, reverses
  kWatchdogAlone,  // the orchestrator stays away for hours
  kSuperuser,      // writes past the barrier
  kFileHeldOpen,   // a writer that opened before the barrier writes after it
  kSchemaChange,   // a column is added at the side that owns the table
  kForeignWrite,   // somebody writes to the journal between a look at it and the next write
  kLateListing,    // the scheduler starts what it had queued as it is paused, and lists it late
};
inline constexpr int kFaults = 29;
const char* FaultName(Fault fault);

class Swarm {
 public:
  explicit Swarm(uint64_t seed);

  bool Has(Fault fault) const { return strength_[static_cast<size_t>(fault)] > 0; }
  // True with probability `rate`, times the fault's strength in this run, if it is on and faults go on.
  bool Strikes(Fault fault, double rate);
  void Stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  void SwitchOff(Fault fault) { strength_[static_cast<size_t>(fault)] = 0; }

  uint64_t Number(uint64_t below);  // uniform
  Duration Between(Duration low, Duration high);
  bool Coin(double probability);

 private:
  std::mt19937_64 random_;
  std::array<int, kFaults> strength_{};  // 0: off
  bool stopped_ = false;
};

}  // namespace godwit::sim
