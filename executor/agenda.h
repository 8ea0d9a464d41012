// executor/agenda.h — which units are to be decided about: those that have a reason, and those whose time has
// come.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "executor/observation.h"

namespace godwit::executor {

// Units are positions in Migration::units. Every call is O(log units), but Ripen: that for each unit whose
// time has come.
class Agenda {
 public:
  explicit Agenda(size_t units) : wakes_(units) {}

  // Something happened to it.
  void Mark(size_t unit) { marked_.insert(unit); }
  // It was decided about: nothing to do before `wake`, unless something happens.
  void Settle(size_t unit, std::optional<Nanoseconds> wake);
  // Its time comes at `wake` at the latest.
  void WakeBy(size_t unit, Nanoseconds wake);

  // Marks the units whose time has come.
  void Ripen(Nanoseconds now);
  // The first marked unit from `unit` on.
  std::optional<size_t> MarkedFrom(size_t unit) const;
  // When the first time comes; `now` if a unit is marked.
  std::optional<Nanoseconds> NextWake(Nanoseconds now) const;

 private:
  void SetWake(size_t unit, std::optional<Nanoseconds> wake);

  std::set<size_t> marked_;
  std::vector<std::optional<Nanoseconds>> wakes_;
  std::set<std::pair<Nanoseconds, size_t>> by_time_;  // the same, in order
};

}  // namespace godwit::executor
