#include "planner/cron.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <span>
#include <string>
#include <utility>

namespace godwit::planner {
namespace {

constexpr int kValuesMax = 60;
using Values = std::bitset<kValuesMax>;

struct Field {
  const char* name;
  int least;
  int most;
  std::span<const char* const> names;  // of least, least + 1, …
};

constexpr const char* kMonths[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr const char* kDays[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr Field kFields[] = {
    {"minute", 0, 59, {}},     {"hour", 0, 23, {}},          {"day of month", 1, 31, {}},
    {"month", 1, 12, kMonths}, {"day of week", 0, 7, kDays},
};

constexpr std::pair<std::string_view, std::string_view> kShorthands[] = {
    {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"},
};

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool SameLetters(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return std::toupper(x) == std::toupper(y); });
}

Result<int> Value(const Field& field, std::string_view text) {
  for (size_t i = 0; i < field.names.size(); ++i) {
    if (SameLetters(text, field.names[i])) return field.least + static_cast<int>(i);
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < field.least || value > field.most) {
    return InvalidInput(
        fmt::format("`{}` is no {} from {} to {}", text, field.name, field.least, field.most));
  }
  return value;
}

// "5", "1-5", "*", each with "/step" if wanted.
Status AddPart(const Field& field, std::string_view part, Values& values) {
  const size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  int step = 1;
  if (slash != std::string_view::npos) {
    GODWIT_TRY_ASSIGN(step, Value({field.name, 1, 60, {}}, part.substr(slash + 1)));
  }
  int first = field.least, last = field.most;
  if (range != "*" && range != "?") {
    const size_t dash = range.find('-');
    GODWIT_TRY_ASSIGN(first, Value(field, range.substr(0, dash)));
    last = slash == std::string_view::npos ? first : field.most;  // "5/10": from 5 on
    if (dash != std::string_view::npos) {
      GODWIT_TRY_ASSIGN(last, Value(field, range.substr(dash + 1)));
    }
    if (last < first) return InvalidInput(fmt::format("`{}` of the {} runs backwards", range, field.name));
  }
  for (int value = first; value <= last; value += step) values.set(value);
  return Ok();
}

Result<Values> ParseField(const Field& field, std::string_view text) {
  Values values;
  for (std::string_view part : Split(text, ',')) GODWIT_TRY(AddPart(field, part, values));
  return values;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words = Split(text, ' ');
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

}  // namespace

Result<std::vector<int>> StartsOfWeek(std::string_view cron) {
  std::string_view text = cron;
  for (const auto& [shorthand, meaning] : kShorthands) {
    if (text == shorthand) text = meaning;
  }
  const std::vector<std::string_view> words = Words(text);
  if (words.size() != std::size(kFields)) {
    return InvalidInput(
        fmt::format("schedule `{}`: five fields are expected, or @hourly, @daily, @weekly, @monthly", cron));
  }
  std::array<Values, std::size(kFields)> fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    Result<Values> values = ParseField(kFields[i], words[i]);
    if (!values.ok()) return Within(fmt::format("schedule `{}`", cron), values.error());
    fields[i] = *values;
  }
  const auto& [minutes, hours, days_of_month, months, days_of_week] = fields;
  const bool any_day = words[2] != "*" && words[2] != "?";
  std::vector<int> starts;
  for (int weekday = 0; weekday < 7; ++weekday) {  // from Monday, which cron calls 1; Sunday is 0 and 7
    if (!any_day && !days_of_week.test((weekday + 1) % 7) && !(weekday == 6 && days_of_week.test(7)))
      continue;
    for (int hour = 0; hour < 24; ++hour) {
      for (int minute = 0; hours.test(hour) && minute < 60; ++minute) {
        if (minutes.test(minute)) starts.push_back((weekday * 24 + hour) * 60 + minute);
      }
    }
  }
  return starts;
}

}  // namespace godwit::planner
