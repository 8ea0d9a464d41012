#include "parser/parser_actions.h"

#include <algorithm>
#include <vector>

#include "SqlParser.h"
#include "parser/syntax_error.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

constexpr size_t kNamesMax = 6;  // more would not help the reader

// How a person calls a kind of token; empty for those that are only said together with others.
std::string TokenName(ssize_t type, const antlr4::dfa::Vocabulary& vocabulary) {
  switch (type) {
    case -1: return "end of statement";
    case T::WORD: return "a name";
    case T::STRING: return "a string";
    case T::LPAREN: return "`(`";
    case T::RPAREN: return "`)`";
    case T::COMMA: return "`,`";
    case T::DOT: return "`.`";
    case T::STAR: return "`*`";
    case T::LPAREN_QUERY: return "a query in parentheses";
    case T::AS_QUERY: return "AS and a query";
    case T::IF_EXISTS: return "IF EXISTS";
    case T::SET_OPERATOR: return "UNION";
    case T::MAP_REDUCE:
    case T::JOIN_TYPE:
    case T::AS:
    case T::QUANTIFIER:
    case T::TIME_TRAVEL:
    case T::REPEATABLE: return "";
    default: return vocabulary.getSymbolicName(type);
  }
}

std::string Describe(const antlr4::misc::IntervalSet& expected, const antlr4::dfa::Vocabulary& vocabulary) {
  const std::vector<ssize_t> types = expected.toList();
  if (std::find(types.begin(), types.end(), static_cast<ssize_t>(T::CREATE)) != types.end())
    return "a statement";
  std::string text;
  size_t named = 0;
  for (const ssize_t type : types) {
    const std::string name = TokenName(type, vocabulary);
    if (name.empty()) continue;
    if (++named > kNamesMax) return text + " …";
    if (named > 1) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace

ParserActions::ParserActions(antlr4::TokenStream* stream)
    : antlr4::Parser(stream),
      facts(*static_cast<FlatTokenStream*>(stream)),
      _input(static_cast<FlatTokenStream*>(stream)) {
  setBuildParseTree(false);
  removeErrorListeners();
}

void ParserActions::Begin(std::string_view script, const ReadOptions& options, const Session& session,
                          Statement& statement) {
  _ctx = nullptr;
  _tracker.Clear();
  facts.Start(script, options, session, statement);
}

void ParserActions::Stop() {
  throw SyntaxError{_input->position(), Describe(getExpectedTokens(), getVocabulary())};
}

}  // namespace godwit::parser
