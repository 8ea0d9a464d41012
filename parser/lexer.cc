#include "parser/lexer.h"

#include <algorithm>

#include "SqlParser.h"
#include "parser/context.h"
#include "parser/keywords.h"
#include "parser/letters.h"
#include "parser/placeholder.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return EqualFolded(text, word); });
}

bool IsResource(std::string_view word) {
  return IsOneOf(word, {"jar", "jars", "file", "files", "archive", "archives"});
}

// Operators of more than one character that must not fall apart.
size_t OperatorLength(std::string_view rest) {
  if (rest.size() < 2 || std::string_view("><=-:|\\;").find(rest[1]) == std::string_view::npos) return 1;
  for (const std::string_view longer : {"<=>", "->", "=>", "::", "<=", ">=", "<>", "!=", "||", "==", "\\;"}) {
    if (rest.starts_with(longer)) return longer.size();
  }
  return 1;
}

// `10`, `1.5e3`, `2L`, `1BD`, `64M`, `0x1F`; anything else that starts with a digit is a name: 2020_sales.
bool IsNumberSuffix(std::string_view text) {
  if (text.empty() || text[0] == 'x' || text[0] == 'X') return true;
  size_t i = text[0] == 'e' || text[0] == 'E' ? 1 : 0;
  while (i > 0 && i < text.size() && IsDigitByte(text[i])) ++i;
  const std::string_view rest = text.substr(i);
  return rest.empty() || IsOneOf(rest, {"l", "s", "y", "d", "f", "bd", "b", "k", "m", "g", "e"});
}

// The word from `begin` to the end is `${x}`, `{{ x }}` or `$x`, and nothing else.
bool IsWholePlaceholder(std::string_view text, size_t begin) {
  const size_t end = PlaceholderEnd(text, begin);
  return end == text.size() || (end == begin && text.find('$', begin + 1) == std::string_view::npos);
}

}  // namespace

bool Lexer::Next(TokenBuffer& tokens, StatementText& statement) {
  tokens_ = &tokens;
  statement_ = &statement;
  do {
    tokens.Clear();
    open_.clear();
    words_.clear();
    statement = {};
    first_on_line_ = true;
    changes_rows_ = false;
    if (!SkipSpace()) return false;
    statement.span.begin = position();
    statement.span.end = position();
    ReadStatement();
  } while (tokens.size() == 0);
  statement.span.end = tokens.back().end;
  Token& end = Add(-1, position_, position_);
  end.flags = kFirstOnLine;
  tokens.RepeatLast();
  DecideWords(script_, words_, tokens);
  return true;
}

void Lexer::ReadStatement() {
  while (SkipSpace()) {
    const char c = script_[position_];
    if (c == ';') {
      ++position_;
      return;
    }
    if (tokens_->size() >= kStatementTokensMax) ForgetTokens();
    if (IsDigitByte(c)) {
      ReadNumber();
    } else if (IsWordByte(c)) {
      const size_t begin = position_;
      ReadWord();
      if (position_ == begin || (tokens_->size() > 0 && tokens_->back().type == T::RAW)) return;
    } else {
      ReadPunctuation();
      if (tokens_->size() > 0 && tokens_->back().type == T::RAW) return;
    }
    first_on_line_ = false;
  }
}

void Lexer::ForgetTokens() {
  tokens_->Clear();
  open_.clear();
  words_.clear();
  statement_->too_long = true;
}

// ---------------------------------------------------------------------------- what is between tokens

bool Lexer::AtLineComment() const {
  const char c = Peek();
  if (c == '-') return Peek(1) == '-';
  // Shell's comments, which get into .hql files, and `#!` lines; but `#name` is a T-SQL table.
  return c == '#' && first_on_line_ && !IsWordByte(Peek(1)) && Peek(1) != '{';
}

bool Lexer::AtTemplate() const { return Peek() == '{' && (Peek(1) == '%' || Peek(1) == '#'); }

