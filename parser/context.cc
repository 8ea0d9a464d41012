#include "parser/context.h"

#include <algorithm>
#include <initializer_list>

#include "SqlParser.h"
#include "parser/keywords.h"
#include "parser/letters.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

class Context {
 public:
  Context(std::string_view script, TokenBuffer& tokens) : script_(script), tokens_(tokens) {}

  void Decide(uint32_t index) {
    i_ = index;
    const Keyword& keyword = KeywordAt(tokens_[i_].link);
    tokens_[i_].link = kNoToken;
    if (Next() == T::DOT && tokens_[i_ + 1].begin == tokens_[i_].end) return;
    if (IsKeyword(keyword) && tokens_[i_].type == T::WORD) tokens_[i_].type = keyword.type;
  }

  // ((SELECT 1) UNION (SELECT 2)) is a query, ((SELECT 1) a JOIN b) a relation, ((SELECT 1) + 2) neither:
  // what follows the inner parenthesis tells.
  void DecideOuterParentheses() {
    for (size_t k = outer_.size(); k-- > 0;) {
      Token& outer = tokens_[outer_[k]];
      const Token& inner = tokens_[outer_[k] + 1];
      if (inner.link == kNoToken) continue;
      const uint32_t after = inner.link + 1;
      const bool query =
          after == outer.link ? inner.type == T::LPAREN_QUERY : ContinuesQuery(tokens_[after].type);
      outer.type = query ? T::LPAREN_QUERY : T::LPAREN;
    }
  }

 private:
  bool IsKeyword(const Keyword& keyword);

  // Neighbours. Type of the token `distance` before or after; EOF beyond the ends.
  int32_t Next(uint32_t distance = 1) const {
    return i_ + distance < tokens_.size() ? tokens_[i_ + distance].type : static_cast<int32_t>(-1);
  }
  int32_t Previous(uint32_t distance = 1) const { return i_ >= distance ? tokens_[i_ - distance].type : -1; }
  bool NextIs(std::initializer_list<std::string_view> words, uint32_t distance = 1) const {
    return i_ + distance < tokens_.size() && TextIs(i_ + distance, words);
  }
  bool PreviousIs(std::initializer_list<std::string_view> words, uint32_t distance = 1) const {
    return i_ >= distance && TextIs(i_ - distance, words);
  }
  bool TextIs(uint32_t index, std::initializer_list<std::string_view> words) const {
    if (tokens_[index].Has(kQuoted)) return false;
    const std::string_view text = tokens_[index].Text(script_);
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return EqualFolded(text, word); });
  }
  static bool IsOpening(int32_t type) { return type == T::LPAREN || type == T::LPAREN_QUERY; }
  bool NextOpens() const { return IsOpening(Next()); }

  // The first token of a value stands next.
  bool NextStartsValue() const {
    const int32_t next = Next();
    return next == T::WORD || next == T::NUMBER || next == T::STRING || IsOpening(next);
  }
  // What stands before could end an expression or a relation, so a clause may follow.
  bool PreviousEndsOperand() const {
    const int32_t previous = Previous();
    return previous == T::WORD || previous == T::NUMBER || previous == T::STRING || previous == T::RPAREN ||
           previous == T::END || previous == T::STAR || previous == T::QUANTIFIER ||
           (previous == T::OPERATOR && PreviousIs({"]"}));
  }

  static bool ContinuesQuery(int32_t type) {
    return type == T::SET_OPERATOR || type == T::ORDER || type == T::SORT || type == T::CLUSTER ||
           type == T::DISTRIBUTE || type == T::LIMIT || type == T::OFFSET || type == T::WINDOW;
  }

  // The token at this distance ends a select item, so the word before it is an alias.
  bool EndsItem(uint32_t distance) const {
    const int32_t type = Next(distance);
    return type == T::COMMA || type == T::RPAREN || type < 0 || NextIs({"from"}, distance);
  }

  bool StartsQueryAfterParentheses(uint32_t index) const {
    while (index < tokens_.size() && IsOpening(tokens_[index].type)) ++index;
    return index < tokens_.size() &&
           TextIs(index, {"select", "with", "from", "values", "table", "map", "reduce"});
  }

  void OpenQuery();
  void MarkEnclosing(uint32_t parenthesis);
  uint32_t Enclosing() const;

  // A statement may start here: at the start, after EXPLAIN and its options, or on a line of its own.
  bool AtStart() const { return i_ == 0 || explained_; }
  bool OnOwnLine() const {
    return tokens_[i_].Has(kFirstOnLine) && tokens_[i_].depth == 0 && Previous() != T::AS;
  }
  bool Head(bool pattern) {
    if (!AtStart() && !(pattern && OnOwnLine())) return false;
    return SetHead(tokens_[i_].type);
  }
  bool SetHead(int32_t) {
    explained_ = false;
    in_query_ = false;
    table_seen_ = false;
    return true;
  }

  bool From();
  bool With() const;
  bool Values();
  bool Table();
  bool NamesTable();
  bool MapReduce();
  bool Insert();
  bool SetOperator() const;
  bool Limit() const;
  bool JoinType();
  bool View();
  bool TimeTravel(uint32_t first);
  bool CaseWord(int32_t type);
  bool End();
  bool Create();
  bool Alter();
  bool Drop();
  bool Update();
  bool Maintain();
  bool Use();

  std::string_view script_;
  TokenBuffer& tokens_;
  uint32_t i_ = 0;
  int32_t head_ = 0;             // type of the word that starts the statement
  bool explained_ = false;       // EXPLAIN and options came, the statement itself not yet
  bool in_query_ = false;        // a query began after the head
  bool table_seen_ = false;      // the TABLE or VIEW of a statement about tables
  bool updates_ = false;         // an UPDATE waits for its SET
  std::vector<uint16_t> cases_;  // depths of open CASEs
  std::vector<uint32_t> outer_;  // parentheses right before the parenthesis of a query
};

