#include "parser/script.h"

#include <algorithm>
#include <optional>

#include "SqlParser.h"
#include "parser/guess.h"
#include "parser/lexer.h"
#include "parser/session.h"
#include "parser/syntax_error.h"
#include "parser/token_stream.h"
#include "parser/variables.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

// Substitution may make of a script this many times its size, so that SET a=${a}${a} stays harmless.
constexpr size_t kExpansionFactorMax = 16;

// Statements that can stand on their own; one that starts a line where the grammar cannot go on ends the
// statement before it.
bool StartsStatement(const Token& token) {
  if (!token.Has(kFirstOnLine)) return false;
  switch (token.type) {
    case T::SELECT:
    case T::WITH:
    case T::FROM:
    case T::INSERT:
    case T::UPDATE:
    case T::DELETE:
    case T::MERGE:
    case T::LOAD:
    case T::EXPORT:
    case T::IMPORT: return true;
    default:
      return token.type >= T::CREATE && token.type != T::LIKE && token.type != T::RENAME &&
             token.type != T::EXCHANGE;
  }
}

// The same after an error: a query on a line of its own may well be part of the broken statement.
bool RestartsAfterError(const Token& token) {
  return StartsStatement(token) && token.type != T::SELECT && token.type != T::WITH && token.type != T::FROM;
}

// Empties the statement but keeps its vectors' memory.
void Clear(Statement& statement) {
  statement.kind = StatementKind::kQuery;
  statement.certainty = Certainty::kParsed;
  statement.database.clear();
  statement.reads.clear();
  statement.writes.clear();
  statement.paths.clear();
  statement.columns.clear();
  statement.functions.clear();
  statement.remarks.clear();
  statement.definitions.clear();
  statement.effects.clear();
}

}  // namespace

struct Workspace::Parts {
  FlatTokenStream stream;
  SqlParser parser{&stream};
  LexerMemory lexer;
  Statement statement;
};

Workspace::Workspace() : parts_(std::make_unique<Parts>()) {}
Workspace::~Workspace() = default;

namespace {

class Reader {
 public:
  Reader(std::string_view script, const ReadOptions& options, const std::function<void(Statement&)>& visit,
         Workspace::Parts& parts)
      : script_(script),
        options_(options),
        visit_(visit),
        parts_(parts),
        stream_(parts.stream),
        parser_(parts.parser),
        statement_(parts.statement) {
    end_.session = options.session;
  }

  ScriptEnd Read() {
    if (script_.size() >= UINT32_MAX) {
      end_.diagnostics.push_back(
          {DiagnosticCode::kTooLarge, {}, {}, "the script is 4 GB or larger: split it", -1});
    } else {
      ReadText(script_, nullptr);
    }
    for (Diagnostic& diagnostic : end_.diagnostics) {
      if (diagnostic.statement >= count_) diagnostic.statement = -1;  // of what follows the last one
    }
    return std::move(end_);
  }

 private:
  void ReadText(std::string_view text, const Expansion* expansion);
  bool ReadExpanded(std::string_view text, Span span, const Expansion* expansion);
  bool ReadQuotedScript(std::string_view text);
  void ReadTokens(std::string_view text, Lexer& lexer, const StatementText& statement);
  uint32_t ReadStatement(std::string_view text, uint32_t begin);
  uint32_t Broken(std::string_view text, uint32_t begin, const SyntaxError& error);
  void CutAtString(std::string_view text, Lexer& lexer);
  void ReadOpenQuote(std::string_view text, uint32_t quote);
  void ReportOpenComment(const StatementText& statement);
  void Deliver(Range tokens);
  void MapSpans();
  void Report(DiagnosticCode code, Span span, std::string message);
  uint32_t Original(uint32_t offset) const {
    return expansion_ == nullptr ? offset : expansion_->Original(offset);
  }
  std::string Quote(std::string_view text, const Token& token) const;