bool Lexer::AtComment() const { return AtLineComment() || (Peek() == '/' && Peek(1) == '*') || AtTemplate(); }

// Moves to the next token; false at the end of the script.
bool Lexer::SkipSpace() {
  while (position_ < script_.size()) {
    const char c = script_[position_];
    if (IsSpaceByte(c)) {
      first_on_line_ |= c == '\n';
      ++position_;
    } else if ((kByteClasses[static_cast<unsigned char>(c)] & (kPlainWordByte | kCommentByte)) ==
               kPlainWordByte) {
      return true;
    } else if (static_cast<unsigned char>(c) >= 0xC2 && WideSpaceLength(script_, position_) > 0) {
      position_ += WideSpaceLength(script_, position_);
    } else if ((kByteClasses[static_cast<unsigned char>(c)] & kCommentByte) == 0 || !AtComment()) {
      return true;
    } else if (c == '/') {
      SkipBlockComment();
    } else if (c == '{') {
      SkipTemplate(Peek(1) == '%' ? "%}" : "#}");
    } else {
      SkipLine();
    }
  }
  return false;
}

void Lexer::SkipLine() {
  for (;;) {
    const size_t end = std::min(script_.find('\n', position_), script_.size());
    // Spark lets a backslash continue a comment on the next line.
    const bool continues =
        dialect_ == Dialect::kSpark && end > position_ && end < script_.size() && script_[end - 1] == '\\';
    position_ = end;
    if (!continues) return;
    ++position_;
  }
}

// Spark's block comments nest, Hive's do not. A hint is a comment: it names no table that is not read anyway.
void Lexer::SkipBlockComment() {
  const size_t begin = position_;
  int depth = 0;
  for (size_t i = begin; i + 1 < script_.size(); ++i) {
    if (script_[i] == '/' && script_[i + 1] == '*' && (depth == 0 || dialect_ == Dialect::kSpark)) {
      ++depth;
      ++i;
    } else if (script_[i] == '*' && script_[i + 1] == '/') {
      ++i;
      if (--depth == 0) {
        position_ = i + 1;
        return;
      }
    }
  }
  // Nested comments that do not close: perhaps the author did not mean them to nest.
  const size_t close = script_.find("*/", begin + 2);
  if (close == std::string_view::npos) statement_->open_comment = static_cast<uint32_t>(begin);
  position_ = close == std::string_view::npos ? script_.size() : close + 2;
}

// {% tags %} and {# comments #} of Jinja.
void Lexer::SkipTemplate(std::string_view close) {
  const size_t end =
      script_.substr(0, std::min(script_.size(), position_ + kPlaceholderMax)).find(close, position_ + 2);
  position_ = end == std::string_view::npos ? position_ + 2 : end + 2;
}

// -------------------------------------------------------------------------------------------- tokens

Token& Lexer::Add(int32_t type, size_t begin, size_t end) {
  Token& token = tokens_->Add();
  token.begin = static_cast<uint32_t>(begin);
  token.end = static_cast<uint32_t>(end);
  token.hash = 0;
  token.link = kNoToken;
  token.type = type;
  token.flags = first_on_line_ ? kFirstOnLine : 0;
  token.depth = static_cast<uint16_t>(std::min<size_t>(open_.size(), UINT16_MAX));
  return token;
}

