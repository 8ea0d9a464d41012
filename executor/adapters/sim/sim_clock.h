// executor/adapters/sim/sim_clock.h — virtual time: it moves only when it is told to, and does on its way
// what was planned, in order.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "base/time.h"

namespace godwit::executor::sim {

using Nanoseconds = std::chrono::nanoseconds;

class SimClock {
 public:
  explicit SimClock(Timestamp start) : start_(start) {}

  Nanoseconds now() const { return now_; }
  Timestamp wall() const { return start_ + std::chrono::duration_cast<Duration>(now_); }

  // Things planned for the same moment happen in the order in which they were planned.
  void At(Nanoseconds time, std::function<void()> what);
  void In(Nanoseconds delay, std::function<void()> what) { At(now_ + delay, std::move(what)); }

  std::optional<Nanoseconds> Next() const;
  // Goes to the next planned thing and does it. False if nothing is planned.
  bool Step();
  // Does everything planned up to `time`, and stands there.
  void RunUntil(Nanoseconds time);

 private:
  struct Planned {
    Nanoseconds time;
    uint64_t number;
    std::function<void()> what;
    bool operator>(const Planned& other) const {
      return time != other.time ? time > other.time : number > other.number;
    }
  };
  Timestamp start_;
  Nanoseconds now_{0};
  uint64_t planned_ = 0;
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> queue_;
};

}  // namespace godwit::executor::sim
