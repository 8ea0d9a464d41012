// simulator/sim_driver.h — runs the real engine against simulated sites, without faults: the dry run's
// timeline, and tests of what should happen when nothing goes wrong.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "executor/adapters/sim/sim_site.h"
#include "executor/engine.h"

namespace godwit::simulator {

struct DriverOptions {
  Duration latency = std::chrono::milliseconds(20);  // of each request, there and back
  Duration give_up_after = std::chrono::hours(24 * 365);
  bool keep_facts = false;
  std::function<void(const executor::EngineEvent&)> tell;
  // Asked for manifests instead of the world; says what executor::ReadManifest would. May be empty.
  std::function<Result<executor::Manifest>(executor::Side, const executor::TableName&)> read_manifest;
};

// How a run ended.
enum class DriverEnd { kFinished, kNeedsPerson, kGaveUp };

class SimDriver {
 public:
  // Errors as Engine::Start.
  static Result<std::unique_ptr<SimDriver>> Start(executor::Migration migration, state::Journal& journal,
                                                  executor::sim::SimWorld& world, DriverOptions options);
  // Runs until the engine has finished, waits for a person, or until `until` (virtual time since the start).
  // Errors as Engine::Poll.
  Result<DriverEnd> Run(executor::Nanoseconds until);
  // The engine hears at the next whole multiple of `every` that this is not true any more (Engine::Doubt), as
  // one that looks so often would see it then.
  void DoubtAtNext(executor::Nanoseconds every, size_t unit, executor::Question question);
  executor::Engine& engine() { return *engine_; }
  executor::Moment Now() const;

 private:
  SimDriver(executor::sim::SimWorld& world, DriverOptions options)
      : world_(world), options_(std::move(options)) {}
  Status PollOnce();
  executor::Reply CarryOut(const executor::Work& work);
  void CarryOutAll(const std::vector<executor::Request>& requests);

  executor::sim::SimWorld& world_;
  DriverOptions options_;
  std::unique_ptr<executor::Engine> engine_;
  bool has_news_ = true;  // since the last poll
};

}  // namespace godwit::simulator