bool Context::IsKeyword(const Keyword& keyword) {
  const bool after_as = Previous() == T::AS;
  switch (keyword.rule) {
    case WordRule::kSelect:
      if (after_as && EndsItem(1)) return false;
      OpenQuery();
      return true;
    case WordRule::kFrom: return From();
    case WordRule::kWith:
      if (!With()) return false;
      OpenQuery();
      return true;
    case WordRule::kRecursive: return Previous() == T::WITH && Next() == T::WORD;
    case WordRule::kValues: return Values();
    case WordRule::kTable: return Table();
    case WordRule::kMapReduce: return MapReduce();
    case WordRule::kInsert: return Insert();
    case WordRule::kCase:
      if (after_as || Next() == T::COMMA || Next() == T::RPAREN || Next() == T::EQUALS || NextIs({"from"}))
        return false;
      cases_.push_back(tokens_[i_].depth);
      return true;
    case WordRule::kCaseWord: return CaseWord(keyword.type);
    case WordRule::kEnd: return End();
    default: break;
  }
  if (after_as) return false;
  switch (keyword.rule) {
    case WordRule::kBeforeBy: return Next() == T::BY;
    case WordRule::kSetOperator: return SetOperator();
    case WordRule::kLimit: return Limit();
    case WordRule::kQualify: return PreviousEndsOperand() && NextStartsValue();
    case WordRule::kWindow: return Next() == T::WORD && Next(2) == T::AS;
    case WordRule::kJoinType: return JoinType();
    case WordRule::kUsing:
      return NextOpens() || Next() == T::STRING || (Next() == T::WORD && !NextIs({"from"}));
    case WordRule::kLateral: return NextOpens() || (Next() == T::WORD && !NextIs({"from"}));
    case WordRule::kView: return View();
    case WordRule::kPivot: return PreviousEndsOperand() && (NextOpens() || NextIs({"include", "exclude"}));
    case WordRule::kBeforeParenthesis: return PreviousEndsOperand() && NextOpens();
    case WordRule::kTimeTravel: return PreviousEndsOperand() && TimeTravel(i_);
    case WordRule::kFor:
      return NextIs({"version", "timestamp", "system_version", "system_time"}) && TimeTravel(i_ + 1);
    case WordRule::kUniqueJoin: return Previous() == T::FROM;
    case WordRule::kPreserve:
      return (Previous() == T::UNIQUEJOIN || Previous() == T::COMMA) && Next() == T::WORD;
    case WordRule::kMatched: return Previous() == T::WHEN || Previous(2) == T::WHEN;
    case WordRule::kPartition: return NextOpens() || Next() == T::BY;
    case WordRule::kOverwrite:
      return Previous() == T::INSERT || (head_ == T::LOAD && Previous() == T::STRING);
    case WordRule::kLocal:
      return Previous() == T::OVERWRITE || Previous() == T::INTO || Previous() == T::DATA;
    case WordRule::kDirectory:
      return Previous() == T::OVERWRITE || Previous() == T::LOCAL || Previous() == T::INTO;
    case WordRule::kSet:
      if (i_ == 0) tokens_[i_].type = T::DECLARE;  // SET VAR; other settings are no tokens
      if (!updates_) return false;
      updates_ = false;
      return true;
    case WordRule::kData: return head_ == T::LOAD && Previous() == T::LOAD;
    case WordRule::kInPath: return Previous() == T::DATA || Previous() == T::LOCAL;
    case WordRule::kTo: return Previous() == T::RENAME || (head_ == T::EXPORT && Next() == T::STRING);
    case WordRule::kRename: return head_ == T::ALTER && NextIs({"to"});
    case WordRule::kExchange: return head_ == T::ALTER && NextIs({"partition"});
    case WordRule::kLike:
      if (head_ == T::CREATE && !in_query_ && tokens_[i_].depth == 0) return true;
      tokens_[i_].type = T::OPERATOR;
      return false;
    default: break;
  }
  // Words that start a statement.
  const auto head = [&](bool pattern) {
    if (!Head(pattern)) return false;
    head_ = keyword.type;
    return true;
  };
  switch (keyword.rule) {
    case WordRule::kReplace:
      if (AtStart() && NextIs({"table"})) {
        tokens_[i_].type = head_ = T::CREATE;
        SetHead(T::CREATE);
        return false;
      }
      return Next() == T::WHERE;
    case WordRule::kUpdate: return Update();
    case WordRule::kDelete:
      if (Previous() == T::THEN) return true;
      return NextIs({"from"}) && (AtStart() || Previous() == T::RPAREN || OnOwnLine()) &&
             (head_ = keyword.type) > 0 && SetHead(keyword.type);
    case WordRule::kMerge:
      if (!(Next() == T::INTO || NextIs({"with"})) || !(AtStart() || Previous() == T::RPAREN || OnOwnLine()))
        return false;
      head_ = keyword.type;
      return SetHead(keyword.type);
    case WordRule::kLoad: return head(NextIs({"data"}));
    case WordRule::kExport: return NextIs({"table"}) && head(true);
    case WordRule::kImport: return NextIs({"table", "external", "from"}) && head(NextIs({"table"}));
    case WordRule::kCreate: return Create();
    case WordRule::kAlter: return Alter();
    case WordRule::kDrop: return Drop();
    case WordRule::kTruncate: return head(NextIs({"table"}));
    case WordRule::kCache: return NextIs({"table", "lazy"}) && head(true);
    case WordRule::kAnalyze:
      if (NextIs({"table"})) return head(true);
      if (AtStart() && !explained_) tokens_[i_].type = T::OTHER;
      return false;
    case WordRule::kMaintain: return Maintain();
    case WordRule::kExplain:
      if (!head(NextIs({"select", "insert", "with", "from", "extended", "formatted"}))) return false;
      explained_ = true;
      return true;
    case WordRule::kUse: return Use();
    case WordRule::kDeclare: return i_ == 0;
    case WordRule::kWorkload: return NextIs({"workload"}) && head(false);
    case WordRule::kOther:
      return head(NextIs({"tables", "partitions", "databases", "views", "functions", "columns"}) &&
                  TextIs(i_, {"show"}));
    default: return false;
  }
}

