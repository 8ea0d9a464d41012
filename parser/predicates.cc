#include "parser/predicates.h"

#include <vector>

#include "SqlParser.h"
#include "parser/letters.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

constexpr size_t kConjunctsMax = 1000;  // of one condition
constexpr size_t kValuesMax = 1000;     // of one IN list; a longer one pins too little to be kept

struct Condition {
  std::string_view script;
  const TokenBuffer& tokens;

  const Token& At(uint32_t i) const { return tokens[i]; }
  bool Is(uint32_t i, std::string_view word) const {
    return tokens[i].type == T::OPERATOR && EqualFolded(tokens[i].Text(script), word);
  }
  bool Opens(uint32_t i) const {
    return (At(i).type == T::LPAREN || At(i).type == T::LPAREN_QUERY) && At(i).link != kNoToken;
  }
  // The token after a parenthesis and what is in it, or the next one.
  uint32_t Next(uint32_t i) const { return Opens(i) ? At(i).link + 1 : i + 1; }

  // End of the column that starts at `i`, or `i` if none does.
  uint32_t ColumnEnd(uint32_t i, uint32_t end) const {
    if (i >= end || At(i).type != T::WORD || At(i).Has(kPlaceholder)) return i;
    uint32_t k = i + 1;
    while (k + 1 < end && At(k).type == T::DOT && At(k + 1).type == T::WORD) k += 2;
    return k;
  }
};

bool HasOr(const Condition& condition, Range range) {
  for (uint32_t i = range.begin; i < range.end; i = condition.Next(i)) {
    if (condition.Is(i, "or") || condition.Is(i, "||")) return true;
  }
  return false;
}

// `a < 5` read from the right is `5 > a`.
std::string Mirrored(std::string_view op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return "=";
}

bool IsComparison(const Condition& condition, uint32_t i) {
  return condition.At(i).type == T::EQUALS || condition.Is(i, "<") || condition.Is(i, "<=") ||
         condition.Is(i, ">") || condition.Is(i, ">=");
}

// The list of IN: `range` is between the parentheses.
bool Values(const Condition& condition, Range range, std::vector<std::string>& values) {
  uint32_t begin = range.begin;
  for (uint32_t i = range.begin; i <= range.end; ++i) {
    if (i < range.end && condition.At(i).type != T::COMMA) continue;
    std::string value;
    if (values.size() == kValuesMax) return false;
    if (!LiteralValue(condition.script, condition.tokens, {begin, i}, value)) return false;
    values.push_back(std::move(value));
    begin = i + 1;
  }
  return true;
}

// `column op literal…`; false if the conjunct is something else.
bool ReadComparison(const Condition& condition, Range range, uint32_t after_column, Predicate& predicate) {
  std::string value;
  const uint32_t op = after_column;
  if (op >= range.end) return false;
  if (IsComparison(condition, op)) {
    predicate.op =
        condition.At(op).type == T::EQUALS ? "=" : std::string(condition.At(op).Text(condition.script));
    if (!LiteralValue(condition.script, condition.tokens, {op + 1, range.end}, value)) return false;
    predicate.values.push_back(std::move(value));
    return true;
  }
  if (condition.Is(op, "in") && op + 1 < range.end && condition.At(op + 1).type == T::LPAREN &&
      condition.At(op + 1).link + 1 == range.end) {
    predicate.op = "in";
    return Values(condition, {op + 2, range.end - 1}, predicate.values);
  }
  if (condition.Is(op, "like")) {
    predicate.op = "like";
    if (!LiteralValue(condition.script, condition.tokens, {op + 1, range.end}, value)) return false;
    predicate.values.push_back(std::move(value));
    return true;
  }
  if (!condition.Is(op, "between")) return false;
  uint32_t middle = op + 1;
  while (middle < range.end && !condition.Is(middle, "and")) middle = condition.Next(middle);
  std::string high;
  if (middle >= range.end || !LiteralValue(condition.script, condition.tokens, {op + 1, middle}, value) ||
      !LiteralValue(condition.script, condition.tokens, {middle + 1, range.end}, high)) {
    return false;
  }
  predicate.op = "between";
  predicate.values = {std::move(value), std::move(high)};
  return true;
}

