// parser/lexer.h — script text → flat tokens, one statement at a time. Hand-written: a generated lexer costs
// five sixths of a stock ANTLR pipeline's time. Cuts the script at `;`, skips comments and template tags,
// and leaves it to DecideWords (parser/context.h) which words are keywords.
#pragma once

#include <string_view>
#include <vector>

#include "parser/dialect.h"
#include "parser/place.h"
#include "parser/token.h"

namespace godwit::parser {

// One gigabyte of tokens: machines write statements of a hundred megabytes, nobody writes larger ones.
inline constexpr size_t kStatementTokensMax = 1 << 25;

// What the lexer noticed about a statement besides its tokens.
struct StatementText {
  Span span;                         // from the first token to the last
  bool has_variable = false;         // some word or string holds a placeholder
  bool too_long = false;             // more than kStatementTokensMax; its tokens are some of them
  bool missing_semicolon = false;    // cut before a line with a session command (SET x=y, ADD JAR …)
  uint32_t open_quote = kNoToken;    // offset of a string or back-tick that does not end
  uint32_t open_comment = kNoToken;  // offset of a comment that does not end
};

// Memory that a lexer may take over from another.
struct LexerMemory {
  std::vector<uint32_t> open;   // indices of open parentheses
  std::vector<uint32_t> words;  // indices of words whose neighbours decide
};

class Lexer {
 public:
  // `script` and `memory` must outlive the lexer; the script is shorter than 4 GB. O(1).
  Lexer(std::string_view script, Dialect dialect, LexerMemory& memory)
      : script_(script), dialect_(dialect), open_(memory.open), words_(memory.words) {}

  // Reads up to the next `;` or the end. Empty statements are skipped; false when none is left.
  // O(length of the statement).
  bool Next(TokenBuffer& tokens, StatementText& statement);

  uint32_t position() const { return static_cast<uint32_t>(position_); }
  void Seek(uint32_t offset) { position_ = offset; }

 private:
  void ReadStatement();
  void ForgetTokens();
  bool SkipSpace();
  void SkipLine();
  void SkipBlockComment();
  void SkipTemplate(std::string_view close);
  bool AtComment() const;
  bool AtLineComment() const;
  bool AtTemplate() const;

  Token& Add(int32_t type, size_t begin, size_t end);
  void ReadWord();
  size_t WordEnd(size_t begin, uint32_t& hash, uint16_t& flags);
  void ClassifyWord(Token& token);
  void MergeIfExists();
  bool MergeIdentifierClause();
  void ReadQuotedName();
  void ReadNumber();
  void ReadString(size_t begin, bool raw);
  void ReadPunctuation();
  bool ReadMarkedName();
  void OpenParenthesis();
  void CloseParenthesis();
  bool ReadCommand(size_t word_begin, size_t word_end);
  bool CutsBeforeCommand(const Token& word) const;
  size_t CommandEnd(size_t begin, bool one_line) const;
  bool LineStartsStatement(size_t begin) const;
  std::string_view WordAt(size_t begin) const;
  char Peek(size_t ahead = 0) const {
    return position_ + ahead < script_.size() ? script_[position_ + ahead] : '\0';
  }

  std::string_view script_;
  Dialect dialect_;
  size_t position_ = 0;
  bool first_on_line_ = true;
  bool changes_rows_ = false;  // the statement holds UPDATE or MERGE, where SET is a clause
  TokenBuffer* tokens_ = nullptr;
  StatementText* statement_ = nullptr;
  std::vector<uint32_t>& open_;
  std::vector<uint32_t>& words_;
};

}  // namespace godwit::parser
