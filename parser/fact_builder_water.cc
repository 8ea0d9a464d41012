// Water: runs of expression tokens. Nothing about tables hides in them except nested queries, at which the
// grammar takes over; on the way they are scanned for column references, function calls and aliases.
#include <algorithm>

#include "SqlParser.h"
#include "parser/fact_builder.h"
#include "parser/keywords.h"
#include "parser/letters.h"
#include "parser/predicates.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

bool IsOpening(int32_t type) { return type == T::LPAREN || type == T::LPAREN_QUERY; }

bool IsWater(int32_t type) { return type >= T::WORD && type <= T::QUANTIFIER; }

// Where even a broken statement ends, so that the next one is not swallowed.
bool StartsStatement(int32_t type) {
  switch (type) {
    case T::INSERT:
    case T::UPDATE:
    case T::DELETE:
    case T::MERGE:
    case T::LOAD:
    case T::EXPORT:
    case T::IMPORT: return true;
    case T::LIKE:
    case T::RENAME:
    case T::EXCHANGE: return false;
    default: return type >= T::CREATE || type < 0;
  }
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return EqualFolded(text, word); });
}

bool IsTimeUnit(std::string_view text) {
  return IsOneOf(text, {"year", "quarter", "month", "week", "day", "dayofyear", "hour", "minute", "second",
                        "millisecond", "microsecond", "years", "months", "weeks", "days", "hours", "minutes",
                        "seconds"});
}

// Functions whose first argument may be a unit of time and not a column.
bool TakesTimeUnit(std::string_view function) {
  return IsOneOf(function, {"timestampadd", "timestampdiff", "dateadd", "datediff", "date_add", "date_diff",
                            "timediff"});
}

}  // namespace

void FactBuilder::BeginWater(WaterKind kind) {
  Water water;
  water.kind = kind;
  water.begin = water.item_begin = stream_.position();
  water.items = kind == WaterKind::kMany && scopes_.InSelect() && scopes_.select().clause == Clause::kItems;
  water.item_references = scopes_.ReferenceCount();
  water.lambdas = lambdas_.size();
  waters_.push_back(water);
  if (kind == WaterKind::kRows) CountValues();
  RunWater();
}

// After a nested query and its parenthesis.
void FactBuilder::ResumeExpression() {
  Water& water = waters_.back();
  water.operand = false;
  if (options_->columns && result_ != kNoResult && scopes_.InSelect()) {
    // EXISTS asks for rows, not for their columns.
    const uint32_t open = At(Last()).link;
    const bool exists = open != kNoToken && open > 0 && TextIs(open - 1, "exists");
    scopes_.AddReference({Last(), static_cast<uint16_t>(exists ? 0 : 1), scopes_.select().clause, result_});
  }
  RunWater();
}

void FactBuilder::EndExpression() {
  const Water water = waters_.back();
  const uint32_t end = stream_.position();
  if (water.depth > 0) Fail("`)`");
  if (end == water.begin) {
    const int32_t next = At(end).type;
    if (next != T::RPAREN && next != T::THEN && next != T::ON) Fail("an expression");
  }
  if (water.items && options_->columns) EndItem(waters_.back(), end);
  if (options_->details && options_->columns && scopes_.InSelect()) {
    const Clause clause = scopes_.select().clause;
    // An outer join's ON restricts only what it joins, if anything.
    const bool on = clause == Clause::kJoin && join_kind_ != JoinKind::kOther;
    const uint32_t joined = static_cast<uint32_t>(scopes_.relations().size()) - 1;
    if (clause == Clause::kWhere) conditions_.push_back({{water.begin, end}});
    if (on) conditions_.push_back({{water.begin, end}, join_kind_ == JoinKind::kLeft ? joined : kNoToken});
  }
  lambdas_.resize(water.lambdas);
  waters_.pop_back();
  alias_ = kNoToken;
}

void FactBuilder::RunWater() {
  Water& water = waters_.back();
  uint32_t i = stream_.position();
  const bool columns = options_->columns || water.kind == WaterKind::kRows;
  i = columns ? ScanColumns(water, i) : ScanTables(water, i);
  stream_.MoveTo(i);
}

