// executor/runtime.h — drives an engine in real time: a few threads wait for the world, one thread thinks.
#pragma once

#include <atomic>
#include <functional>

#include "executor/engine.h"
#include "executor/ports/clock.h"

namespace godwit::executor {

struct RuntimeOptions {
  int workers = 16;  // requests under way at once
  // How often the journal is looked at for commands of people.
  Duration command_poll = std::chrono::milliseconds(200);
  // Set from outside (a signal) to stop: what is under way is waited for and written down, nothing new is
  // begun.
  const std::atomic<bool>* stop = nullptr;
  // Called after every poll with the engine at rest, for progress. May be empty.
  std::function<void(const Engine&)> on_poll;
  // Go on when only people can move things (their commands arrive through the journal).
  bool wait_for_people = false;
};

enum class RunEnd : uint8_t { kFinished, kNeedsPerson, kStopped };

// Runs until there is nothing left to do. Errors as Engine::Poll.
Result<RunEnd> RunEngine(Engine& engine, World& world, Clock& clock, const RuntimeOptions& options);

// The machine's clock.
class SystemClock : public Clock {
 public:
  Timestamp Now() override;
  std::chrono::nanoseconds SinceBoot() override;
  std::string BootId() override;
};

Moment MomentOf(Clock& clock);

}  // namespace godwit::executor
