// executor/watchdog.h — thaws writers when whoever froze them is gone. It may only thaw, and only after it
// has won the arbiter: a unit whose switch is decided is never touched.
#pragma once

#include <vector>

#include "executor/engine.h"
#include "executor/ledger.h"

namespace godwit::executor {

struct WatchdogPolicy {
  Duration heartbeat_lost = std::chrono::seconds(90);  // without a beat the orchestrator counts as silent
  Duration patience = std::chrono::minutes(5);  // silent for so long: thaw even if the budget is not spent
};

// What to do about one unit.
struct WatchdogDuty {
  size_t unit;
  bool ask_arbiter;  // first append this decision (CancelEntry); only if that succeeds, or one to cancel
                     // stands
  std::vector<Action> thaw;  // absolute and idempotent: repeat them until each answers kAlready
};

// Pure. `ledger` is caught up.
std::vector<WatchdogDuty> WatchdogDuties(const Migration& migration, const Ledger& ledger,
                                         const state::Journal::Heartbeat& beat, const WatchdogPolicy& policy,
                                         const Moment& now);

// The record that asks the arbiter to cancel a unit's freeze.
state::Entry CancelEntry(const Migration& migration, const Ledger& ledger, size_t unit, const Moment& now);

}  // namespace godwit::executor
