#include "sources/text_file.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace godwit::sources {
namespace {

constexpr size_t kLookedAtForZeros = 8192;

void AppendUtf8(std::string& text, uint32_t character) {
  if (character < 0x80) {
    text += static_cast<char>(character);
  } else if (character < 0x800) {
    text += static_cast<char>(0xC0 | (character >> 6));
    text += static_cast<char>(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    text += static_cast<char>(0xE0 | (character >> 12));
    text += static_cast<char>(0x80 | ((character >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (character & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (character >> 18));
    text += static_cast<char>(0x80 | ((character >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((character >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (character & 0x3F));
  }
}

std::string FromUtf16(std::string_view bytes, bool big) {
  std::string text;
  uint32_t high = 0;
  for (size_t i = 2; i + 1 < bytes.size(); i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]),
               second = static_cast<unsigned char>(bytes[i + 1]);
    const uint32_t unit = big ? first << 8 | second : second << 8 | first;
    if (unit >= 0xD800 && unit < 0xDC00) {
      high = unit;
    } else if (unit >= 0xDC00 && unit < 0xE000) {
      AppendUtf8(text, high == 0 ? 0xFFFD : 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
      high = 0;
    } else {
      AppendUtf8(text, unit);
    }
  }
  return text;
}

std::string WithoutCarriageReturns(std::string text) {
  if (text.find('\r') == std::string::npos) return text;
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool before_newline = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!before_newline) result += text[i] == '\r' ? '\n' : text[i];
  }
  return result;
}

}  // namespace

Result<DecodedText> Decode(std::string bytes) {
  const std::string_view front = std::string_view(bytes).substr(0, kLookedAtForZeros);
  if (front.starts_with("\xFF\xFE") || front.starts_with("\xFE\xFF")) {
    return DecodedText{WithoutCarriageReturns(FromUtf16(bytes, front[0] == '\xFE')), false};
  }
  if (front.find('\0') != std::string_view::npos) {
    return Unsupported("a binary file: declare its lineage, or exclude it");
  }
  if (front.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
  if (FirstInvalidUtf8(bytes)) return DecodedText{WithoutCarriageReturns(Latin1ToUtf8(bytes)), true};
  return DecodedText{WithoutCarriageReturns(std::move(bytes)), false};
}

Result<DecodedText> ReadText(const SourceTree& tree, size_t file) {
  GODWIT_TRY_ASSIGN(std::string bytes, tree.Read(file));
  return Decode(std::move(bytes));
}

}  // namespace godwit::sources
