#include "cli/json_text.h"

#include <array>
#include <cstdio>

namespace godwit::cli {
namespace {

// Length of the UTF-8 character at text[i], which is not ASCII; 0 if it is not well formed.
size_t CharacterLength(std::string_view text, size_t i) {
  const auto byte = [&](size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0; };
  const auto continues = [&](size_t k) { return (byte(k) & 0xC0) == 0x80; };
  const unsigned char first = byte(i);
  if (first >= 0xC2 && first <= 0xDF) return continues(i + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(i + 1) < 0xA0;
    const bool surrogate = first == 0xED && byte(i + 1) > 0x9F;
    return continues(i + 1) && continues(i + 2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(i + 1) < 0x90;
    const bool beyond = first == 0xF4 && byte(i + 1) > 0x8F;
    return continues(i + 1) && continues(i + 2) && continues(i + 3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

constexpr std::array<bool, 256> MakePlain() {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}

// Bytes that stand for themselves.
constexpr std::array<bool, 256> kPlain = MakePlain();

void AppendEscaped(unsigned char c, std::string& out) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\t': out += "\\t"; return;
    case '\r': out += "\\r"; return;
    default: break;
  }
  char code[8];
  std::snprintf(code, sizeof code, "\\u%04x", c);
  out += code;
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  size_t copied = 0;
  for (size_t i = 0;;) {
    while (i < text.size() && kPlain[static_cast<unsigned char>(text[i])]) ++i;
    if (i == text.size()) break;
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const size_t length = c >= 0x80 ? CharacterLength(text, i) : 0;
    if (length > 0) {
      i += length;
      continue;
    }
    out += text.substr(copied, i - copied);
    if (c >= 0x80) {
      out += "\xEF\xBF\xBD";
    } else {
      AppendEscaped(c, out);
    }
    copied = ++i;
  }
  out += text.substr(copied);
  out += '"';
}

void AppendJsonStrings(const std::vector<std::string>& texts, std::string& out) {
  out += '[';
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonString(texts[i], out);
  }
  out += ']';
}

}  // namespace godwit::cli
