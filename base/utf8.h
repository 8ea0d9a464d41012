// base/utf8.h — is this text UTF-8?
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace godwit {

// The offset of the first byte that is not well-formed UTF-8 (overlong forms and surrogates are not); none if
// all is well. One pass.
std::optional<size_t> FirstInvalidUtf8(std::string_view text);

// `text` with every byte from 0x80 up read as that Unicode character: ISO 8859-1 made UTF-8.
std::string Latin1ToUtf8(std::string_view text);

}  // namespace godwit