  std::string_view script_;
  const ReadOptions& options_;
  const std::function<void(Statement&)>& visit_;
  Workspace::Parts& parts_;
  FlatTokenStream& stream_;
  SqlParser& parser_;
  const Expansion* expansion_ = nullptr;
  std::optional<LineIndex> lines_;
  size_t expanded_ = 0;  // bytes of statements after substitution
  Statement& statement_;
  int32_t count_ = 0;
  bool quit_ = false;    // QUIT or EXIT: the rest never runs
  bool broken_ = false;  // some statement of these tokens did not parse
  ScriptEnd end_;
};

void Reader::ReadText(std::string_view text, const Expansion* expansion) {
  const Expansion* outer = expansion_;
  expansion_ = expansion;
  Lexer lexer(text, options_.dialect, parts_.lexer);
  StatementText statement;
  while (lexer.Next(stream_.tokens(), statement)) {
    if (statement.has_variable && expansion == nullptr && !end_.session.variables.empty() &&
        ReadExpanded(text, statement.span, expansion)) {
      continue;
    }
    if (expansion == nullptr && ReadQuotedScript(text)) continue;
    ReadTokens(text, lexer, statement);
    if (quit_) break;
  }
  if (!quit_) ReportOpenComment(statement);
  expansion_ = outer;
}

bool Reader::ReadExpanded(std::string_view text, Span span, const Expansion*) {
  Expansion expansion;
  if (!ExpandVariables(text, span, end_.session.variables, expansion)) return false;
  expanded_ += expansion.text.size();
  if (expanded_ > kExpansionMax + kExpansionFactorMax * script_.size()) {
    Report(DiagnosticCode::kVariableTooLong, span,
           "this script's variables have become too long; they stay as they are from here on");
    return false;
  }
  if (expansion.too_long)
    Report(DiagnosticCode::kVariableTooLong, span,
           "a variable's value is too long or refers to itself; it stays as it is");
  ReadText(expansion.text, &expansion);
  return true;
}

// A whole script in quotes, as it is handed to `hive -e "…"`.
bool Reader::ReadQuotedScript(std::string_view text) {
  TokenBuffer& tokens = stream_.tokens();
  if (tokens.size() != 2 || tokens[0].type != T::STRING || !tokens[0].Has(kMultiLine)) return false;
  const Span span{tokens[0].begin, tokens[0].end};
  Expansion expansion;
  const size_t close = span.end - 1 > span.begin && text[span.end - 1] == text[span.begin] ? 1 : 0;
  expansion.text = text.substr(span.begin + 1, span.end - span.begin - 1 - close);
  expansion.pieces.push_back({0, span.begin + 1, false});
  ReadText(expansion.text, &expansion);
  return true;
}

void Reader::ReadTokens(std::string_view text, Lexer& lexer, const StatementText& statement) {
  broken_ = false;
  const uint32_t end = static_cast<uint32_t>(stream_.tokens().size()) - 1;
  if (statement.too_long) {
    Report(DiagnosticCode::kTooLarge, statement.span, "this statement is too long to be read: split it");
    Clear(statement_);
    statement_.certainty = Certainty::kGuessed;
    Deliver({0, end});
  } else if (statement.open_quote != kNoToken) {
    ReadOpenQuote(text, statement.open_quote);
  } else {
    for (uint32_t begin = 0; begin < end;) begin = ReadStatement(text, begin);
  }
  if (statement.missing_semicolon) {
    Report(DiagnosticCode::kMissingSemicolon, {lexer.position(), lexer.position()},
           "`;` is missing before this statement");
  }
  if (broken_) CutAtString(text, lexer);
  ReportOpenComment(statement);
}

void Reader::ReportOpenComment(const StatementText& statement) {
  if (statement.open_comment == kNoToken) return;
  Report(DiagnosticCode::kUnterminated, {statement.open_comment, statement.open_comment + 2},
         "this comment does not end; what follows was not read");
}

// A statement with a quote that does not close: where it should is anybody's guess.
void Reader::ReadOpenQuote(std::string_view text, uint32_t quote) {
  Report(DiagnosticCode::kUnterminated, {quote, quote + 1}, "this quote does not close");
  broken_ = true;
  Clear(statement_);
  const Range tokens{0, static_cast<uint32_t>(stream_.tokens().size()) - 1};
  GuessFacts(text, stream_.tokens(), tokens, statement_);
  Deliver(tokens);
}

// Reads the statement that starts at token `begin`; returns the token after it.
uint32_t Reader::ReadStatement(std::string_view text, uint32_t begin) {
  TokenBuffer& tokens = stream_.tokens();
  Clear(statement_);
  stream_.MoveTo(begin);
  try {
    parser_.Begin(text, options_, end_.session, statement_);
    parser_.statement();
    const uint32_t end = stream_.position();
    const Token& after = tokens[end];
    const bool missing_semicolon = after.type >= 0;
    if (missing_semicolon && !(end > begin && StartsStatement(after)))
      throw SyntaxError{end, "end of statement"};
    parser_.Finish();
    for (const FactBuilder::Note& note : parser_.notes()) Report(note.code, note.span, note.message);
    if (missing_semicolon) {
      Report(DiagnosticCode::kMissingSemicolon, {after.begin, after.end},
             "`;` is missing before this statement");
    }
    Deliver({begin, end});
    return end;
  } catch (const SyntaxError& error) {
    return Broken(text, begin, error);
  }
}

std::string Reader::Quote(std::string_view text, const Token& token) const {
  if (token.type < 0) return "the end of the statement";
  constexpr size_t kShown = 40;
  std::string shown(token.Text(text).substr(0, kShown));
  return "`" + shown + (token.end - token.begin > kShown ? "…`" : "`");
}

// Says why, and delivers what the tokens suggest up to where another statement seems to start.
uint32_t Reader::Broken(std::string_view text, uint32_t begin, const SyntaxError& error) {
  const TokenBuffer& tokens = stream_.tokens();
  const uint32_t last = static_cast<uint32_t>(tokens.size()) - 1;
  const Token& at = tokens[std::min(error.token, last)];
  uint32_t end = begin + 1;
  // What follows FROM x may be several INSERTs; without their FROM they would say something else.
  const bool from_first = tokens[begin].type == T::FROM;
  while (end < last && (from_first || !RestartsAfterError(tokens[end]))) ++end;
  const bool variable = error.token == begin && at.type == T::WORD && at.Has(kPlaceholder);
  if (variable) {
    Report(DiagnosticCode::kSyntax, {at.begin, at.end},
           "the statement is in " + Quote(text, at) + ", which has no value here");
  } else if (error.too_deep) {
    Report(DiagnosticCode::kTooDeep, {at.begin, at.end},
           "queries are nested more than " + std::to_string(kQueryDepthMax) + " deep");
  } else {
    Report(DiagnosticCode::kSyntax, {at.begin, at.end},
           "found " + Quote(text, at) + ", expected " + error.expected);
  }
  broken_ = true;
  Clear(statement_);
  GuessFacts(text, tokens, {begin, end}, statement_);
  Deliver({begin, end});
  return end;
}

// A quote that is not closed swallows what follows: when the statement is broken anyway, what stands after a
// `;` at the end of a line in the string is read on its own.
void Reader::CutAtString(std::string_view text, Lexer& lexer) {
  const TokenBuffer& tokens = stream_.tokens();
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].type != T::STRING || !tokens[i].Has(kMultiLine)) continue;
    const size_t cut = text.substr(0, tokens[i].end).find(";\n", tokens[i].begin);
    if (cut != std::string_view::npos) return lexer.Seek(static_cast<uint32_t>(cut + 1));
  }
}

