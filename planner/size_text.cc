#include "planner/size_text.h"

#include <fmt/format.h>

#include <charconv>

#include "base/bytes.h"

namespace godwit::planner {

Result<Size> ParseSize(std::string_view text) {
  if (!text.ends_with('%')) {
    GODWIT_TRY_ASSIGN(const int64_t bytes, ParseBytes(text));
    if (bytes == 0) return InvalidInput("a size of 0: give a share such as 1% or an amount such as 2TB");
    return Size{0, bytes};
  }
  std::string_view number = text.substr(0, text.size() - 1);
  while (number.ends_with(' ')) number.remove_suffix(1);
  double percent = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), percent);
  if (error != std::errc() || end != number.data() + number.size() || !(percent > 0) || percent > 100) {
    return InvalidInput(fmt::format("`{}` is no share above 0% and up to 100%", text));
  }
  return Size{percent / 100, 0};
}

std::string FormatSize(const Size& size) {
  return size.share > 0 ? fmt::format("{}%", size.share * 100) : FormatBytes(size.bytes);
}

}  // namespace godwit::planner