// Finds the end of the run and nested queries, nothing else: most parentheses are jumped over.
uint32_t FactBuilder::ScanTables(Water& water, uint32_t i) {
  for (;;) {
    const Token& token = At(i);
    switch (token.type) {
      case T::LPAREN:
        if (!token.Has(kHoldsQuery) && token.link != kNoToken) {
          i = token.link + 1;
          continue;
        }
        ++water.depth;
        break;
      case T::RPAREN:
        if (water.depth == 0) return i;
        --water.depth;
        break;
      case T::COMMA:
        if (water.depth == 0 && water.kind == WaterKind::kOne) return i;
        break;
      case T::LPAREN_QUERY: return i;
      case T::TABLE:
        if (token.depth == 0) return i;
        i = TableArgumentAt(i);
        continue;
      default:
        if (!IsWater(token.type) && (water.depth == 0 || StartsStatement(token.type))) return i;
        break;
    }
    ++i;
  }
}

uint32_t FactBuilder::ScanColumns(Water& water, uint32_t i) {
  for (;;) {
    const Token& token = At(i);
    switch (token.type) {
      case T::WORD: {
        const uint32_t next = Word(water, i);
        if (next == i) return i;
        i = next;
        continue;
      }
      case T::STRING:
        if ((token.flags & kAddress) != 0) AddRemark(RemarkKind::kAddress, i, StringText(script_, At(i)));
        water.operand = false;
        break;
      case T::NUMBER:
      case T::END: water.operand = false; break;
      case T::STAR: Star(water, i); break;
      case T::DOT:
        // A field of `f(x)` or `a[1]`.
        ++i;
        if (At(i).type != T::WORD) continue;
        break;
      case T::OPERATOR:
        if (Text(i) == "::" && At(i + 1).type == T::WORD) {  // a cast: the word is a type
          i = At(i + 2).type == T::LPAREN && At(i + 2).link != kNoToken ? At(i + 2).link + 1 : i + 2;
          water.operand = false;
          continue;
        }
        water.operand = script_[token.begin] != ']';
        break;
      case T::LPAREN:
        if (water.operand && token.link != kNoToken && Text(token.link + 1) == "->" &&
            !token.Has(kHoldsQuery)) {
          i = LambdaList(water, i);
          continue;
        }
        ++water.depth;
        water.operand = true;
        break;
      case T::RPAREN:
        if (water.depth == 0) return i;
        --water.depth;
        while (lambdas_.size() > water.lambdas && lambdas_.back().depth > water.depth) lambdas_.pop_back();
        water.operand = false;
        break;
      case T::COMMA:
        water.operand = true;
        if (water.depth > 0) break;
        if (water.kind == WaterKind::kOne) return i;
        if (water.items) EndItem(water, i);
        break;
      case T::AS: {
        if (water.depth == 0 && water.kind == WaterKind::kRows) return i;
        i = water.depth == 0 ? As(water, i) : SkipType(i + 1);
        continue;
      }
      case T::LPAREN_QUERY: return i;
      case T::TABLE:
        if (token.depth == 0) return i;
        i = TableArgumentAt(i);
        water.operand = false;
        continue;
      default:
        if (!IsWater(token.type) && (water.depth == 0 || StartsStatement(token.type))) return i;
        water.operand = true;
        break;
    }
    ++i;
  }
}

// ----------------------------------------------------------------------------------------------- words

// OVER (w ORDER BY …), WINDOW v AS (w …): the first word may name another window.
bool FactBuilder::NamesWindow(uint32_t i) const {
  const int32_t next = At(i + 1).type;
  const bool specification = next == T::RPAREN || next == T::ORDER || next == T::PARTITION ||
                             next == T::SORT || next == T::DISTRIBUTE || next == T::CLUSTER ||
                             TextIs(i + 1, "rows") || TextIs(i + 1, "range");
  if (!specification || i < 2 || At(i - 1).type != T::LPAREN) return false;
  return TextIs(i - 2, "over") || (At(i - 2).type == T::AS && scopes_.select().clause == Clause::kWindow);
}

