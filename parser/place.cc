#include "parser/place.h"

#include <algorithm>

namespace godwit::parser {

LineIndex::LineIndex(std::string_view script) : script_(script), line_begins_{0} {
  for (size_t end = script.find('\n'); end != std::string_view::npos; end = script.find('\n', end + 1)) {
    line_begins_.push_back(static_cast<uint32_t>(end + 1));
  }
}

Place LineIndex::Find(uint32_t offset) const {
  const auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  const uint32_t begin = *(after - 1);
  const std::string_view before = script_.substr(begin, offset - begin);
  // Bytes that continue a UTF-8 character are no columns.
  const auto characters =
      std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return {static_cast<uint32_t>(after - line_begins_.begin()), static_cast<uint32_t>(characters) + 1};
}

}  // namespace godwit::parser
