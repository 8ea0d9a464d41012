// sources/text_file.h — a file's bytes as UTF-8 text, whatever they were saved as.
#pragma once

#include <string>

#include "base/result.h"
#include "sources/source_tree.h"

namespace godwit::sources {

struct DecodedText {
  std::string text;     // UTF-8, without byte order mark; "\r\n" is "\n"
  bool latin1 = false;  // was not UTF-8: each byte was taken for one character
};

// UTF-8, UTF-16 with a byte order mark, otherwise Latin-1. Errors: kUnsupported for a binary file (a zero
// byte in its first 8 KB) with what to do, and those of SourceTree::Read.
Result<DecodedText> ReadText(const SourceTree& tree, size_t file);
Result<DecodedText> Decode(std::string bytes);

}  // namespace godwit::sources
