#include "parser/letters.h"

#include "parser/placeholder.h"

namespace godwit::parser {
namespace {

// The lower-case letter of a two-byte character; other characters unchanged.
uint32_t FoldLetter(uint32_t letter) {
  if (letter >= 0xC0 && letter <= 0xDE && letter != 0xD7) return letter + 0x20;  // Latin-1
  if (letter >= 0x100 && letter <= 0x137 && letter != 0x130) return letter | 1;  // Latin Extended-A
  if (letter >= 0x14A && letter <= 0x177) return letter | 1;
  if (letter >= 0x391 && letter <= 0x3AB && letter != 0x3A2) return letter + 0x20;  // Greek
  if (letter >= 0x400 && letter <= 0x40F) return letter + 0x50;                     // Cyrillic
  if (letter >= 0x410 && letter <= 0x42F) return letter + 0x20;
  return letter;
}

}  // namespace

std::string Fold(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (const size_t end = PlaceholderEnd(text, i); end > i) {
      folded.append(text.substr(i, end - i));
      i = end;
    } else if (c >= 0xC2 && c <= 0xDF && i + 1 < text.size() && (text[i + 1] & 0xC0) == 0x80) {
      const uint32_t letter = FoldLetter(((c & 0x1Fu) << 6) | (text[i + 1] & 0x3Fu));
      folded += static_cast<char>(0xC0 | (letter >> 6));
      folded += static_cast<char>(0x80 | (letter & 0x3F));
      i += 2;
    } else {
      folded += static_cast<char>(FoldByte(c));
      ++i;
    }
  }
  return folded;
}

size_t WideSpaceLength(std::string_view text, size_t begin) {
  const std::string_view rest = text.substr(begin, 3);
  if (rest.starts_with("\xC2\xA0")) return 2;
  for (const std::string_view space :
       {"\xE3\x80\x80", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x80\x83", "\xE2\x80\x82"}) {
    if (rest == space) return 3;
  }
  return 0;
}

}  // namespace godwit::parser
