// executor/calendar.h — times in which nothing is cut over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace godwit::executor {

// Nothing may be frozen in it, and, if it says so, no copy begun either.
struct Blackout {
  Timestamp from, until;
  bool weekly = false;  // again every seven days, before and after
  bool stops_copies = false;
  std::string reason;
};

// The black-out that touches [at, at + lasts] and ends last, with its end there; nothing if none does.
// O(blackouts).
struct BlackoutAhead {
  const Blackout* blackout;
  Timestamp until;
};
std::optional<BlackoutAhead> FindBlackout(const std::vector<Blackout>& blackouts, Timestamp at,
                                          Duration lasts);

}  // namespace godwit::executor
