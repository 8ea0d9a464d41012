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
  for (Request& request : requests) {
    world_.clock.In(options_.latency / 2, [this, id = request.id, work = std::move(request.work)] {
      executor::Reply reply = executor::CarryOut(work, world_.world());
      world_.clock.In(options_.latency / 2, [this, id, reply = std::move(reply)]() mutable {
        const Status completed = engine_->Complete(id, std::move(reply), Now());
        GODWIT_ASSERT(completed.ok());
        has_news_ = true;
      });
    });
  }
  return Ok();
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
