#include "executor/calendar.h"

namespace godwit::executor {
namespace {

constexpr Duration kWeek = std::chrono::hours(7 * 24);

// The end of the time's first occurrence that is not over at `at`.
Timestamp EndAfter(const Blackout& blackout, Timestamp at) {
  if (!blackout.weekly) return blackout.until;
  const Duration past = at - blackout.until;
  return blackout.until +
         kWeek * (std::chrono::floor<Duration>(past) / kWeek + (past >= Duration(0) ? 1 : 0));
}

}  // namespace

std::optional<BlackoutAhead> FindBlackout(const std::vector<Blackout>& blackouts, Timestamp at,
                                          Duration lasts) {
  std::optional<BlackoutAhead> found;
  for (const Blackout& blackout : blackouts) {
    const Timestamp until = EndAfter(blackout, at);
    const Timestamp from = until - (blackout.until - blackout.from);
    if (until <= at || from > at + lasts) continue;
    if (!found || until > found->until) found = BlackoutAhead{&blackout, until};
  }
  return found;
}

}  // namespace godwit::executor