// The word at i_ starts a query: the parentheses and the AS before it are of the kind that opens one.
void Context::OpenQuery() {
  explained_ = false;
  in_query_ = true;
  uint32_t k = i_;
  while (k > 0 && IsOpening(tokens_[k - 1].type)) {
    --k;
    if (k + 1 < i_) outer_.push_back(k);
    tokens_[k].type = T::LPAREN_QUERY;
  }
  if (k < i_) MarkEnclosing(i_ - 1);
  if (k > 0 && tokens_[k - 1].type == T::AS) tokens_[k - 1].type = T::AS_QUERY;
}

void Context::MarkEnclosing(uint32_t parenthesis) {
  // Each parenthesis is marked once, so this is O(tokens) for the statement.
  while (parenthesis != kNoToken && !tokens_[parenthesis].Has(kHoldsQuery)) {
    tokens_[parenthesis].flags |= kHoldsQuery;
    parenthesis = tokens_[parenthesis].hash;
  }
}

bool Context::From() {
  if (Previous() == T::QUANTIFIER &&
      (PreviousIs({"is"}, 2) || (PreviousIs({"not"}, 2) && PreviousIs({"is"}, 3)))) {
    tokens_[i_].type = T::OPERATOR;  // IS DISTINCT FROM
    return false;
  }
  const bool parenthesized = IsOpening(Previous()) && Previous(2) != T::WORD;
  if (Previous() == T::AS && EndsItem(1)) return false;
  if (i_ == 0 || explained_ || parenthesized || (Previous() == T::AS && Next() == T::WORD)) {
    OpenQuery();
  } else if (Previous() == T::AS) {
    return false;
  }
  in_query_ = true;
  return true;
}

