// executor/adapters/local/site_clock.h — a site's own time, which may run faster than real time or stand
// still, and the dates that its jobs are due for.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "executor/adapters/local/sqlite.h"

namespace godwit::executor::local {

struct SiteClock {
  Timestamp anchor_real{};
  Timestamp anchor_site{};
  double speed = 1;

  Timestamp SiteTime(Timestamp real) const;
  // When the site's clock shows `site`; none if it stands.
  std::optional<Timestamp> RealTime(Timestamp site) const;
};

Timestamp RealNow();

Result<SiteClock> ReadClock(Database& db);
// From now on the clock shows `site` and runs at `speed`. Errors: kInvalidInput for a negative speed.
Status SetClock(Database& db, Timestamp site, double speed);

// A due date is "2026-11-01". Errors: kInvalidInput for another text.
Result<std::string> AddDays(const std::string& date, int days);
// Site time at which the run of a due date may start: `at` ("HH:MM") on the day after it.
Result<Timestamp> StartOfRun(const std::string& due, const std::string& at);

}  // namespace godwit::executor::local
