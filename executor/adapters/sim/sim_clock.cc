#include "executor/adapters/sim/sim_clock.h"

namespace godwit::executor::sim {

void SimClock::At(Nanoseconds time, std::function<void()> what) {
  queue_.push({std::max(time, now_), ++planned_, std::move(what)});
}

std::optional<Nanoseconds> SimClock::Next() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.top().time;
}

bool SimClock::Step() {
  if (queue_.empty()) return false;
  // The top is const to keep the heap whole; it is popped at once.
  std::function<void()> what = std::move(const_cast<Planned&>(queue_.top()).what);
  now_ = queue_.top().time;
  queue_.pop();
  what();
  return true;
}

void SimClock::RunUntil(Nanoseconds time) {
  while (!queue_.empty() && queue_.top().time <= time) Step();
  now_ = std::max(now_, time);
}

}  // namespace godwit::executor::sim
