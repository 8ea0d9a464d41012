// tests/sim/scene.h — what everybody who acts in a simulated migration sees of it.
#pragma once

#include <functional>
#include <string>

#include "simulator/sim_warehouse.h"
#include "state/journal.h"
#include "tests/sim/checker.h"
#include "tests/sim/swarm.h"

namespace godwit::sim {

struct Scene {
  const executor::Migration& migration;
  executor::sim::SimWorld& world;
  simulator::SimWarehouse& warehouse;
  state::Journal& journal;
  Checker& checker;
  Swarm& swarm;
  std::function<void(const std::string& kind, const std::string& text)> trace;

  const executor::UnitSpec& AnyUnit() const { return migration.units[swarm.Number(migration.units.size())]; }
};

}  // namespace godwit::sim
