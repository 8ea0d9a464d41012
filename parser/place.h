// parser/place.h — where something stands in a script. Facts carry byte spans; a LineIndex turns them into
// the line and column that a person reads.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace godwit::parser {

struct Span {
  uint32_t begin = 0;  // byte offset in the script
  uint32_t end = 0;    // one past the last byte
};

struct Place {
  uint32_t line = 1;    // 1-based
  uint32_t column = 1;  // 1-based, in characters (UTF-8 code points)
};

class LineIndex {
 public:
  // Keeps a view of `script`, which must outlive it. O(size).
  explicit LineIndex(std::string_view script);
  // O(log lines), also where one line is the whole script.
  Place Find(uint32_t offset) const;

 private:
  uint32_t Continuations(uint32_t offset) const;

  std::string_view script_;
  std::vector<uint32_t> line_begins_;
  std::vector<uint32_t> continuations_;  // before each kStride bytes: how many continue a UTF-8 character
};

}  // namespace godwit::parser
