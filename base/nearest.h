// base/nearest.h — "did you mean": the known word closest to one that a person wrote.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace godwit {

// The candidate with the smallest edit distance to `word`, first one on a tie; none if even that one differs
// in more than a third of its letters (at least two). Cost: sum of |word| x |candidate|.
std::optional<std::string> NearestWord(std::string_view word, std::span<const std::string> candidates);

}  // namespace godwit
