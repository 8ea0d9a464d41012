// executor/watchdog.h — thaws writers when whoever froze them is gone. It may only thaw, and only after it
// has won the arbiter: a unit whose switch is decided is never touched.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "executor/engine.h"
#include "executor/ledger.h"

namespace godwit::executor {

struct WatchdogPolicy {
  Duration heartbeat_lost = std::chrono::seconds(90);  // without a beat the orchestrator counts as silent
  Duration patience = std::chrono::minutes(5);  // silent for so long: thaw even if the budget is not spent
  // For so long after a freeze was thawed, a pause that was meant for it may still arrive.
  Duration late_pauses = std::chrono::minutes(40);
};

// What to do about one unit.
struct WatchdogDuty {
  size_t unit;
  bool ask_arbiter;  // first append this decision (CancelEntry); only if that succeeds, or one to cancel
                     // stands
  std::vector<Action> thaw;  // absolute and idempotent: repeat them until each answers kAlready
  // Set for a unit that was thawed already: only jobs that stand paused under this token, or under none, met
  // a late pause; others were paused by their owner.
  std::optional<Token> late_pause;
};

// Pure. `ledger` is caught up.
std::vector<WatchdogDuty> WatchdogDuties(const Migration& migration, const Ledger& ledger,
                                         const state::Journal::Heartbeat& beat, const WatchdogPolicy& policy,
                                         const Moment& now);

// Does the steps of `duty.thaw` that are wanted, and tells of each.
void Thaw(const WatchdogDuty& duty, World& world,
          const std::function<void(const Action&, const Result<Effect>&)>& tell);

// The record that asks the arbiter to cancel a unit's freeze.
state::Entry CancelEntry(const Migration& migration, const Ledger& ledger, size_t unit, const Moment& now);

}  // namespace godwit::executor
