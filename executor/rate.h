// executor/rate.h — how fast copies may go: a table by weekday and hour, and a bucket that keeps the average.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace godwit::executor {

// The first window that holds a moment rules it.
struct RateWindow {
  uint8_t days = 0x7f;           // bit 0: Monday … bit 6: Sunday; of the day on which it begins
  int from_minute = 0;           // of the day
  int to_minute = 24 * 60;       // not part of it; at or below `from_minute`: on the next day
  int64_t bytes_per_second = 0;  // 0: no copy begins
};

struct RateTable {
  Duration utc_offset{0};           // the table's clock against UTC
  std::vector<RateWindow> windows;  // at most kRateWindowsMax
  int64_t otherwise = 0;            // bytes/s outside of all windows; 0: no limit
};
inline constexpr size_t kRateWindowsMax = 64;

struct Rate {
  std::optional<int64_t> bytes_per_second;  // nothing: no limit; 0: no copy begins
  std::optional<Timestamp> until;           // the next minute with another rate within a week
};
// O(windows) if no rate changes within a week, times the minutes until it changes otherwise.
Rate RateAt(const RateTable& table, Timestamp time);

// Bytes that may still be sent. Taking may go below zero: a copy is begun whole or not at all, and the next
// one waits until its debt is paid.
class TokenBucket {
 public:
  // Time passes at this rate; at most `burst` of it is saved up. The bucket begins empty, not full: a restart
  // is no gift.
  void Fill(int64_t bytes_per_second, std::chrono::nanoseconds now, Duration burst);
  bool MayTake() const { return level_ >= 0; }
  void Take(int64_t bytes) { level_ -= static_cast<double>(bytes); }
  // Until MayTake at this rate.
  std::chrono::nanoseconds Wait(int64_t bytes_per_second) const;

 private:
  double level_ = 0;
  std::optional<std::chrono::nanoseconds> filled_;
};

}  // namespace godwit::executor
