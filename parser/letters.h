// parser/letters.h — bytes and letters of SQL text: what may stand in a word, and how case folds.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace godwit::parser {

enum ByteClass : uint8_t {
  kWordByte = 1 << 0,  // letters, digits, `_`, `$`, `@` and every byte of a non-ASCII character
  kSpaceByte = 1 << 1,
  kDigitByte = 1 << 2,
  kUpperByte = 1 << 3,
  kPlainWordByte = 1 << 4,    // ASCII letters, digits and `_`
  kCommentByte = 1 << 5,      // may start a comment or a template tag: - / # {
  kPlaceholderByte = 1 << 6,  // may start a placeholder: $ # @ { %
};

constexpr std::array<uint8_t, 256> MakeByteClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool digit = c >= '0' && c <= '9';
    const bool plain = upper || digit || (c >= 'a' && c <= 'z') || c == '_';
    if (plain || c == '$' || c == '@' || c >= 0x80) classes[c] |= kWordByte;
    if (plain) classes[c] |= kPlainWordByte;
    if (upper) classes[c] |= kUpperByte;
    if (digit) classes[c] |= kDigitByte;
    if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0x1A) classes[c] |= kSpaceByte;
    if (c == '-' || c == '/' || c == '#' || c == '{') classes[c] |= kCommentByte;
    if (c == '$' || c == '#' || c == '@' || c == '{' || c == '%') classes[c] |= kPlaceholderByte;
  }
  return classes;
}

inline constexpr std::array<uint8_t, 256> kByteClasses = MakeByteClasses();

inline bool IsWordByte(char c) { return (kByteClasses[static_cast<unsigned char>(c)] & kWordByte) != 0; }
inline bool IsSpaceByte(char c) { return (kByteClasses[static_cast<unsigned char>(c)] & kSpaceByte) != 0; }
inline bool IsDigitByte(char c) { return (kByteClasses[static_cast<unsigned char>(c)] & kDigitByte) != 0; }
inline unsigned char FoldByte(unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

// Hash of a word in which ASCII case makes no difference. Of a word with other letters, hash its folded text.
constexpr uint32_t HashWord(std::string_view text) {
  uint64_t hash = 0x9E3779B97F4A7C15u ^ text.size();
  for (size_t i = 0; i < text.size(); i += 8) {
    uint64_t block = 0;
    if (!std::is_constant_evaluated() && i + 8 <= text.size()) {
      std::memcpy(&block, text.data() + i, 8);
    } else {
      for (size_t k = i; k < text.size() && k < i + 8; ++k) {
        block |= static_cast<uint64_t>(static_cast<unsigned char>(text[k])) << (8 * (k - i));
      }
    }
    hash = (hash ^ (block | 0x2020202020202020u)) * 0xFF51AFD7ED558CCDu;
    hash ^= hash >> 32;
  }
  return static_cast<uint32_t>(hash);
}

// Lower case: ASCII, and the two-byte letters of Latin, Greek and Cyrillic. What is no UTF-8 stays as it is.
// Placeholders keep their case, since names of variables are case-sensitive.
std::string Fold(std::string_view text);

// Whether `text`, with ASCII letters folded, is `folded`.
inline bool EqualFolded(std::string_view text, std::string_view folded) {
  if (text.size() != folded.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (FoldByte(static_cast<unsigned char>(text[i])) != static_cast<unsigned char>(folded[i])) return false;
  }
  return true;
}

// Length of the white space other than ASCII that starts at text[begin], or 0: no-break and ideographic
// spaces, zero-width spaces and byte order marks, which editors and web pages leave in scripts.
size_t WideSpaceLength(std::string_view text, size_t begin);

}  // namespace godwit::parser
