#include "executor/unit_state.h"

#include <array>
#include <string>

namespace godwit::executor {
namespace {

using S = UnitState;
using E = Event;

constexpr Transition kTransitions[] = {
    {S::kRegistered, E::kPlanAccepted, S::kPlanned, "the plan names the unit and is not stale"},
    {S::kPlanned, E::kStarted, S::kBulkCopy, "its wave is open, the plan is approved"},
    {S::kBulkCopy, E::kCopied, S::kDualRun, "every partition was copied and verified once"},
    {S::kDualRun, E::kFreezeBegun, S::kFreezing,
     "difference small, runs on both sides equal or waived, quiet window, approval, no barrier left behind"},
    {S::kFreezing, E::kFrozen, S::kFinalCopy,
     "writers paused and denied by this generation, drained, no open file"},
    {S::kFinalCopy, E::kCaughtUp, S::kWaitConsistent, "nothing left to copy, no copy running"},
    {S::kWaitConsistent, E::kProven, S::kReady, "copiers sealed out by this seal, both sides equal"},
    {S::kWaitConsistent, E::kUnequal, S::kFinalCopy, "a partition differs"},
    {S::kReady, E::kCommitted, S::kSwitching, "every guard re-read and true; the arbiter says commit"},
    {S::kReady, E::kGuardFailed, S::kFreezing, "a guard is false"},
    {S::kFreezing, E::kCancelled, S::kCancelling, "the arbiter says cancel"},
    {S::kFinalCopy, E::kCancelled, S::kCancelling, "the arbiter says cancel"},
    {S::kWaitConsistent, E::kCancelled, S::kCancelling, "the arbiter says cancel"},
    {S::kReady, E::kCancelled, S::kCancelling, "the arbiter says cancel"},
    {S::kPlanned, E::kCancelled, S::kCancelling, "a person cancels"},
    {S::kBulkCopy, E::kCancelled, S::kCancelling, "a person cancels"},
    {S::kDualRun, E::kCancelled, S::kCancelling, "a person cancels"},
    {S::kCancelling, E::kThawed, S::kDualRun, "writers run at `from` again (read back); attempts left"},
    {S::kCancelling, E::kGaveUp, S::kAborted, "writers run at `from` again (read back); no attempt left"},
    {S::kSwitching, E::kRouted, S::kUnfreezing, "every reader's route reads back as `to`"},
    {S::kUnfreezing, E::kResumed, S::kProbation, "writers run at `to` (read back)"},
    {S::kUnfreezing, E::kReturned, S::kReversed, "writers run at the first side again (read back)"},
    {S::kProbation, E::kReversalBegun, S::kBulkCopy, "a person reverses: the sides swap"},
    {S::kProbation, E::kCompletedByApproval, S::kCompleted,
     "a person completes, or the policy after its time"},
    {S::kAborted, E::kRetried, S::kBulkCopy, "a person retries"},
    {S::kReversed, E::kRetried, S::kBulkCopy, "a person retries: the sides swap again"},
};

constexpr std::array<const char*, kUnitStates> kStateNames = {
    "registered", "planned",         "bulk_copy",  "dual_run",  "freezing",
    "final_copy", "wait_consistent", "ready",      "switching", "unfreezing",
    "probation",  "completed",       "cancelling", "aborted",   "reversed"};

constexpr std::array<const char*, kUnitStates> kPromises = {
    "known from the plan; nothing was touched",
    "waits for its wave; nothing was touched",
    "writers run at `from`; copies go to folders of their own at `to` and are published when they are "
    "verified; "
    "jobs and barriers at `to` are shut",
    "writers run at `from`; copies keep up; jobs of mode `both` also run at `to`, and their outputs are "
    "compared",
    "writers at `from` are paused, guarded and denied, and drained; readers still read `from`",
    "nothing writes; the last difference is copied",
    "nothing writes on either side, copiers are sealed out; both sides are compared by content",
    "both sides were equal in this freeze; every guard is read once more before the decision",
    "decided: readers are routed to `to`, one table after the other; there is no way but forward",
    "readers read `to`; its barriers are opened, its jobs get their cursors and are unpaused",
    "writers and readers are at `to`; what is written goes back to `from` while readers are left there; can "
    "be reversed",
    "writers and readers are at `to` for good; `from` stays shut",
    "writers at `from` are being thawed; what was copied stays",
    "given up: writers run at `from` as if nothing had been",
    "was moved and moved back: writers run at the first side, nothing written meanwhile is lost"};

constexpr std::array<const char*, kEvents> kEventNames = {
    "plan_accepted", "started", "copied",       "freeze_begun", "frozen",         "caught_up",
    "proven",        "unequal", "guard_failed", "committed",    "cancelled",      "thawed",
    "gave_up",       "routed",  "resumed",      "returned",     "reversal_begun", "completed_by_approval",
    "retried"};

template <typename Enum, size_t size>
std::optional<Enum> Parse(const std::array<const char*, size>& names, std::string_view name) {
  for (size_t i = 0; i < size; ++i) {
    if (name == names[i]) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::span<const Transition> Transitions() { return kTransitions; }

Result<UnitState> Next(UnitState state, Event event) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.event == event) return transition.to;
  }
  return Corrupt(std::string("a unit in state ") + UnitStateName(state) + " cannot meet " + EventName(event));
}

const char* UnitStateName(UnitState state) { return kStateNames[static_cast<size_t>(state)]; }
const char* UnitStatePromise(UnitState state) { return kPromises[static_cast<size_t>(state)]; }
const char* EventName(Event event) { return kEventNames[static_cast<size_t>(event)]; }
std::optional<UnitState> ParseUnitState(std::string_view name) { return Parse<UnitState>(kStateNames, name); }
std::optional<Event> ParseEvent(std::string_view name) { return Parse<Event>(kEventNames, name); }

}  // namespace godwit::executor