// Returns the token to go on with; `i` itself to stop there.
uint32_t FactBuilder::Word(Water& water, uint32_t i) {
  if (!water.operand) return WordAfterOperand(water, i);
  uint32_t last = i;
  uint16_t parts = 1;
  while (At(last + 1).type == T::DOT && At(last + 2).type == T::WORD) {
    last += 2;
    if (parts < UINT16_MAX) ++parts;
  }
  const Token& next = At(last + 1);
  if (next.type == T::DOT && At(last + 2).type == T::STAR) return QualifiedStar(water, i, parts, last);
  if (parts == 1 && At(i).Has(kSpecialWord) && !At(i).Has(kQuoted)) {
    if (const uint32_t after = SpecialWord(water, i); after > i) return after;
  }
  if (IsOpening(next.type)) return Call(water, i, last + 1);
  if (At(i).Has(kQuoted) && parts == 1 && IsColumnPattern(i)) {
    Star(water, i);
    return i + 1;
  }
  water.operand = false;
  if (parts == 1 && next.type == T::STRING) return i + 2;  // DATE '2024-01-01', X'1F'
  if (next.type == T::OPERATOR && parts == 1) {
    const std::string_view op = Text(i + 1);
    if (op == "->") {
      lambdas_.push_back({At(i).hash, water.depth});
      water.operand = true;
      return i + 2;
    }
    if (op == "=>") {  // a named argument
      water.operand = true;
      return i + 2;
    }
  }
  if (parts == 1 && At(i).Has(kPlaceholder)) return i + 1;
  if (parts == 1 && water.depth > 0 && scopes_.InSelect() && NamesWindow(i)) return i + 1;
  Reference(water, i, parts);
  return last + 1;
}

// Two operands in a row: the second is an alias, or a word such as DESC, NULLS, ROWS or PRECEDING.
uint32_t FactBuilder::WordAfterOperand(Water& water, uint32_t i) {
  const Token& token = At(i);
  if (water.depth == 0 && water.kind == WaterKind::kRows) return i;
  if (token.Has(kSpecialWord) && IsOpening(At(i + 1).type) && TextIs(i, "over")) {
    BeginWindow(water, i);
    water.operand = true;
    return i + 1;
  }
  if (token.Has(kSpecialWord) && TextIs(i, "over") && At(i + 1).type == T::WORD) {
    BeginWindow(water, i);
    return i + 2;
  }
  if (water.depth > 0 && (TextIs(i, "for") || TextIs(i, "placing"))) water.operand = true;
  if (water.depth == 0 && water.items && At(i + 1).type != T::DOT) {
    water.alias = i;
    water.item_end = i;
  }
  return i + 1;
}

// Words that are no columns although an operand may stand here. `i` itself: an ordinary word after all.
uint32_t FactBuilder::SpecialWord(Water& water, uint32_t i) {
  const Token& next = At(i + 1);
  if (TextIs(i, "interval")) {
    if (next.type == T::NUMBER || next.type == T::STRING) {
      water.operand = false;
      uint32_t k = i + 1;
      while ((At(k).type == T::NUMBER || At(k).type == T::STRING) && At(k + 1).type == T::WORD &&
             IsTimeUnit(Text(k + 1)))
        k += 2;
      if (TextIs(k, "to") && At(k + 1).type == T::WORD && IsTimeUnit(Text(k + 1))) k += 2;
      return std::max(k, i + 2);
    }
    if (next.type == T::WORD || IsOpening(next.type) || Text(i + 1) == "-") return i + 1;
    return i;
  }
  if (TextIs(i, "current")) {
    if (!TextIs(i + 1, "row")) return i;
    water.operand = false;
    return i + 2;
  }
  if (TextIs(i, "both") || TextIs(i, "leading") || TextIs(i, "trailing")) {
    return next.type == T::COMMA || next.type == T::RPAREN ? i : i + 1;
  }
  water.operand = false;
  const bool constant =
      TextIs(i, "unbounded") || TextIs(i, "default") || TextIs(i, "grouping__id") || TextIs(i, "over");
  if (!constant && !IsOpening(next.type)) AddFunction(i, i, kNoToken);
  if (!constant && IsOpening(next.type)) water.operand = true;
  return !constant && IsOpening(next.type) ? i : i + 1;
}

