#include "config/limit_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/yaml_section.h"

namespace godwit::config {
namespace {

constexpr int kDays = 7;
constexpr std::array<std::string_view, kDays> kDayNames = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr size_t kWindowsMax = 64;
constexpr int kBreakerWindowMax = 256;
constexpr Duration kSignalTimeMax = std::chrono::minutes(5);

std::optional<int> DayOf(std::string_view text) {
  const auto found = std::find(kDayNames.begin(), kDayNames.end(), text);
  if (found == kDayNames.end()) return std::nullopt;
  return static_cast<int>(found - kDayNames.begin());
}

// "mon-fri", "sat": bits of days, which may go round the week's end.
std::optional<uint8_t> DaysOf(std::string_view text) {
  const size_t dash = text.find('-');
  const std::optional<int> first = DayOf(text.substr(0, dash));
  const std::optional<int> last = dash == text.npos ? first : DayOf(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  uint8_t days = 0;
  for (int day = *first;; day = (day + 1) % kDays) {
    days = static_cast<uint8_t>(days | (1 << day));
    if (day == *last) return days;
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "08:30" as minutes; 24:00 is the day's end.
std::optional<int> MinuteOf(std::string_view text) {
  if (text.size() != 5 || text[2] != ':' || !IsDigit(text[0]) || !IsDigit(text[1]) || !IsDigit(text[3]) ||
      !IsDigit(text[4]))
    return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0'), minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour > 24 || (hour == 24 && minute != 0)) return std::nullopt;
  return hour * 60 + minute;
}

void ReadDays(YamlMap& map, RateWindowSettings& window) {
  if (!map.Has("days")) return;
  window.days = 0;
  for (const std::string& text : map.Texts("days")) {
    const std::optional<uint8_t> days = DaysOf(text);
    if (!days) {
      map.Problem(map.PlaceOf("days"),
                  fmt::format("`days`: `{}` is not like mon, mon-fri or [sat, sun]", text));
    }
    window.days = static_cast<uint8_t>(window.days | days.value_or(0));
  }
}

void ReadHours(YamlMap& map, RateWindowSettings& window) {
  const std::optional<std::string> text = map.Text("hours");
  if (!text) return;
  const size_t dash = text->find('-');
  const std::optional<int> from = MinuteOf(text->substr(0, dash));
  const std::optional<int> to = dash == text->npos ? std::nullopt : MinuteOf(text->substr(dash + 1));
  if (!from || !to || *from == 24 * 60 || *from == *to) {
    map.Problem(map.PlaceOf("hours"), "`hours` is like 08:00-20:00, or 22:00-06:00 for a night");
    return;
  }
  window.from_minute = *from;
  window.to_minute = *to;
}

RateWindowSettings ReadWindow(YamlMap& map) {
  using Link = RateWindowSettings::Link;
  RateWindowSettings window;
  ReadDays(map, window);
  ReadHours(map, window);
  const std::string link = map.Choice("link", {"both", "to-target", "to-source"}).value_or("both");
  window.link = link == "both" ? Link::kBoth : link == "to-target" ? Link::kToTarget : Link::kToSource;
  (void)map.Required("rate");
  Take(map.BytesPerSecond("rate"), window.bytes_per_second);
  map.Finish();
  return window;
}

// "+08:00" against UTC.
void ReadOffset(YamlMap& map, LimitSettings& limits) {
  const std::optional<std::string> text = map.Text("utc_offset");
  if (!text) return;
  const bool is_signed = text->starts_with('+') || text->starts_with('-');
  const std::optional<int> minutes = is_signed ? MinuteOf(text->substr(1)) : std::nullopt;
  if (!minutes || *minutes > 14 * 60) {
    map.Problem(map.PlaceOf("utc_offset"), "`utc_offset` is like \"+08:00\" or \"-03:30\", at most 14 hours");
    return;
  }
  limits.utc_offset = std::chrono::minutes(text->starts_with('-') ? -*minutes : *minutes);
}

void ReadBreaker(YamlMap& map, BreakerSettings& breaker) {
  Take(map.Bool("on"), breaker.on);
  TakeCount(map, "window", breaker.window, kBreakerWindowMax);
  TakeCount(map, "attempts", breaker.attempts, kBreakerWindowMax);
  TakeCount(map, "open_percent", breaker.open_percent, 100);
  TakeCount(map, "probes", breaker.probes, kBreakerWindowMax);
  Take(map.Duration("cool_down"), breaker.cool_down);
  if (breaker.attempts > breaker.window) {
    map.Problem(map.PlaceOf("attempts"), "`attempts` is at most `window`: more are not remembered");
  }
}

LoadSettings ReadLoad(YamlMap& map) {
  LoadSettings load;
  load.command = map.Texts("command");
  load.url = map.Text("url").value_or("");
  if (map.Has("command") == map.Has("url")) {
    map.Problem(map.place(), "`load` asks one of `command` and `url`");
  } else if (map.Has("command") && (load.command.empty() || !load.command[0].starts_with('/'))) {
    map.Problem(map.PlaceOf("command"),
                "`command` begins with the absolute path of a program; no shell reads it");
  } else if (map.Has("url") && !load.url.starts_with("http://") && !load.url.starts_with("https://")) {
    map.Problem(map.PlaceOf("url"), "`url` begins with http:// or https://");
  }
  load.above = map.Number("above", -1e18, 1e18);
  Take(map.Duration("every"), load.every);
  Take(map.Duration("time_limit"), load.time_limit);
  if (load.every < std::chrono::milliseconds(100))
    map.Problem(map.PlaceOf("every"), "`every` is at least 100ms");
  if (load.time_limit <= Duration(0) || load.time_limit > kSignalTimeMax) {
    map.Problem(map.PlaceOf("time_limit"), "`time_limit` is above 0s and at most 5m");
  }
  return load;
}

}  // namespace

LimitSettings ReadLimits(YamlMap& map, const std::string& folder, YamlProblems& problems) {
  LimitSettings limits;
  for (const YamlValue& item : map.List("rates")) {
    YamlMap window(item, "a rate", problems);
    limits.rates.push_back(ReadWindow(window));
  }
  if (limits.rates.size() > kWindowsMax) {
    map.Problem(map.PlaceOf("rates"), fmt::format("at most {} rates", kWindowsMax));
  }
  ReadOffset(map, limits);
  Take(map.Duration("burst"), limits.burst);
  if (limits.burst <= Duration(0)) map.Problem(map.PlaceOf("burst"), "`burst` is above 0s");
  TakeCount(map, "copies", limits.copies);
  TakeCount(map, "calls", limits.calls, 256);
  Section(map, "breaker", problems, [&](YamlMap& breaker) { ReadBreaker(breaker, limits.breaker); });
  Section(map, "load", problems, [&](YamlMap& load) { limits.load = ReadLoad(load); });
  limits.panic_file = Absolute(folder, map.Text("panic_file").value_or(""));
  return limits;
}

}  // namespace godwit::config
