#include "parser/placeholder.h"

#include <algorithm>

namespace godwit::parser {
namespace {

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// One past the bracket that closes the one at text[begin], nested ones counted; `begin` if none does on this
// line.
size_t BracketEnd(std::string_view text, size_t begin, char open, char close) {
  int depth = 0;
  const size_t end = std::min(text.size(), begin + kPlaceholderMax);
  for (size_t i = begin; i < end && text[i] != '\n'; ++i) {
    if (text[i] == open) ++depth;
    if (text[i] == close && --depth == 0) return i + 1;
  }
  return begin;
}

// `{{ anything }}`, over lines too.
size_t TemplateEnd(std::string_view text, size_t begin) {
  const size_t close = text.substr(0, std::min(text.size(), begin + kPlaceholderMax)).find("}}", begin + 2);
  return close == std::string_view::npos ? begin : close + 2;
}

// `{name}`, `{0}`, `{}`, `{row['x']}`, `{x:%Y}`: Python's format fields hold no spaces.
size_t FormatFieldEnd(std::string_view text, size_t begin) {
  const size_t end = std::min(text.size(), begin + 128);
  for (size_t i = begin + 1; i < end; ++i) {
    const char c = text[i];
    if (c == '}') return i + 1;
    if (!IsNameByte(c) && std::string_view(".:[]'\"!%-+").find(c) == std::string_view::npos) return begin;
  }
  return begin;
}

// `%(name)s` and `%(name)d`
size_t PercentFieldEnd(std::string_view text, size_t begin) {
  size_t i = begin + 2;
  while (i < text.size() && i < begin + 128 && IsNameByte(text[i])) ++i;
  const bool closed =
      i > begin + 2 && i + 1 < text.size() && text[i] == ')' && (text[i + 1] == 's' || text[i + 1] == 'd');
  return closed ? i + 2 : begin;
}

size_t BracketedEnd(std::string_view text, size_t begin) {
  const size_t open = begin + 1;
  size_t end = open;
  if (text[open] == '{') end = BracketEnd(text, open, '{', '}');
  if (text[open] == '(') end = BracketEnd(text, open, '(', ')');
  if (text[open] == '[') end = BracketEnd(text, open, '[', ']');
  return end == open ? begin : end;
}

}  // namespace

size_t PlaceholderEnd(std::string_view text, size_t begin) {
  if (begin + 1 >= text.size()) return begin;
  const char next = text[begin + 1];
  switch (text[begin]) {
    case '$': return BracketedEnd(text, begin);
    case '#':
    case '@': return next == '{' ? BracketedEnd(text, begin) : begin;
    case '{': return next == '{' ? TemplateEnd(text, begin) : FormatFieldEnd(text, begin);
    case '%': return next == '(' ? PercentFieldEnd(text, begin) : begin;
    default: return begin;
  }
}

}  // namespace godwit::parser