// A word may have placeholders in it: t_${dt}, {{ env }}_log, $db.
size_t Lexer::WordEnd(size_t begin, uint32_t& hash, uint16_t& flags) {
  size_t i = begin;
  uint8_t seen = 0;
  bool wide = false;
  for (;;) {
    while (i < script_.size() &&
           (kByteClasses[static_cast<unsigned char>(script_[i])] & kPlainWordByte) != 0) {
      seen |= kByteClasses[static_cast<unsigned char>(script_[i++])];
    }
    if (i == script_.size()) break;
    const unsigned char c = static_cast<unsigned char>(script_[i]);
    if ((kByteClasses[c] & (kWordByte | kPlaceholderByte)) == 0) break;
    if (c >= 0x80) {
      if (WideSpaceLength(script_, i) > 0) break;
      wide = true;
      ++i;
    } else if (c == '@' && Peek(i + 1 - position_) != '{') {
      ++i;
    } else {
      const size_t after = PlaceholderEnd(script_, i);
      if (after == i && c != '$' && c != '@') break;
      flags |= kVariable;
      i = std::max(after, i + 1);
    }
  }
  const std::string_view word = script_.substr(begin, i - begin);
  hash = wide ? HashWord(Fold(word)) : HashWord(word);
  if ((seen & kUpperByte) == 0 && !wide && (flags & kVariable) == 0) flags |= kFolded;
  if ((flags & kVariable) != 0 && IsWholePlaceholder(script_.substr(0, i), begin)) flags |= kPlaceholder;
  return i;
}

void Lexer::ReadWord() {
  uint32_t hash = 0;
  uint16_t flags = 0;
  const size_t begin = position_;
  const size_t end = WordEnd(begin, hash, flags);
  if (end == begin) {  // a wide space inside a run of letters
    position_ += std::max<size_t>(WideSpaceLength(script_, begin), 1);
    return;
  }
  if ((flags & kVariable) != 0) statement_->has_variable = true;
  if ((Peek(end - begin) == '\'' || Peek(end - begin) == '"') && dialect_ == Dialect::kSpark &&
      end == begin + 1 && FoldByte(script_[begin]) == 'r') {
    position_ = end;
    ReadString(begin, /*raw=*/true);
    return;
  }
  if (tokens_->size() == 0 && ReadCommand(begin, end)) return;
  Token& token = Add(T::WORD, begin, end);
  token.hash = hash;
  token.flags |= flags;
  position_ = end;
  if ((flags & kVariable) == 0) ClassifyWord(token);
}

// Sets the type of a word that is a keyword anywhere, and notes those whose neighbours decide.
void Lexer::ClassifyWord(Token& token) {
  const size_t index = tokens_->size() - 1;
  const Token* before = index > 0 ? &(*tokens_)[index - 1] : nullptr;
  if (before != nullptr && before->type == T::DOT) return;
  const uint32_t keyword = FindKeyword(token.hash, token.Text(script_));
  if (keyword == kNoKeyword) return;
  const Keyword& known = KeywordAt(keyword);
  switch (known.rule) {
    case WordRule::kAlways:
      // In a select list any word may follow AS.
      if (before == nullptr || before->type != T::AS) token.type = known.type;
      return;
    case WordRule::kInExpression: token.flags |= kSpecialWord; return;
    case WordRule::kExists: return MergeIfExists();
    case WordRule::kAs:  // AS as: a column of that name
      if (before == nullptr || before->type != T::AS) token.type = T::AS;
      return;
    default: break;
  }
  changes_rows_ |= known.rule == WordRule::kUpdate || known.rule == WordRule::kMerge;
  token.link = keyword;
  if (CutsBeforeCommand(token)) {
    position_ = token.begin;
    tokens_->RemoveLast(1);
    statement_->missing_semicolon = true;
    return;
  }
  words_.push_back(static_cast<uint32_t>(index));
}

// IF EXISTS and IF NOT EXISTS are one token.
void Lexer::MergeIfExists() {
  const size_t size = tokens_->size();
  TokenBuffer& tokens = *tokens_;
  tokens.back().type = T::OPERATOR;
  const auto is = [&](size_t back, std::string_view word) {
    return size > back && EqualFolded(tokens[size - 1 - back].Text(script_), word);
  };
  const size_t merged = is(1, "if") ? 1 : is(1, "not") && is(2, "if") ? 2 : 0;
  if (merged == 0) return;
  const uint32_t end = tokens.back().end;
  tokens.RemoveLast(merged);
  tokens.back().type = T::IF_EXISTS;
  tokens.back().end = end;
}