// WITH of a common table expression; not WITH SERDEPROPERTIES (…), WITH ROLLUP, WITH TIME ZONE.
bool Context::With() const {
  uint32_t name = i_ + 1;
  if (NextIs({"recursive"}) && Next(2) == T::WORD) ++name;
  if (name + 1 >= tokens_.size() || tokens_[name].type != T::WORD) return false;
  const Token& after = tokens_[name + 1];
  if (after.type == T::AS) return true;
  if (!IsOpening(after.type) || after.link == kNoToken || after.link + 1 >= tokens_.size()) return false;
  return StartsQueryAfterParentheses(name + 1) || tokens_[after.link + 1].type == T::AS ||
         (IsOpening(tokens_[after.link + 1].type) && StartsQueryAfterParentheses(after.link + 1));
}

bool Context::Values() {
  const bool row =
      NextOpens() || Next() == T::STRING || Next() == T::NUMBER || (Next() == T::WORD && IsOpening(Next(2)));
  const int32_t previous = Previous();
  const bool place = i_ == 0 || explained_ || previous == T::FROM || previous == T::JOIN ||
                     previous == T::COMMA || previous == T::AS || previous == T::RPAREN ||
                     previous == T::WORD || previous == T::SET_OPERATOR || previous == T::INSERT ||
                     previous == T::QUANTIFIER || previous == T::LATERAL || IsOpening(previous);
  if (!row || !place || NextIs({"from"})) return false;
  if (previous == T::WORD && in_query_ && head_ != T::MERGE && head_ != T::INSERT) return false;
  if (previous != T::COMMA || NextOpens()) OpenQuery();
  return true;
}

// TABLE is a keyword where a statement names its table, where a query may stand, and as a table argument.
bool Context::Table() {
  if (!NamesTable()) return false;
  // Whoever looks for tables must look into the parentheses around it.
  if (tokens_[i_].depth > 0) MarkEnclosing(Enclosing());
  return true;
}

bool Context::NamesTable() {
  const int32_t next = Next();
  if (next == T::STRING && Previous() == T::INTO) return true;  // an error, but not a table called table
  if (next != T::WORD && !IsOpening(next) && next != T::IF_EXISTS) return false;
  switch (Previous()) {
    case T::INTO:
    case T::OVERWRITE: return !IsOpening(next);
    case T::FROM:
    case T::JOIN:
    case T::LATERAL: return IsOpening(next);
    case T::COMMA:
    case T::OPERATOR:
      if (tokens_[i_].depth == 0) return IsOpening(next) && Previous() == T::COMMA;
      break;
    case T::LPAREN:
    case T::LPAREN_QUERY:
      if (next == T::WORD && Previous(2) != T::WORD) {
        OpenQuery();
        return true;
      }
      break;
    case T::SET_OPERATOR:
    case T::QUANTIFIER:
    case T::AS: OpenQuery(); return true;
    default:
      if (i_ == 0 || explained_) {
        OpenQuery();
        return true;
      }
      if (head_ == T::INSERT && !in_query_ && next == T::WORD) {
        OpenQuery();
        return true;
      }
      if (PreviousIs({"with"})) return true;
      if (head_ == 0 || head_ == T::DELETE || head_ == T::INSERT || in_query_ || table_seen_) return false;
      table_seen_ = true;
      return true;
  }
  // f(TABLE t), f(x => TABLE(SELECT …))
  return in_query_ && tokens_[i_].depth > 0;
}

