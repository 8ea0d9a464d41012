// executor/defence.h — the guards that keep a unit safe, by name. In the product every one of them stands, at
// no cost. The simulator's build (GODWIT_SWITCHABLE_DEFENCES) can take each away, so that it is known that a
// check would notice: tests/sim/defences.h says what each is for, `godwit-sim --without NAME` runs without
// it.
#pragma once

#include <cstdint>

namespace godwit::executor {

enum class Defence : uint8_t {
  kArbiter,         // one decision a generation
  kEpochs,          // only the newest process writes
  kHeadCheck,       // a process writes only if it has read everything
  kIntentFirst,     // the intent is durable before the effect
  kLookUp,          // an outcome that is not known is looked up
  kOneOutstanding,  // one operation on a resource at a time
  kDrain,           // no run is under way
  kSecondLook,      // and none a moment later
  kOpenFiles,       // no file is open for write
  kPause,           // the scheduler begins no run
  kJobGuard,        // a run that begins all the same ends at once
  kWriteBarrier,    // the resource denies writes
  kGeneration,      // a barrier is ours only under this generation's token
  kLeftBehind,      // what an earlier attempt left is taken back before the next
  kBudget,          // a freeze ends when its time is spent
  kWatchdogAsks,    // the watchdog thaws only if the arbiter lets it
  kThaw,            // a cancelled freeze ends when writers were seen to run
  kLinger,          // states at rest put right what changed
  kVerifiedCopies,  // what arrived is compared by content
  kOwnFolder,       // each attempt of a copy has a folder of its own
  kWatermarkLast,   // a table's promises follow its rows
  kSeal,            // no copier reaches the target after the proof
  kProof,           // both sides are compared while nothing writes
  kUnchanged,       // and neither changed since
  kSchema,          // nor its columns
  kGuards,          // everything is read once more before the decision
  kApproval,        // a person allowed the switch
  kInputs,          // what the unit's jobs read is in step at the other side
  kRunsTwice,       // only jobs that may run twice do
  kEqualCycles,     // runs on both sides were equal before the freeze
  kRoutesFirst,     // readers are routed before writers go on
  kCursor,          // the next run at the new side is the one after the last at the old
  kReverseSync,     // what was written since the switch goes back before a reversal
  // Those that the world keeps for us, or another process does:
  kWriterFence,  // a barrier refuses a request of an earlier generation
  kCopierFence,  // so does the target's catalog
  kGuardFence,   // and a job's guard
  kWatchdog,     // somebody thaws when godwit is gone
};
inline constexpr int kDefences = 37;

#ifdef GODWIT_SWITCHABLE_DEFENCES
bool Stands(Defence defence);
#else
constexpr bool Stands(Defence) { return true; }
#endif

}  // namespace godwit::executor
