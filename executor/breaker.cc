#include "executor/breaker.h"

#include <algorithm>

#include "base/assert.h"

namespace godwit::executor {

void OutcomeRing::Add(bool failed, int window) {
  GODWIT_ASSERT(window >= 1 && window <= kBreakerWindowMax);
  if (count_ == window) {
    failures_ -= failed_[static_cast<size_t>(next_)] ? 1 : 0;
  } else {
    ++count_;
  }
  failed_[static_cast<size_t>(next_)] = failed;
  failures_ += failed ? 1 : 0;
  next_ = (next_ + 1) % window;
}

void Breaker::OpenAgain(std::chrono::nanoseconds now) {
  *this = {};
  state_ = BreakerState::kOpen;
  since_ = now;
}

BreakerChange Breaker::Note(bool failed, const BreakerPolicy& policy, std::chrono::nanoseconds now) {
  switch (state_) {
    case BreakerState::kOpen: return BreakerChange::kNone;
    case BreakerState::kHalfOpen:
      if (failed) {
        OpenAgain(now);
        return BreakerChange::kOpened;
      }
      if (++succeeded_ < policy.probes) return BreakerChange::kNone;
      *this = {};
      return BreakerChange::kClosed;
    case BreakerState::kClosed: break;
  }
  ring_.Add(failed, policy.window);
  const bool enough = ring_.count() >= std::min(policy.attempts_min, policy.window);
  if (!failed || !enough || ring_.failures() * 100 < policy.open_percent * ring_.count())
    return BreakerChange::kNone;
  const OutcomeRing seen = ring_;
  OpenAgain(now);
  ring_ = seen;  // for whoever wants to say how bad it was
  return BreakerChange::kOpened;
}

void Breaker::Tick(const BreakerPolicy& policy, std::chrono::nanoseconds now) {
  if (state_ == BreakerState::kClosed || now < since_ + policy.cool_down) return;
  // Half open for so long: what became of its probes is not known, others go.
  state_ = BreakerState::kHalfOpen;
  since_ = now;
  begun_ = succeeded_;
}

bool Breaker::MayBegin(const BreakerPolicy& policy) const {
  if (state_ == BreakerState::kHalfOpen) return begun_ - succeeded_ < policy.probes;
  return state_ == BreakerState::kClosed;
}

void Breaker::Began() {
  if (state_ == BreakerState::kHalfOpen) ++begun_;
}

void Breaker::TakeBack() {
  if (state_ == BreakerState::kHalfOpen && begun_ > 0) --begun_;
}

}  // namespace godwit::executor