// A function call; `open` is its parenthesis, which the scan then meets.
uint32_t FactBuilder::Call(Water& water, uint32_t name, uint32_t open) {
  const std::string_view function = Text(open - 1);
  AddFunction(name, open - 1, open);
  water.operand = true;
  const bool unit =
      At(open + 1).type == T::WORD &&
      (At(open + 2).type == T::FROM
           ? EqualFolded(function, "extract")
           : At(open + 2).type == T::COMMA && TakesTimeUnit(function) && IsTimeUnit(Text(open + 1)));
  if (!unit || At(open).type == T::LPAREN_QUERY) return open;
  ++water.depth;
  return open + 3;
}

void FactBuilder::AddFunction(uint32_t first, uint32_t last, uint32_t open) {
  if (!options_->details || !scopes_.InSelect()) return;
  const uint32_t index = static_cast<uint32_t>(statement_->functions.size());
  FunctionUse& function = statement_->functions.emplace_back();
  function.name = NameText({first, last + 1});
  const uint32_t close = open != kNoToken && At(open).link != kNoToken ? At(open).link : last;
  function.span = {At(first).begin, At(close).end};
  if (open == kNoToken) return;
  function.distinct = At(open + 1).type == T::QUANTIFIER && TextIs(open + 1, "distinct");
  scopes_.AddFunction({index, open, kNoToken});
}

// OVER (…) or OVER name: belongs to the last call at this depth of parentheses.
void FactBuilder::BeginWindow(Water& water, uint32_t over) {
  if (At(over + 1).type == T::WORD) water.window = over + 1;
  if (!options_->details || !scopes_.InSelect()) return;
  PendingFunction* pending = scopes_.LastFunctionAtDepth(At(over).depth);
  if (pending == nullptr) return;
  pending->over = over + 1;
}

// (x, y) -> …
uint32_t FactBuilder::LambdaList(Water& water, uint32_t open) {
  for (uint32_t i = open + 1; i < At(open).link; ++i) {
    if (At(i).type == T::WORD) lambdas_.push_back({At(i).hash, water.depth});
  }
  water.operand = true;
  return At(open).link + 2;
}

bool FactBuilder::IsLambdaName(const Water& water, uint32_t token) const {
  for (size_t i = water.lambdas; i < lambdas_.size(); ++i) {
    if (lambdas_[i].hash == At(token).hash) return true;
  }
  return false;
}

void FactBuilder::Reference(const Water& water, uint32_t token, uint16_t parts) {
  if (!options_->columns || !scopes_.InSelect() || IsLambdaName(water, token)) return;
  scopes_.AddReference({token, parts, scopes_.select().clause, kNoResult});
}

// Hive's `(ds|hr)?+.+`: a regular expression over column names.
bool FactBuilder::IsColumnPattern(uint32_t token) const {
  const std::string_view text = Text(token);
  return options_->dialect == Dialect::kHive &&
         (text.find(".*") != std::string_view::npos || text.find(".+") != std::string_view::npos ||
          text.find(")?") != std::string_view::npos);
}

// ------------------------------------------------------------------------------------ items and aliases

void FactBuilder::Star(Water& water, uint32_t i) {
  const bool item = water.operand && water.depth == 0 && water.items && i == water.item_begin;
  water.operand = !water.operand;  // `count(*)` is an operand, `a * b` wants one
  if (At(i).type == T::WORD) water.operand = false;
  if (!item) return;
  water.shape = ItemShape::kStar;
  AddRemark(RemarkKind::kSelectStar, i, "");
}

uint32_t FactBuilder::QualifiedStar(Water& water, uint32_t i, uint16_t parts, uint32_t last) {
  water.operand = false;
  if (water.depth == 0 && water.items && i == water.item_begin) {
    water.shape = ItemShape::kQualifiedStar;
    Reference(water, i, parts);
    AddRemark(RemarkKind::kSelectStar, i, NameText({i, last + 1}));
  }
  return last + 3;
}

