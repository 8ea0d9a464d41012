// base/counted.h — numbers with their nouns: "1 unit needs", "2 units need".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace godwit {

// `one` if there is one, else `many`.
constexpr std::string_view OneOrMany(int64_t count, std::string_view one, std::string_view many) {
  return count == 1 ? one : many;
}

inline std::string Counted(int64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(OneOrMany(count, one, many));
}

}  // namespace godwit