void Lexer::ReadQuotedName() {
  const size_t begin = position_ + 1;
  size_t end = begin;
  for (;;) {
    end = script_.find_first_of("`\n", end);
    if (end == std::string_view::npos || script_[end] == '\n') break;
    if (end + 1 >= script_.size() || script_[end + 1] != '`') break;
    end += 2;
  }
  if (end == std::string_view::npos || script_[end] == '\n') {
    statement_->open_quote = position();
    end = std::min(end, script_.size());
  }
  Token& token = Add(end > begin ? T::WORD : T::OPERATOR, begin, end);  // nothing in quotes is no name
  const std::string_view name = token.Text(script_);
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c < 0x80 && (kByteClasses[c] & kUpperByte) == 0 && c != '`' && c != '$' && c != '{';
  });
  token.hash = plain ? HashWord(name) : HashWord(Fold(name));
  token.flags |= kQuoted | (plain ? kFolded : 0);
  if (name.find("${") != std::string_view::npos || name.find("{{") != std::string_view::npos) {
    token.flags |= kVariable;
    statement_->has_variable = true;
  }
  position_ = std::min(end + 1, script_.size());
}

void Lexer::ReadNumber() {
  const size_t begin = position_;
  const bool part_of_name = tokens_->size() > 0 && tokens_->back().type == T::DOT &&
                            tokens_->back().end == begin && tokens_->size() > 1 &&
                            (*tokens_)[tokens_->size() - 2].type == T::WORD;
  size_t i = begin;
  while (i < script_.size() && IsDigitByte(script_[i])) ++i;
  if (!part_of_name && i < script_.size() && script_[i] == '.' &&
      !(i + 1 < script_.size() && script_[i + 1] == '.')) {
    ++i;
    while (i < script_.size() && IsDigitByte(script_[i])) ++i;
  }
  const size_t suffix = i;
  while (i < script_.size() && IsWordByte(script_[i])) ++i;
  const bool exponent = i == suffix + 1 && FoldByte(script_[suffix]) == 'e' && i < script_.size() &&
                        (script_[i] == '-' || script_[i] == '+');
  if (exponent) {
    ++i;
    while (i < script_.size() && IsWordByte(script_[i])) ++i;
  }
  const bool placeholder = PlaceholderEnd(script_, i) > i;
  if (exponent || (!part_of_name && !placeholder && IsNumberSuffix(script_.substr(suffix, i - suffix)))) {
    Add(T::NUMBER, begin, i);
    position_ = i;
    return;
  }
  uint32_t hash = 0;
  uint16_t flags = 0;
  position_ = WordEnd(begin, hash, flags);
  Token& token = Add(T::WORD, begin, position_);
  token.hash = hash;
  token.flags |= flags;
  if ((flags & kVariable) != 0) statement_->has_variable = true;
}

void Lexer::ReadString(size_t begin, bool raw) {
  const char quote = script_[position_];
  size_t i = position_ + 1;
  bool multi_line = false;
  bool variable = false;
  bool address = false;
  for (; i < script_.size() && script_[i] != quote; ++i) {
    const char c = script_[i];
    if (c == '\\' && !raw) {
      ++i;
    } else if (c == '\n') {
      multi_line = true;
    } else if (c == '{' && i + 1 < script_.size() && script_[i + 1] == '{') {
      // A template may hold quotes of its own.
      variable = true;
      const size_t end =
          PlaceholderEnd(script_.substr(0, std::min(script_.find('\n', i), script_.size())), i);
      if (end > i) i = end - 1;
    } else if (c == '$') {
      variable = true;
    } else if (c == ':') {
      address |= script_.substr(i, 3) == "://";
    }
  }
  if (i >= script_.size()) {
    i = script_.size();
    statement_->open_quote = static_cast<uint32_t>(begin);
  } else {
    ++i;
  }
  Token& token = Add(T::STRING, begin, i);
  if (multi_line) token.flags |= kMultiLine;
  if (address) token.flags |= kAddress;
  if (variable) {
    token.flags |= kVariable;
    statement_->has_variable = true;
  }
  position_ = i;
}

