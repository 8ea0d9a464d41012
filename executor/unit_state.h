// executor/unit_state.h — the life of one migration unit, as data. docs/lifecycle.md is drawn from this
// table.
//
// Words: `from` is the side that owns the unit's data until the switch, `to` the other one. A reversal is the
// same machine with the sides swapped. A generation is one attempt to cut over; it begins with a freeze.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "executor/ports/effect.h"

namespace godwit::executor {

enum class UnitState : uint8_t {
  kRegistered,      // known, nothing promised
  kPlanned,         // part of an accepted plan, waits for its wave
  kBulkCopy,        // rounds of copies while writers run at `from`
  kDualRun,         // copies keep up; jobs in mode `both` also run at `to` and are compared
  kFreezing,        // writers at `from` are being paused, denied and drained
  kFinalCopy,       // writers denied; the last difference is copied
  kWaitConsistent,  // copiers sealed out of `to`; both sides are compared
  kReady,           // proven equal; every guard is read once more
  kSwitching,       // decided: readers are routed to `to`; forward only
  kUnfreezing,      // writers start at `to`; forward only
  kProbation,       // writers run at `to`, watched; can still be reversed
  kCompleted,       // the way back is given up
  kCancelling,      // writers at `from` are being thawed
  kAborted,         // given up; writers run at `from`
  kReversed,        // was moved and moved back; writers run at the first side again
};
inline constexpr int kUnitStates = 15;

enum class Event : uint8_t {
  kPlanAccepted,
  kStarted,
  kCopied,
  kFreezeBegun,
  kFrozen,
  kCaughtUp,
  kProven,
  kUnequal,
  kGuardFailed,
  kCommitted,
  kCancelled,
  kThawed,
  kGaveUp,
  kRouted,
  kResumed,
  kReturned,
  kReversalBegun,
  kCompletedByApproval,
  kRetried,
};
inline constexpr int kEvents = 19;

struct Transition {
  UnitState from;
  Event event;
  UnitState to;
  const char* guard;  // for people: when the event may happen
};

// The only way a unit changes state.
std::span<const Transition> Transitions();

// Errors: kCorrupt for a pair that is not in the table: journal and code disagree.
Result<UnitState> Next(UnitState state, Event event);

// "bulk_copy", "freeze_begun": as in journal and faces.
const char* UnitStateName(UnitState state);
const char* EventName(Event event);
// What holds while a unit is in the state, for people.
const char* UnitStatePromise(UnitState state);
std::optional<UnitState> ParseUnitState(std::string_view name);
std::optional<Event> ParseEvent(std::string_view name);

// Writers are stopped, or may be, and a freeze lease runs: kFreezing … kReady.
constexpr bool IsFrozen(UnitState state) {
  return state >= UnitState::kFreezing && state <= UnitState::kReady;
}
// The decision fell for `to`, whatever remains to be done.
constexpr bool IsCommitted(UnitState state) {
  return state >= UnitState::kSwitching && state <= UnitState::kCompleted;
}
// Nothing more happens without a person's command.
constexpr bool IsTerminal(UnitState state) {
  return state == UnitState::kCompleted || state == UnitState::kAborted || state == UnitState::kReversed;
}

// Fencing tokens. A generation closes with an even token and opens with the next odd one, so that a late
// request of an earlier attempt, or of the same one before it was cancelled, is refused by the resource.
constexpr Token ClosingToken(int64_t generation) { return 2 * static_cast<Token>(generation); }
constexpr Token OpeningToken(int64_t generation) { return 2 * static_cast<Token>(generation) + 1; }

}  // namespace godwit::executor
