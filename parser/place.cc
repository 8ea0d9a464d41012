#include "parser/place.h"

#include <algorithm>

namespace godwit::parser {

namespace {

constexpr uint32_t kStride = 1024;  // bytes

// Bytes that continue a UTF-8 character are no columns.
uint32_t CountContinuations(std::string_view text) {
  return static_cast<uint32_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) == 0x80; }));
}

}  // namespace

LineIndex::LineIndex(std::string_view script) : script_(script), line_begins_{0}, continuations_{0} {
  for (size_t end = script.find('\n'); end != std::string_view::npos; end = script.find('\n', end + 1)) {
    line_begins_.push_back(static_cast<uint32_t>(end + 1));
  }
  for (size_t begin = 0; begin + kStride <= script.size(); begin += kStride) {
    continuations_.push_back(continuations_.back() + CountContinuations(script.substr(begin, kStride)));
  }
}

// Before the offset.
uint32_t LineIndex::Continuations(uint32_t offset) const {
  const uint32_t stride = offset / kStride;
  return continuations_[stride] +
         CountContinuations(script_.substr(stride * kStride, offset - stride * kStride));
}

Place LineIndex::Find(uint32_t offset) const {
  const auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  const uint32_t begin = *(after - 1);
  const uint32_t characters = offset - begin - (Continuations(offset) - Continuations(begin));
  return {static_cast<uint32_t>(after - line_begins_.begin()), characters + 1};
}

}  // namespace godwit::parser
