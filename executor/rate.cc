#include "executor/rate.h"

#include <algorithm>

namespace godwit::executor {
namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr int kMinutesOfWeek = 7 * kMinutesOfDay;
constexpr int kDays = 7;

bool Holds(const RateWindow& window, int minute_of_week) {
  const int day = minute_of_week / kMinutesOfDay, minute = minute_of_week % kMinutesOfDay;
  const auto begins_on = [&](int on) { return ((window.days >> ((on + kDays) % kDays)) & 1) != 0; };
  if (window.from_minute < window.to_minute) {
    return begins_on(day) && minute >= window.from_minute && minute < window.to_minute;
  }
  return (begins_on(day) && minute >= window.from_minute) ||
         (begins_on(day - 1) && minute < window.to_minute);
}

std::optional<int64_t> RateOf(const RateTable& table, int minute_of_week) {
  for (const RateWindow& window : table.windows) {
    if (Holds(window, minute_of_week)) return window.bytes_per_second;
  }
  return table.otherwise > 0 ? std::optional(table.otherwise) : std::nullopt;
}

}  // namespace

Rate RateAt(const RateTable& table, Timestamp time) {
  const auto local = std::chrono::floor<std::chrono::minutes>(time + table.utc_offset);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const int weekday = static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
  const int now = weekday * kMinutesOfDay + static_cast<int>((local - day).count());
  Rate rate{RateOf(table, now), std::nullopt};
  if (table.windows.empty()) return rate;
  for (int ahead = 1; ahead < kMinutesOfWeek; ++ahead) {
    if (RateOf(table, (now + ahead) % kMinutesOfWeek) == rate.bytes_per_second) continue;
    rate.until = Timestamp(local.time_since_epoch() + std::chrono::minutes(ahead)) - table.utc_offset;
    return rate;
  }
  return rate;
}

void TokenBucket::Fill(int64_t bytes_per_second, std::chrono::nanoseconds now, Duration burst) {
  const double rate = static_cast<double>(bytes_per_second);
  const double seconds = std::chrono::duration<double>(now - filled_.value_or(now)).count();
  filled_ = now;
  const double full = rate * std::chrono::duration<double>(burst).count();
  level_ = std::min(level_ + rate * seconds, full);
}

std::chrono::nanoseconds TokenBucket::Wait(int64_t bytes_per_second) const {
  if (MayTake()) return std::chrono::nanoseconds(0);
  const double seconds = -level_ / static_cast<double>(std::max<int64_t>(bytes_per_second, 1));
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::duration<double>(std::min(seconds, 3600.0))) +
         std::chrono::milliseconds(1);
}

}  // namespace godwit::executor
