#include "simulator/sim_driver.h"

namespace godwit::simulator {

using executor::Moment;
using executor::Nanoseconds;
using executor::Request;

Result<std::unique_ptr<SimDriver>> SimDriver::Start(executor::Migration migration, state::Journal& journal,
                                                    executor::sim::SimWorld& world, DriverOptions options) {
  std::unique_ptr<SimDriver> driver(new SimDriver(world, std::move(options)));
  executor::EngineOptions engine_options;
  engine_options.who = "simulation";
  engine_options.keep_facts = driver->options_.keep_facts;
  engine_options.tell = driver->options_.tell;
  GODWIT_TRY_ASSIGN(driver->engine_,
                    executor::Engine::Start(std::move(migration), journal, engine_options, driver->Now()));
  return driver;
}

Moment SimDriver::Now() const { return {world_.clock.now(), "simulated", world_.clock.wall()}; }

void SimDriver::DoubtAtNext(Nanoseconds every, size_t unit, executor::Question question) {
  const Nanoseconds at = (world_.clock.now() / every + 1) * every;
  world_.clock.At(at, [this, unit, question = std::move(question)] {
    engine_->Doubt(unit, question);
    has_news_ = true;
  });
}

Status SimDriver::PollOnce() {
  has_news_ = false;
  GODWIT_TRY_ASSIGN(std::vector<Request> requests, engine_->Poll(Now()));
  if (requests.empty()) return Ok();
  // All at the same two moments, so that one planned thing stands for as many as there are.
  world_.clock.In(options_.latency / 2, [this, together = std::make_shared<const std::vector<Request>>(
                                                   std::move(requests))] { CarryOutAll(*together); });
  return Ok();
}

executor::Reply SimDriver::CarryOut(const executor::Work& work) {
  const auto* question = std::get_if<executor::Question>(&work);
  const auto* look = question != nullptr ? std::get_if<executor::LookAtManifest>(question) : nullptr;
  if (look == nullptr || !options_.read_manifest) return executor::CarryOut(work, world_.world());
  Result<executor::Manifest> manifest = options_.read_manifest(look->side, look->table);
  if (!manifest.ok()) return Result<executor::Answer>(manifest.error());
  return Result<executor::Answer>(executor::Answer(*std::move(manifest)));
}

void SimDriver::CarryOutAll(const std::vector<Request>& requests) {
  auto replies = std::make_shared<std::vector<std::pair<uint64_t, executor::Reply>>>();
  replies->reserve(requests.size());
  for (const Request& request : requests) replies->emplace_back(request.id, CarryOut(request.work));
  world_.clock.In(options_.latency / 2, [this, replies] {
    for (auto& [id, reply] : *replies) {
      const Status completed = engine_->Complete(id, std::move(reply), Now());
      GODWIT_ASSERT(completed.ok());
    }
    has_news_ = true;
  });
}

Result<DriverEnd> SimDriver::Run(Nanoseconds until) {
  has_news_ = true;  // what was done between two calls may be in the journal
  for (;;) {
    const std::optional<Nanoseconds> wake = engine_->NextWake();
    if (has_news_ || (wake && *wake <= world_.clock.now())) {
      GODWIT_TRY(PollOnce());
      if (engine_->IsFinished()) return DriverEnd::kFinished;
      if (engine_->NeedsPerson() && !engine_->HasSyncs()) return DriverEnd::kNeedsPerson;
    }
    if (world_.clock.now() >= until) return DriverEnd::kGaveUp;
    Nanoseconds next = until;
    if (const auto planned = world_.clock.Next()) next = std::min(next, *planned);
    if (const auto woken = engine_->NextWake()) next = std::min(next, std::max(*woken, world_.clock.now()));
    world_.clock.RunUntil(next);
  }
}

}  // namespace godwit::simulator
