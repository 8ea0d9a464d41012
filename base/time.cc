#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace godwit {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;

struct Unit {
  std::string_view name;
  int64_t milliseconds;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

// Reads exactly `width` digits at the front of `text` and drops them.
bool TakeDigits(std::string_view& text, size_t width, int& value) {
  if (text.size() < width) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + width, value);
  if (error != std::errc() || end != text.data() + width || text[0] == '-') return false;
  text.remove_prefix(width);
  return true;
}

bool TakeChar(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// The part behind the date: "T08:30[:05[.250]]"; false if it is malformed.
bool TakeTimeOfDay(std::string_view& text, int64_t& milliseconds) {
  int hour = 0, minute = 0, second = 0, fraction = 0;
  if (!TakeDigits(text, 2, hour) || !TakeChar(text, ':') || !TakeDigits(text, 2, minute)) return false;
  if (TakeChar(text, ':')) {
    if (!TakeDigits(text, 2, second)) return false;
    if (TakeChar(text, '.') && !TakeDigits(text, 3, fraction)) return false;
  }
  milliseconds = ((hour * 60 + minute) * 60 + second) * 1000LL + fraction;
  return hour < 24 && minute < 60 && second < 60;
}

}  // namespace

std::string FormatTimestamp(Timestamp time) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date{day};
  const hh_mm_ss<Duration> clock{time - day};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
  return text + "Z";
}

Result<Timestamp> ParseTimestamp(std::string_view text) {
  std::string_view rest = text;
  int year = 0, month = 0, day = 0;
  int64_t milliseconds = 0;
  bool good = TakeDigits(rest, 4, year) && TakeChar(rest, '-') && TakeDigits(rest, 2, month) &&
              TakeChar(rest, '-') && TakeDigits(rest, 2, day);
  if (good && (TakeChar(rest, 'T') || TakeChar(rest, ' '))) good = TakeTimeOfDay(rest, milliseconds);
  if (good) TakeChar(rest, 'Z');
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!good || !rest.empty() || !date.ok()) {
    return InvalidInput(fmt::format("'{}' is not a time: write it like 2026-11-22T08:30:00Z", text));
  }
  return Timestamp(std::chrono::sys_days(date)) + Duration(milliseconds);
}

std::string FormatDuration(Duration duration) {
  if (duration.count() < 0) return "-" + FormatDuration(-duration);
  int64_t rest = duration.count();
  std::string text;
  int parts = 0;
  for (const Unit& unit : kUnits) {
    if (parts == 2) break;
    if (rest >= unit.milliseconds) {
      text += fmt::format("{}{}", rest / unit.milliseconds, unit.name);
      rest %= unit.milliseconds;
      ++parts;
    } else if (parts == 1) {
      break;
    }
  }
  return text.empty() ? "0s" : text;
}

Result<Duration> ParseDuration(std::string_view text) {
  const Error malformed =
      InvalidInput(fmt::format("'{}' is not a duration: write it like 30m, 1h30m or 2d", text));
  std::string_view rest = text;
  int64_t total = 0;
  if (rest.empty()) return malformed;
  while (!rest.empty()) {
    int64_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc() || count < 0) return malformed;
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    const size_t length = std::min(rest.find_first_of("0123456789"), rest.size());
    const std::string_view name = rest.substr(0, length);
    rest.remove_prefix(length);
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) {
      if (unit.name == name) found = &unit;
    }
    if (found == nullptr || count > INT64_MAX / found->milliseconds / 4) return malformed;
    total += count * found->milliseconds;
  }
  return Duration(total);
}

}  // namespace godwit