// AS outside parentheses: an alias, or several for a function of many columns.
uint32_t FactBuilder::As(Water& water, uint32_t i) {
  const Token& next = At(i + 1);
  water.operand = false;
  if (!water.items) {
    const bool window = scopes_.InSelect() && scopes_.select().clause == Clause::kWindow;
    if (window && next.type == T::LPAREN && i > 0) scopes_.AddWindow(i - 1, i + 1);
    water.operand = true;
    return next.type == T::WORD ? i + 2 : i + 1;
  }
  if (water.item_end == kNoToken) water.item_end = i;
  if (next.type == T::LPAREN && next.link != kNoToken && !next.Has(kHoldsQuery)) {
    list_open_ = i + 1;
    const uint32_t position = stream_.position();
    stream_.MoveTo(next.link + 1);
    EndColumnNames();
    stream_.MoveTo(position);
    water.aliases = column_names_;
    return next.link + 1;
  }
  if (next.type != T::WORD && next.type != T::STRING) return i + 1;
  water.alias = i + 1;
  return i + 2;
}

// The type after AS in CAST(x AS type): up to the comma or parenthesis that ends it.
uint32_t FactBuilder::SkipType(uint32_t i) const {
  int angles = 0;
  for (;; ++i) {
    const Token& token = At(i);
    if (token.type == T::RPAREN || !IsWater(token.type)) return i;
    if (token.type == T::LPAREN) {
      if (token.link == kNoToken || token.Has(kHoldsQuery)) return i;
      i = token.link;
    } else if (token.type == T::OPERATOR) {
      const char c = script_[token.begin];
      angles += c == '<' ? 1 : c == '>' ? -static_cast<int>(token.end - token.begin) : 0;
    } else if (token.type == T::COMMA && angles <= 0) {
      return i;
    }
  }
}

void FactBuilder::EndItem(Water& water, uint32_t end) {
  Item item;
  uint32_t item_end = water.item_end == kNoToken ? end : water.item_end;
  const bool named = water.alias != kNoToken && water.alias + 1 == end;
  if (water.alias != kNoToken && !named && At(water.alias - 1).type != T::AS) item_end = end;
  item.tokens = {water.item_begin, item_end};
  item.references = {water.item_references, scopes_.ReferenceCount()};
  item.shape = water.shape;
  item.aliases = water.aliases;
  item.window = water.window;
  if (named)
    item.alias = At(water.alias).type == T::STRING ? scopes_.Keep(Fold(StringText(script_, At(water.alias))))
                                                   : scopes_.NameOf(water.alias);
  const bool one = item.references.size() == 1 && item.shape == ItemShape::kExpression;
  if (one && scopes_.IsChain(item.references.begin, item.tokens)) item.shape = ItemShape::kColumn;
  if (!named && item.shape == ItemShape::kExpression && one) item.alias = CastName(item);
  if (item.tokens.size() > 0) scopes_.AddItem(item);
  water.item_begin = end + 1;
  water.item_references = scopes_.ReferenceCount();
  water.item_end = water.alias = water.window = kNoToken;
  water.aliases = {};
  water.shape = ItemShape::kExpression;
}

// Spark names CAST(a AS INT) and a::INT after the column.
Name FactBuilder::CastName(const Item& item) {
  if (options_->dialect != Dialect::kSpark || item.aliases.size() > 0) return {};
  const parser::Reference& reference = scopes_.reference(item.references.begin);
  const uint32_t last = reference.token + 2u * (reference.parts - 1u);
  if (reference.query != kNoResult) return {};
  const uint32_t begin = item.tokens.begin;
  const bool cast = TextIs(begin, "cast") && reference.token == begin + 2 && At(last + 1).type == T::AS &&
                    At(begin + 1).link + 1 == item.tokens.end;
  const bool colons = reference.token == begin && Text(last + 1) == "::" && last + 3 >= item.tokens.end;
  return cast || colons ? scopes_.NameOf(last) : Name{};
}

