#include "executor/ports/table_meta.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace godwit::executor {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";
// What Hive writes for NULL and for the empty string.
constexpr std::string_view kDefaultPartition = "__HIVE_DEFAULT_PARTITION__";
constexpr std::string_view kEscapedMarks = "\"#%'*/:=?\\\x7f{[]^";

bool NeedsEscape(unsigned char byte) {
  return byte < 0x20 || kEscapedMarks.find(static_cast<char>(byte)) != std::string_view::npos;
}

std::optional<unsigned> HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return std::nullopt;
}

// "%41" at the front of `text`.
std::optional<unsigned> EscapedCode(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const std::optional<unsigned> high = HexValue(text[1]);
  const std::optional<unsigned> low = HexValue(text[2]);
  if (!high || !low) return std::nullopt;
  return *high * 16 + *low;
}

bool IsNamePart(std::string_view part) {
  return !part.empty() && part.find_first_of(" \t\r\n\v\f.") == std::string_view::npos &&
         part.find('\0') == std::string_view::npos;
}

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

Result<TableName> ParseTableName(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos || !IsNamePart(text.substr(0, dot)) ||
      !IsNamePart(text.substr(dot + 1))) {
    return InvalidInput(fmt::format("'{}' is not a table: write it like db.name", text));
  }
  return TableName{std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

std::string EscapePartitionValue(std::string_view value) {
  if (value.empty()) return std::string(kDefaultPartition);
  std::string text;
  text.reserve(value.size());
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (NeedsEscape(byte)) {
      text += {'%', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    } else {
      text += c;
    }
  }
  return text;
}

std::string UnescapePartitionValue(std::string_view text) {
  std::string value;
  value.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const std::optional<unsigned> code = EscapedCode(text.substr(i));
    if (!code) {
      value += text[i];
      continue;
    }
    // Hive takes the code for a UTF-16 unit; only names that it did not make itself have one above 7F.
    if (*code >= 0x80) value += static_cast<char>(0xC0 | (*code >> 6));
    value += static_cast<char>(*code >= 0x80 ? 0x80 | (*code & 0x3F) : *code);
    i += 2;
  }
  return value;
}

std::string PartitionNameOf(const std::vector<Column>& keys, const std::vector<std::string>& values) {
  GODWIT_ASSERT(keys.size() == values.size());
  std::string name;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) name += '/';
    name += EscapePartitionValue(LowerCase(keys[i].name)) + "=" + EscapePartitionValue(values[i]);
  }
  return name;
}

Result<std::vector<std::string>> PartitionValues(std::string_view name) {
  std::vector<std::string> values;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == part.size()) {
      return InvalidInput(fmt::format("'{}' is not a partition: write it like dt=2026-11-22/city=x", name));
    }
    values.push_back(UnescapePartitionValue(part.substr(equals + 1)));
    begin = end + 1;
  }
  return values;
}

}  // namespace godwit::executor