void Lexer::ReadPunctuation() {
  const size_t begin = position_;
  switch (script_[begin]) {
    case '(': return OpenParenthesis();
    case ')': return CloseParenthesis();
    case '`': return ReadQuotedName();
    case '\'':
    case '"': return ReadString(begin, /*raw=*/false);
    case ',': Add(T::COMMA, begin, ++position_); return;
    case '*': Add(T::STAR, begin, ++position_); return;
    case '.':
      if (IsDigitByte(Peek(1)) && (tokens_->size() == 0 || tokens_->back().end != begin)) return ReadNumber();
      // What stands before a dot is a name.
      if (tokens_->size() > 0 && tokens_->back().end == begin && tokens_->back().hash != 0 &&
          tokens_->back().type != T::LPAREN) {
        tokens_->back().type = T::WORD;
      }
      Add(T::DOT, begin, ++position_);
      return;
    case '!':
      if (tokens_->size() == 0 && ReadCommand(begin, begin + 1)) return;
      break;
    case '#':
    case '{':
    case '%':
      if (PlaceholderEnd(script_, begin) > begin) return ReadWord();
      [[fallthrough]];
    case ':':
      if ((script_[begin] == '#' || script_[begin] == ':') && ReadMarkedName()) return;
      break;
    default: break;
  }
  const size_t length = OperatorLength(script_.substr(begin, 3));
  const std::string_view text = script_.substr(begin, length);
  Add(text == "=" || text == "==" ? T::EQUALS : T::OPERATOR, begin, begin + length);
  position_ += length;
}

// T-SQL's `#name` or a named parameter `:name`; false if no word follows, or if it touches what stands
// before.
bool Lexer::ReadMarkedName() {
  const size_t begin = position_;
  if (tokens_->size() > 0 && tokens_->back().end == begin) return false;
  uint32_t hash = 0;
  uint16_t flags = 0;
  const size_t end = IsWordByte(Peek(1)) ? WordEnd(begin + 1, hash, flags) : begin + 1;
  if (end == begin + 1) return false;
  if ((flags & kVariable) != 0) statement_->has_variable = true;
  Token& name = Add(T::WORD, begin, end);
  name.hash = hash;
  name.flags |= (flags & ~kFolded) | (script_[begin] == ':' ? kPlaceholder : 0);
  position_ = end;
  return true;
}

void Lexer::OpenParenthesis() {
  Token& token = Add(T::LPAREN, position_, position_ + 1);
  token.hash = open_.empty() ? kNoToken : open_.back();  // the parenthesis around it
  open_.push_back(static_cast<uint32_t>(tokens_->size() - 1));
  ++position_;
}

void Lexer::CloseParenthesis() {
  const uint32_t index = static_cast<uint32_t>(tokens_->size());
  uint32_t partner = kNoToken;
  if (!open_.empty()) {
    partner = open_.back();
    open_.pop_back();
    (*tokens_)[partner].link = index;
  }
  Add(T::RPAREN, position_, position_ + 1).link = partner;
  ++position_;
  if (dialect_ == Dialect::kSpark) MergeIdentifierClause();
}

// Spark's IDENTIFIER('db.t') is the name db.t. An empty string and r'…' are left to TableText, as what is
// computed is.
bool Lexer::MergeIdentifierClause() {
  TokenBuffer& tokens = *tokens_;
  const size_t size = tokens.size();
  if (size < 4 || tokens[size - 2].type != T::STRING || tokens[size - 3].type != T::LPAREN) return false;
  const Token& string = tokens[size - 2];
  if (string.end - string.begin <= 2 || IsWordByte(script_[string.begin])) return false;
  Token& name = tokens[size - 4];
  if (size > 4 && tokens[size - 5].type == T::DOT) return false;
  if (name.type != T::WORD || !EqualFolded(name.Text(script_), "identifier")) return false;
  name.begin = string.begin + 1;
  name.end = string.end - 1;
  name.flags = (name.flags & ~kFolded) | kQuoted;
  name.hash = HashWord(Fold(name.Text(script_)));
  tokens.RemoveLast(3);
  return true;
}

