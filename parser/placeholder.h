// parser/placeholder.h — variables and templates that stand in SQL before anyone fills them in:
// ${x} ${hiveconf:x} $[yyyyMMdd] $(date +%F) {{ ds }} {x} #{x} @{x} %(x)s. They are parts of words and
// strings.
#pragma once

#include <cstddef>
#include <string_view>

namespace godwit::parser {

// One past the placeholder that starts at text[begin], or `begin` if none does. Looks at no more than
// kPlaceholderMax bytes.
size_t PlaceholderEnd(std::string_view text, size_t begin);

inline constexpr size_t kPlaceholderMax = 4096;

}  // namespace godwit::parser
