#include "executor/adapters/local/site_clock.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace godwit::executor::local {
namespace {

using std::chrono::days;

template <typename T>
T Parse(const std::string& text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Duration Scaled(Duration duration, double factor) {
  return Duration(std::llround(static_cast<double>(duration.count()) * factor));
}

Result<std::string> Value(Database& db, const char* key) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                    db.Query("SELECT value FROM site WHERE key = ?", {std::string(key)}));
  if (rows.empty()) return Corrupt(fmt::format("site.db has no {}", key));
  return rows[0].Text(0);
}

Status SetValue(Database& db, const char* key, const std::string& value) {
  return db.Run("UPDATE site SET value = ? WHERE key = ?", {value, std::string(key)});
}

Result<Timestamp> ParseDate(const std::string& date) {
  Result<Timestamp> time = date.size() == 10 ? ParseTimestamp(date) : InvalidInput("");
  if (!time.ok()) return InvalidInput(fmt::format("'{}' is not a date: write it like 2026-11-22", date));
  return time;
}

}  // namespace

Timestamp SiteClock::SiteTime(Timestamp real) const {
  return anchor_site + Scaled(real - anchor_real, speed);
}

std::optional<Timestamp> SiteClock::RealTime(Timestamp site) const {
  if (speed <= 0) return std::nullopt;
  return anchor_real + Scaled(site - anchor_site, 1 / speed);
}

Timestamp RealNow() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

Result<SiteClock> ReadClock(Database& db) {
  GODWIT_TRY_ASSIGN(const std::string real, Value(db, "clock_anchor_real_ms"));
  GODWIT_TRY_ASSIGN(const std::string site, Value(db, "clock_anchor_site_ms"));
  GODWIT_TRY_ASSIGN(const std::string speed, Value(db, "clock_speed"));
  return SiteClock{Timestamp(Duration(Parse<int64_t>(real))), Timestamp(Duration(Parse<int64_t>(site))),
                   Parse<double>(speed)};
}

Status SetClock(Database& db, Timestamp site, double speed) {
  if (!(speed >= 0)) return InvalidInput(fmt::format("a clock cannot run at speed {}", speed));
  GODWIT_TRY(SetValue(db, "clock_anchor_real_ms", std::to_string(RealNow().time_since_epoch().count())));
  GODWIT_TRY(SetValue(db, "clock_anchor_site_ms", std::to_string(site.time_since_epoch().count())));
  return SetValue(db, "clock_speed", fmt::format("{}", speed));
}

Result<std::string> AddDays(const std::string& date, int count) {
  GODWIT_TRY_ASSIGN(const Timestamp day, ParseDate(date));
  return FormatTimestamp(day + days(count)).substr(0, 10);
}

Result<Timestamp> StartOfRun(const std::string& due, const std::string& at) {
  GODWIT_TRY_ASSIGN(const std::string day, AddDays(due, 1));
  Result<Timestamp> start = ParseTimestamp(day + "T" + at);
  if (!start.ok() || at.size() != 5)
    return InvalidInput(fmt::format("'{}' is not a time of day: write it like 01:30", at));
  return start;
}

}  // namespace godwit::executor::local
