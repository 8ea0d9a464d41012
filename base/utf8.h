// base/utf8.h — is this text UTF-8, and what of it may be shown?
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

// `text` for a terminal or a line of a script: control characters (C0 but line feed and tab, DEL, C1), which
// could move the cursor or retitle the window, and bytes that are no UTF-8 stand as \xNN. Line feeds and tabs
// too where `one_line`.
std::string Visible(std::string_view text, bool one_line = false);

}  // namespace godwit