// `literal op column`
bool ReadMirrored(const Condition& condition, Range range, uint32_t& column, Predicate& predicate) {
  uint32_t op = range.begin;
  while (op < range.end && !IsComparison(condition, op)) ++op;
  std::string value;
  if (op >= range.end || condition.ColumnEnd(op + 1, range.end) != range.end || op + 1 == range.end)
    return false;
  if (!LiteralValue(condition.script, condition.tokens, {range.begin, op}, value)) return false;
  column = op + 1;
  predicate.op = Mirrored(condition.At(op).Text(condition.script));
  predicate.values.push_back(std::move(value));
  return true;
}

}  // namespace

std::string StringText(std::string_view script, const Token& token) {
  std::string_view text = token.Text(script);
  if (!text.empty() && text[0] != '\'' && text[0] != '"') text.remove_prefix(1);  // r'…'
  if (text.size() >= 2 && text.back() == text[0]) text.remove_suffix(1);
  if (!text.empty()) text.remove_prefix(1);
  std::string value;
  value.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size() &&
                        std::string_view("\\'\";").find(text[i + 1]) != std::string_view::npos;
    value += escape ? text[++i] : text[i];
  }
  return value;
}

bool LiteralValue(std::string_view script, const TokenBuffer& tokens, Range range, std::string& value) {
  if (range.size() == 0 || range.end < range.begin) return false;
  const Token& first = tokens[range.begin];
  const Token& last = tokens[range.end - 1];
  if (range.size() == 1) {
    if (first.type == T::STRING) {
      value = StringText(script, first);
      return true;
    }
    value = std::string(first.Text(script));
    return first.type == T::NUMBER || (first.type == T::WORD && first.Has(kPlaceholder));
  }
  if (range.size() != 2) return false;
  if (first.type == T::WORD && last.type == T::STRING) {  // DATE '2024-01-01'
    value = StringText(script, last);
    return true;
  }
  value = "-" + std::string(last.Text(script));
  return first.type == T::OPERATOR && first.Text(script) == "-" && last.type == T::NUMBER;
}

void FindPredicates(std::string_view script, const TokenBuffer& tokens, Range range,
                    const std::function<void(uint32_t, uint16_t, Predicate)>& found) {
  const Condition condition{script, tokens};
  std::vector<Range> work = {range};
  for (size_t done = 0; done < work.size() && done < kConjunctsMax; ++done) {
    const Range part = work[done];
    if (part.size() == 0) continue;
    if (condition.Opens(part.begin) && condition.At(part.begin).link + 1 == part.end) {
      if (condition.At(part.begin).type == T::LPAREN) work.push_back({part.begin + 1, part.end - 1});
      continue;
    }
    if (HasOr(condition, part)) continue;
    uint32_t begin = part.begin;
    bool between = false;
    bool split = false;
    for (uint32_t i = part.begin; i < part.end; i = condition.Next(i)) {
      if (condition.Is(i, "between")) {
        between = true;
      } else if (condition.Is(i, "and")) {
        if (!between) {
          work.push_back({begin, i});
          begin = i + 1;
          split = true;
        }
        between = false;
      }
    }
    if (split) {
      work.push_back({begin, part.end});
      continue;
    }
    Predicate predicate;
    uint32_t column = part.begin;
    const uint32_t end = condition.ColumnEnd(column, part.end);
    const bool forward = end > column && ReadComparison(condition, part, end, predicate);
    if (!forward) {
      predicate = {};
      if (!ReadMirrored(condition, part, column, predicate)) continue;
    }
    const uint32_t parts = (condition.ColumnEnd(column, part.end) - column + 1) / 2;
    found(column, static_cast<uint16_t>(parts), std::move(predicate));
  }
}

}  // namespace godwit::parser
