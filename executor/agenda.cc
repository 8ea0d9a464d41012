#include "executor/agenda.h"

namespace godwit::executor {

void Agenda::SetWake(size_t unit, std::optional<Nanoseconds> wake) {
  std::optional<Nanoseconds>& old = wakes_[unit];
  if (old == wake) return;
  if (old) by_time_.erase({*old, unit});
  if (wake) by_time_.insert({*wake, unit});
  old = wake;
}

void Agenda::Settle(size_t unit, std::optional<Nanoseconds> wake) {
  marked_.erase(unit);
  SetWake(unit, wake);
}

void Agenda::WakeBy(size_t unit, Nanoseconds wake) {
  if (!wakes_[unit] || *wakes_[unit] > wake) SetWake(unit, wake);
}

void Agenda::Ripen(Nanoseconds now) {
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    const size_t unit = by_time_.begin()->second;
    SetWake(unit, std::nullopt);
    Mark(unit);
  }
}

std::optional<size_t> Agenda::MarkedFrom(size_t unit) const {
  const auto found = marked_.lower_bound(unit);
  if (found == marked_.end()) return std::nullopt;
  return *found;
}

std::optional<Nanoseconds> Agenda::NextWake(Nanoseconds now) const {
  if (!marked_.empty()) return now;
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

}  // namespace godwit::executor
