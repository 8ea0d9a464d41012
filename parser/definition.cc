#include "parser/definition.h"

#include "SqlParser.h"
#include "parser/letters.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

// Walks over the tokens of a definition.
struct Walk {
  std::string_view script;
  const TokenBuffer& tokens;

  const Token& At(uint32_t i) const { return tokens[i]; }
  bool Is(uint32_t i, std::string_view word) const { return EqualFolded(tokens[i].Text(script), word); }
  bool Opens(uint32_t i) const {
    return (At(i).type == T::LPAREN || At(i).type == T::LPAREN_QUERY) && At(i).link != kNoToken;
  }
  std::string Unquoted(uint32_t i) const {
    std::string_view text = tokens[i].Text(script);
    if (tokens[i].type == T::STRING && text.size() >= 2) text = text.substr(1, text.size() - 2);
    return std::string(text);
  }
};

// The first word of each element between the parentheses; not of constraints.
std::vector<std::string> ColumnList(const Walk& walk, uint32_t open) {
  std::vector<std::string> columns;
  bool first = true;
  int angles = 0;
  for (uint32_t i = open + 1; i < walk.At(open).link; ++i) {
    const Token& token = walk.At(i);
    if (walk.Opens(i)) {
      i = token.link;
      first = false;
      continue;
    }
    if (token.type == T::OPERATOR) {
      const char c = walk.script[token.begin];
      angles += c == '<' ? 1 : c == '>' ? -static_cast<int>(token.end - token.begin) : 0;
    }
    if (token.type == T::COMMA && angles <= 0) {
      first = true;
    } else if (first && angles <= 0) {
      const bool constraint = walk.Is(i, "constraint") || walk.Is(i, "primary") || walk.Is(i, "foreign") ||
                              walk.Is(i, "unique") || walk.Is(i, "check");
      if (token.hash != 0 && (!constraint || token.Has(kQuoted)))
        columns.push_back(Fold(token.Text(walk.script)));
      first = false;
    }
  }
  return columns;
}

// ('key' = 'value', key value, …)
void Properties(const Walk& walk, uint32_t open, std::map<std::string, std::string>& properties) {
  std::string key;
  std::string value;
  bool has_value = false;
  for (uint32_t i = open + 1; i <= walk.At(open).link; ++i) {
    const Token& token = walk.At(i);
    if (token.type == T::COMMA || i == walk.At(open).link) {
      if (!key.empty()) properties.emplace(key, value);
      key.clear();
      value.clear();
      has_value = false;
    } else if (token.type == T::EQUALS || (token.type == T::STRING && !key.empty() && !has_value)) {
      has_value = true;
      if (token.type == T::STRING) value = walk.Unquoted(i);
    } else {
      (has_value ? value : key) += walk.Unquoted(i);
    }
  }
}

// STORED AS ORC, STORED AS INPUTFORMAT 'x' OUTPUTFORMAT 'y', STORED BY 'handler', USING jdbc
uint32_t Format(const Walk& walk, uint32_t i, std::string& format) {
  uint32_t k = i + (walk.Is(i, "using") ? 1 : 2);
  if (walk.Is(k, "inputformat")) ++k;
  format = walk.Unquoted(k);
  while (walk.At(k + 1).type == T::DOT) {
    format += "." + walk.Unquoted(k + 2);
    k += 2;
  }
  if (walk.At(k).type != T::STRING) format = Fold(format);
  return k;
}

}  // namespace

void HarvestDefinition(std::string_view script, const TokenBuffer& tokens, Range range,
                       Statement& statement) {
  const Walk walk{script, tokens};
  Definition& definition = statement.definitions[0];
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (walk.Opens(i)) {
      if (i == range.begin) definition.columns = ColumnList(walk, i);
      i = walk.At(i).link;
    } else if (walk.Is(i, "partitioned") && walk.Opens(i + 2)) {
      definition.partition_columns = ColumnList(walk, i + 2);
      i = walk.At(i + 2).link;
    } else if (walk.Is(i, "stored") || walk.At(i).type == T::USING) {
      if (!walk.Is(i + 2, "directories")) i = Format(walk, i, definition.format);
    } else if (walk.Is(i, "location") && walk.At(i + 1).type == T::STRING) {
      statement.paths.push_back(
          {walk.Unquoted(i + 1), {walk.At(i + 1).begin, walk.At(i + 1).end}, PathUse::kLocation, false});
    } else if ((walk.Is(i, "tblproperties") || walk.Is(i, "options") || walk.Is(i, "serdeproperties")) &&
               walk.Opens(i + 1)) {
      Properties(walk, i + 1, definition.properties);
      i = walk.At(i + 1).link;
    }
  }
}

}  // namespace godwit::parser