// The parenthesis that the word stands in; there is one.
uint32_t Context::Enclosing() const {
  uint32_t open = i_;
  while (open > 0 &&
         !(IsOpening(tokens_[open].type) && (tokens_[open].link == kNoToken || tokens_[open].link > i_)))
    --open;
  return open;
}

// MAP a, b USING 'script', REDUCE …; map(1, 2) is a function and `map.key` a column.
bool Context::MapReduce() {
  const int32_t next = Next();
  if (next != T::WORD && next != T::NUMBER && next != T::STRING && next != T::STAR && next != T::QUANTIFIER)
    return false;
  const int32_t previous = Previous();
  const bool place =
      i_ == 0 || previous == T::RPAREN || previous == T::WORD || IsOpening(previous) || previous == T::AS;
  if (!place || NextIs({"insert", "select"})) return false;
  // `… ) map REDUCE map.key`: the first of the two is an alias.
  if (NextIs({"map", "reduce"}) && Next(2) != T::DOT) return false;
  if (previous != T::RPAREN && previous != T::WORD) OpenQuery();
  in_query_ = true;
  return true;
}

bool Context::Insert() {
  if (Previous() == T::THEN) return true;
  if (Next() != T::INTO && !NextIs({"overwrite"})) return false;
  if (Previous() == T::AS) tokens_[i_ - 1].type = T::AS_QUERY;
  head_ = T::INSERT;
  return SetHead(T::INSERT);
}

bool Context::SetOperator() const {
  if (Next() == T::QUANTIFIER || Next() == T::BY) return true;
  if (NextOpens()) return StartsQueryAfterParentheses(i_ + 1);
  return NextIs({"select", "from", "values", "table", "map", "reduce", "with"});
}

bool Context::Limit() const {
  if (!PreviousEndsOperand()) return false;
  return NextStartsValue() || Next() == T::QUANTIFIER || (Next() == T::OPERATOR && NextIs({"?", ":", "-"}));
}

// LEFT, OUTER, ANTI …: a chain of them that leads to JOIN. left(s, 3) is a function.
bool Context::JoinType() {
  if (Previous() == T::VIEW && TextIs(i_, {"outer"})) {
    tokens_[i_].type = T::OUTER;
    return false;
  }
  const int32_t previous = Previous();
  if (previous == T::FROM || previous == T::JOIN || previous == T::COMMA || IsOpening(previous)) return false;
  uint32_t k = i_ + 1;
  while (k < tokens_.size() && k < i_ + 5 &&
         TextIs(k, {"natural", "inner", "cross", "left", "right", "full", "semi", "anti", "outer"})) {
    ++k;
  }
  return k < tokens_.size() && tokens_[k].type == T::JOIN;
}

bool Context::View() {
  if (Previous() == T::LATERAL) return true;
  const bool named = Next() == T::WORD || Next() == T::IF_EXISTS;
  const bool about_tables = head_ == T::CREATE || head_ == T::ALTER || head_ == T::DROP;
  if (!named || !about_tables || in_query_ || table_seen_) return false;
  table_seen_ = true;
  return true;
}

// [FOR] VERSION AS OF 3, TIMESTAMP AS OF '…'
bool Context::TimeTravel(uint32_t first) {
  if (first + 2 >= tokens_.size() || tokens_[first + 1].type != T::AS || !TextIs(first + 2, {"of"}))
    return false;
  tokens_[first + 1].type = T::TIME_TRAVEL;
  tokens_[first + 2].type = T::TIME_TRAVEL;
  if (first != i_) tokens_[first].type = T::TIME_TRAVEL;
  return true;
}