// ------------------------------------------------------------------------------------ session commands

std::string_view Lexer::WordAt(size_t begin) const {
  while (begin < script_.size() && (script_[begin] == ' ' || script_[begin] == '\t')) ++begin;
  size_t end = begin;
  while (end < script_.size() && IsWordByte(script_[end])) ++end;
  return script_.substr(begin, end - begin);
}

// SET, ADD JAR, `!sh`, dfs, source: what follows the first word is text of its own kind.
bool Lexer::ReadCommand(size_t word_begin, size_t word_end) {
  const std::string_view word = script_.substr(word_begin, word_end - word_begin);
  const std::string_view next = WordAt(word_end);
  const bool one_line = IsOneOf(word, {"!", "dfs", "source", "quit", "exit"});
  const bool settings =
      (EqualFolded(word, "set") && !IsOneOf(next, {"var", "variable"})) || EqualFolded(word, "reset");
  const bool resources = IsOneOf(word, {"add", "list", "delete"}) && IsResource(next);
  if (!one_line && !settings && !resources) return false;
  Add(T::COMMAND, word_begin, word_end);
  const size_t end = CommandEnd(word_end, one_line);
  Add(T::RAW, word_end, end);
  statement_->has_variable = tokens_->back().Text(script_).find("${") != std::string_view::npos;
  position_ = end < script_.size() && script_[end] == ';' ? end + 1 : end;
  return true;
}

// Up to `;` outside quotes, or up to a line on which a statement starts: the `;` was forgotten.
size_t Lexer::CommandEnd(size_t begin, bool one_line) const {
  char quote = '\0';
  for (size_t i = begin; i < script_.size(); ++i) {
    const char c = script_[i];
    if (c == '\n') {
      // A quote that its line does not close is just a character.
      if (quote != '\0') return std::min(script_.find_first_of(";\n", begin), script_.size());
      if (one_line || LineStartsStatement(i + 1)) return i;
    } else if (quote == '\0' && c == ';') {
      return i;
    } else if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    }
  }
  return quote == '\0' ? script_.size() : std::min(script_.find_first_of(";\n", begin), script_.size());
}

bool Lexer::LineStartsStatement(size_t begin) const {
  while (begin < script_.size() && IsSpaceByte(script_[begin])) ++begin;
  if (script_.substr(begin, 2) == "--" || script_.substr(begin, 2) == "/*" || begin == script_.size())
    return true;
  return IsOneOf(WordAt(begin), {"select",   "insert", "from",   "with",    "create",   "drop",   "alter",
                                 "set",      "use",    "add",    "load",    "truncate", "msck",   "analyze",
                                 "explain",  "export", "import", "merge",   "update",   "delete", "show",
                                 "describe", "desc",   "cache",  "refresh", "dfs"});
}

// A session command on a line of its own inside a statement: the `;` before it was forgotten.
bool Lexer::CutsBeforeCommand(const Token& word) const {
  if (!word.Has(kFirstOnLine) || tokens_->size() < 2 || !open_.empty() || changes_rows_) return false;
  const std::string_view text = word.Text(script_);
  if (!EqualFolded(text, "set")) return false;
  size_t i = word.end;
  while (i < script_.size() && (script_[i] == ' ' || script_[i] == '\t')) ++i;
  const size_t name = i;
  while (i < script_.size() &&
         (IsWordByte(script_[i]) || script_[i] == '.' || script_[i] == ':' || script_[i] == '-'))
    ++i;
  const bool named = i > name;
  while (i < script_.size() && (script_[i] == ' ' || script_[i] == '\t')) ++i;
  return named && i < script_.size() && script_[i] == '=';
}

}  // namespace godwit::parser
