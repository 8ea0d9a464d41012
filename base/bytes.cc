#include "base/bytes.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace godwit {
namespace {

struct Unit {
  std::string_view name;  // lower case
  double bytes;
};
constexpr std::array<Unit, 13> kUnits = {{{"", 1},
                                          {"b", 1},
                                          {"kb", 1e3},
                                          {"mb", 1e6},
                                          {"gb", 1e9},
                                          {"tb", 1e12},
                                          {"pb", 1e15},
                                          {"eb", 1e18},
                                          {"kib", 1024.0},
                                          {"mib", 1048576.0},
                                          {"gib", 1073741824.0},
                                          {"tib", 1099511627776.0},
                                          {"pib", 1125899906842624.0}}};
constexpr std::array<const char*, 7> kNames = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

}  // namespace

Result<int64_t> ParseBytes(std::string_view text) {
  const Error malformed =
      InvalidInput(fmt::format("'{}' is not an amount of data: write it like 500GB, 1.5TB or 64MiB", text));
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return malformed;
  std::string name;
  for (const char c : text.substr(static_cast<size_t>(end - text.data()))) {
    if (c != ' ') name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    const double bytes = std::round(number * unit.bytes);
    if (bytes >= 9.2e18) return malformed;
    return static_cast<int64_t>(bytes);
  }
  return malformed;
}

std::string FormatBytes(int64_t bytes) {
  if (bytes < 0) return "-" + FormatBytes(-(bytes + 1));
  double amount = static_cast<double>(bytes);
  size_t unit = 0;
  while (amount >= 999.5 && unit + 1 < kNames.size()) {
    amount /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  return fmt::format("{:.{}f} {}", amount, amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0, kNames[unit]);
}

}  // namespace godwit