void Reader::Deliver(Range range) {
  const TokenBuffer& tokens = stream_.tokens();
  statement_.span = {tokens[range.begin].begin, tokens[std::max(range.end, range.begin + 1) - 1].end};
  statement_.database = end_.session.database;
  if (expansion_ != nullptr) MapSpans();
  if (statement_.certainty == Certainty::kParsed) ApplyEffects(statement_, end_.session);
  for (const SessionEffect& effect : statement_.effects) quit_ |= effect.kind == EffectKind::kQuit;
  ++count_;
  visit_(statement_);
}

void Reader::MapSpans() {
  const auto map = [this](Span& span) {
    span = {Original(span.begin), std::max(Original(span.end), Original(span.begin))};
  };
  map(statement_.span);
  for (TableRead& read : statement_.reads) map(read.span);
  for (TableWrite& write : statement_.writes) map(write.span);
  for (PathFact& path : statement_.paths) map(path.span);
  for (FunctionUse& function : statement_.functions) map(function.span);
  for (Remark& remark : statement_.remarks) map(remark.span);
}

void Reader::Report(DiagnosticCode code, Span span, std::string message) {
  if (!lines_) lines_.emplace(script_);
  span = {Original(span.begin), Original(span.end)};
  end_.diagnostics.push_back({code, span, lines_->Find(span.begin), std::move(message), count_});
}

}  // namespace

ScriptEnd ReadStatements(std::string_view text, const ReadOptions& options,
                         const std::function<void(Statement&)>& visit, Workspace& workspace) {
  return Reader(text, options, visit, workspace.parts()).Read();
}

Script ReadScript(std::string_view text, const ReadOptions& options) {
  Script script;
  Workspace workspace;
  const auto keep = [&](Statement& statement) { script.statements.push_back(std::move(statement)); };
  ScriptEnd end = ReadStatements(text, options, keep, workspace);
  script.diagnostics = std::move(end.diagnostics);
  script.session = std::move(end.session);
  return script;
}

}  // namespace godwit::parser
