// parser/letters.h — bytes and letters of SQL text: what may stand in a word, and how case folds.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace godwit::parser {

enum ByteClass : uint8_t {
  kWordByte = 1,  // letters, digits, `_`, `$`, `@` and every byte of a non-ASCII character
  kSpaceByte = 2,
  kDigitByte = 4,
  kUpperByte = 8,
};

extern const std::array<uint8_t, 256> kByteClasses;

inline bool IsWordByte(char c) { return (kByteClasses[static_cast<unsigned char>(c)] & kWordByte) != 0; }
inline bool IsSpaceByte(char c) { return (kByteClasses[static_cast<unsigned char>(c)] & kSpaceByte) != 0; }
inline bool IsDigitByte(char c) { return (kByteClasses[static_cast<unsigned char>(c)] & kDigitByte) != 0; }
inline unsigned char FoldByte(unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

// Lower case: ASCII, and the two-byte letters of Latin, Greek and Cyrillic. What is no UTF-8 stays as it is.
// Placeholders keep their case, since names of variables are case-sensitive.
std::string Fold(std::string_view text);

// Whether `text`, with ASCII letters folded, is `folded`.
bool EqualFolded(std::string_view text, std::string_view folded);

// Length of the white space other than ASCII that starts at text[begin], or 0: no-break and ideographic
// spaces, zero-width spaces and byte order marks, which editors and web pages leave in scripts.
size_t WideSpaceLength(std::string_view text, size_t begin);

}  // namespace godwit::parser
