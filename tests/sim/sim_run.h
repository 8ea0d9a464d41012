// tests/sim/sim_run.h — one whole migration from one seed: a warehouse that lives, an engine that crashes,
// faults on every wire, and checks after every event. First an unsafe time, in which nothing bad may happen;
// then the faults stop, and everything must come to rest.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "executor/unit_state.h"
#include "tests/sim/swarm.h"

namespace godwit::sim {

struct SimOptions {
  bool trace = false;       // say everything on stderr
  bool keep_facts = false;  // and compare them with the log at the end
  std::set<Fault> without;  // for shrinking: classes that stay off
  int units_max = 4;
};

struct SimOutcome {
  uint64_t seed = 0;
  std::vector<std::string> violations;
  int units = 0;
  int switched = 0;  // units that ended at the other side
  int64_t events = 0;
  int crashes = 0;
  int cancels = 0;  // freezes that were cancelled
  int commits = 0;
  int retried_commits = 0;
  int watchdog_cancels = 0;
  int64_t longest_freeze_ms = 0;
  int64_t delayed_runs = 0;
  std::map<std::pair<executor::UnitState, Fault>, int> met;  // a fault struck while a unit was in the state
};

SimOutcome RunSimulation(uint64_t seed, const SimOptions& options);

}  // namespace godwit::sim
