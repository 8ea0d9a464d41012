// executor/ports/clock.h — time as the engine sees it.
#pragma once

#include <chrono>
#include <string>

#include "base/time.h"

namespace godwit::executor {

class Clock {
 public:
  virtual ~Clock() = default;
  // Shown to people and used with schedules; may jump.
  virtual Timestamp Now() = 0;
  // Durations and deadlines: never jumps, counts through suspend; means nothing under another BootId.
  virtual std::chrono::nanoseconds SinceBoot() = 0;
  virtual std::string BootId() = 0;
};

}  // namespace godwit::executor
