// tests/sim/faulty_world.h — the ports of a simulated world as one process sees them: each call travels, may
// be lost, late, doubled or answered wrongly, and meanwhile anything else may happen.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "executor/adapters/sim/sim_site.h"
#include "tests/sim/fiber.h"
#include "tests/sim/swarm.h"

namespace godwit::sim {

using executor::Side;
using executor::World;
using executor::sim::Nanoseconds;
using executor::sim::SimClock;
using executor::sim::SimWorld;

// What one process has under way; the simulator kills or stops it.
class Process {
 public:
  explicit Process(SimClock& clock) : clock_(clock) {}
  ~Process() { Kill(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Runs `body` in a fiber of this process.
  void Run(std::function<void()> body);
  // Inside a fiber: goes on at `time`, or later if the process is stopped then.
  void SleepUntil(Nanoseconds time);
  // Does `what` at `time` unless the process was killed; later if it is stopped then.
  void At(Nanoseconds time, std::function<void()> what);

  void Kill();
  void StopUntil(Nanoseconds time) { stopped_until_ = time; }
  bool alive() const { return *alive_; }

 private:
  SimClock& clock_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Nanoseconds stopped_until_{0};
  std::set<std::shared_ptr<Fiber>> fibers_;
};

// Told of each fault as it strikes, for coverage.
using OnFault = std::function<void(Fault)>;

class FaultyWorld {
 public:
  virtual ~FaultyWorld() = default;
  virtual World& world() = 0;
};
std::unique_ptr<FaultyWorld> MakeFaultyWorld(SimWorld& world, Process& process, Swarm& swarm,
                                             OnFault on_fault);

}  // namespace godwit::sim