// The width of the first row.
void FactBuilder::CountValues() {
  values_width_ = 1;
  const uint32_t open = stream_.position();
  if (At(open).type != T::LPAREN || At(open).link == kNoToken) return;
  for (uint32_t i = open + 1; i < At(open).link; ++i) {
    if (At(i).type == T::LPAREN && At(i).link != kNoToken) i = At(i).link;
    values_width_ += At(i).type == T::COMMA ? 1 : 0;
  }
}

// f(TABLE t) and f(TABLE (t)) read t; in f(TABLE (SELECT …)) the query does the reading.
uint32_t FactBuilder::TableArgumentAt(uint32_t token) {
  uint32_t i = token + 1;
  const bool parenthesized = At(i).type == T::LPAREN;
  if (parenthesized) ++i;
  if (At(i).type != T::WORD) return token + 1;
  Range name{i, i + 1};
  while (At(name.end).type == T::DOT && At(name.end + 1).type == T::WORD) name.end += 2;
  if (FindCte(name) == nullptr) AddRead(name, ReadRole::kData);
  return parenthesized && At(name.end).type == T::RPAREN ? name.end + 1 : name.end;
}

void FactBuilder::AddRemark(RemarkKind kind, uint32_t token, std::string text) {
  if (options_->details)
    statement_->remarks.push_back({kind, {At(token).begin, At(token).end}, std::move(text)});
}

// --------------------------------------------------------------------------------------------- details

// Takes what stands here, up to a query, LIKE, a closing parenthesis or another statement.
void FactBuilder::Details() {
  uint32_t i = stream_.position();
  const uint32_t begin = i;
  for (;; ++i) {
    const Token& token = At(i);
    if (token.type < 0) break;
    if (all_taken_) {
      const bool restarts =
          i > begin && StartsStatement(token.type) && token.Has(kFirstOnLine) && token.depth == 0;
      if (restarts || (token.type == T::AS_QUERY && At(head_).type == T::CREATE_OTHER)) break;
      continue;
    }
    if (token.type == T::LPAREN && token.link != kNoToken) {
      i = token.link;
      continue;
    }
    const bool query = token.type == T::SELECT || token.type == T::MAP_REDUCE || token.type == T::FROM ||
                       token.type == T::WITH || token.type == T::VALUES || token.type == T::LPAREN_QUERY;
    if (query || token.type == T::RPAREN || token.type == T::AS || token.type == T::AS_QUERY ||
        token.type == T::LIKE || StartsStatement(token.type)) {
      if (token.type != T::AS || !AsOfFormat(i)) break;
    }
  }
  details_ = {begin, i};
  stream_.MoveTo(i);
}

// The AS of STORED AS ORC and NULL DEFINED AS ''.
bool FactBuilder::AsOfFormat(uint32_t token) const {
  return token > 0 && (TextIs(token - 1, "stored") || TextIs(token - 1, "defined") ||
                       TextIs(token - 1, "executed") || At(token).depth > 0 || all_taken_);
}

// What follows USING 'script': names of its columns, formats. All columns come from all it was given.
void FactBuilder::ScriptOutput() {
  uint32_t i = stream_.position();
  Range names{static_cast<uint32_t>(scopes_.names.size()), 0};
  if (At(i).type == T::AS) i = ScriptColumns(i + 1);
  names.end = static_cast<uint32_t>(scopes_.names.size());
  while (IsWater(At(i).type) && At(i).type != T::RPAREN) {
    i = At(i).type == T::LPAREN && At(i).link != kNoToken ? At(i).link + 1 : i + 1;
  }
  stream_.MoveTo(i);
  if (options_->columns) scopes_.MergeItems(names);
}

// `a, b` or `(a int, b map<string,int>)`, without types or with them.
uint32_t FactBuilder::ScriptColumns(uint32_t i) {
  const bool parenthesized = At(i).type == T::LPAREN && At(i).link != kNoToken;
  const uint32_t end = parenthesized ? At(i).link : kNoToken;
  if (parenthesized) ++i;
  while (i < end && At(i).type == T::WORD) {
    scopes_.names.push_back(scopes_.NameOf(i));
    i = SkipType(i + 1);
    if (At(i).type != T::COMMA) break;
    ++i;
  }
  return parenthesized ? end + 1 : i;
}

}  // namespace godwit::parser