// WHEN and THEN belong to the CASE around them, or else to MERGE.
bool Context::CaseWord(int32_t) {
  while (!cases_.empty() && cases_.back() > tokens_[i_].depth) cases_.pop_back();
  const bool in_case = !cases_.empty() && cases_.back() == tokens_[i_].depth;
  if (!in_case && head_ == T::MERGE && tokens_[i_].depth == 0) return true;
  tokens_[i_].type = T::OPERATOR;
  return false;
}

bool Context::End() {
  while (!cases_.empty() && cases_.back() > tokens_[i_].depth) cases_.pop_back();
  if (cases_.empty() || cases_.back() != tokens_[i_].depth) return false;
  cases_.pop_back();
  return true;
}

// CREATE [OR REPLACE] [modifiers] TABLE or VIEW; anything else created moves no rows.
bool Context::Create() {
  uint32_t k = i_ + 1;
  while (k < tokens_.size() && k < i_ + 8 &&
         TextIs(k, {"or", "replace", "external", "temporary", "temp", "transactional", "managed", "global",
                    "materialized", "local", "unlogged", "volatile", "multiset", "refresh", "live",
                    "streaming"})) {
    ++k;
  }
  const bool table = k < tokens_.size() && TextIs(k, {"table", "view"});
  const bool known =
      table || NextIs({"database", "schema", "function", "role", "index", "temporary", "scheduled", "or"});
  if (!Head(known)) return false;
  head_ = table ? T::CREATE : T::CREATE_OTHER;
  tokens_[i_].type = head_;
  return false;
}

bool Context::Alter() {
  const bool table = NextIs({"table", "view"}) || (NextIs({"materialized"}) && NextIs({"view"}, 2));
  if (!Head(table || NextIs({"database", "schema"}))) return false;
  head_ = table ? T::ALTER : T::OTHER;
  tokens_[i_].type = head_;
  return false;
}

bool Context::Drop() {
  const bool table = NextIs({"table", "view"}) ||
                     (NextIs({"materialized", "temporary", "temp"}) && NextIs({"view", "table"}, 2));
  if (!Head(table || NextIs({"database", "schema", "function", "temporary"}))) return false;
  head_ = table ? T::DROP : T::OTHER;
  tokens_[i_].type = head_;
  return false;
}

// UPDATE t [AS] [a] SET …
bool Context::Update() {
  if (NextIs({"statistics"})) return false;  // ALTER TABLE t UPDATE STATISTICS SET (…)
  bool sets = false;
  for (uint32_t k = i_ + 1; k < tokens_.size() && k < i_ + 12 && !sets; ++k) {
    if (tokens_[k].type != T::WORD && tokens_[k].type != T::DOT && tokens_[k].type != T::AS) break;
    sets = TextIs(k, {"set"});
  }
  if (!sets || !(AtStart() || Previous() == T::RPAREN || Previous() == T::THEN || OnOwnLine())) return false;
  updates_ = true;
  if (Previous() == T::THEN) return true;
  head_ = T::UPDATE;
  return SetHead(T::UPDATE);
}

// MSCK REPAIR TABLE t, REFRESH TABLE t, Impala's INVALIDATE METADATA t and COMPUTE INCREMENTAL STATS t: the
// words before the name become one run of MAINTAIN.
bool Context::Maintain() {
  if (Previous() == T::MAINTAIN) return false;
  const bool pattern = NextIs({"repair", "table", "metadata", "stats", "incremental"});
  if (!Head(pattern)) return false;
  head_ = T::MAINTAIN;
  for (uint32_t k = i_ + 1;
       k < tokens_.size() && TextIs(k, {"repair", "table", "metadata", "stats", "incremental"}); ++k) {
    tokens_[k].type = T::MAINTAIN;
  }
  return true;
}

// USE db on a line of its own may lack its `;`.
bool Context::Use() {
  const bool alone = Next() == T::WORD && i_ + 2 < tokens_.size() && tokens_[i_ + 2].Has(kFirstOnLine);
  if (!Head(alone)) return false;
  head_ = T::USE;
  return Next() == T::WORD || AtStart();
}

}  // namespace

void DecideWords(std::string_view script, const std::vector<uint32_t>& words, TokenBuffer& tokens) {
  Context context(script, tokens);
  for (const uint32_t word : words) context.Decide(word);
  context.DecideOuterParentheses();
}

}  // namespace godwit::parser
