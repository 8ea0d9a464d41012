// executor/breaker.h — stops new work when too many of the last attempts failed, waits, and lets a few
// through to see whether it is over. A value: it is told what happened and when. Source: the circuit breaker
// of Nygard, "Release It!", with the count-based window of resilience4j.
//
//     closed ──(failures of the last N ≥ open_percent)──► open ──(cool_down)──► half open ──(probes
//     succeed)──► closed
//                                                           ▲                      │
//                                                           └──(a probe fails)─────┘
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace godwit::executor {

inline constexpr int kBreakerWindowMax = 256;

struct BreakerPolicy {
  int window = 20;        // attempts looked back on, at most kBreakerWindowMax
  int attempts_min = 10;  // fewer say nothing
  int open_percent = 50;
  Duration cool_down = std::chrono::minutes(5);
  int probes = 3;  // let through when half open; as many successes close it
};

enum class BreakerState : uint8_t { kClosed, kOpen, kHalfOpen };
enum class BreakerChange : uint8_t { kNone, kOpened, kClosed };

// The last outcomes, a bit each.
class OutcomeRing {
 public:
  void Add(bool failed, int window);
  int count() const { return count_; }
  int failures() const { return failures_; }
  void Clear() { *this = {}; }

 private:
  std::bitset<kBreakerWindowMax> failed_;
  int next_ = 0, count_ = 0, failures_ = 0;
};

class Breaker {
 public:
  // What came of an attempt. Those that were begun before it opened say nothing.
  BreakerChange Note(bool failed, const BreakerPolicy& policy, std::chrono::nanoseconds now);
  // Time passes: open becomes half open.
  void Tick(const BreakerPolicy& policy, std::chrono::nanoseconds now);
  // As after a crash: open since now.
  void OpenAgain(std::chrono::nanoseconds now);

  BreakerState state() const { return state_; }
  const OutcomeRing& ring() const { return ring_; }
  // Open: never. Half open: while probes are left.
  bool MayBegin(const BreakerPolicy& policy) const;
  void Began();     // an attempt; counts while half open
  void TakeBack();  // it was not begun after all

 private:
  BreakerState state_ = BreakerState::kClosed;
  OutcomeRing ring_;
  std::chrono::nanoseconds since_{0};  // when it opened, or let probes through
  int begun_ = 0, succeeded_ = 0;      // while half open
};

}  // namespace godwit::executor
