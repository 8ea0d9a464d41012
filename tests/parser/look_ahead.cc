#include "tests/parser/look_ahead.h"

#include "SqlParser.h"
#include "parser/lexer.h"
#include "parser/syntax_error.h"
#include "parser/token_stream.h"

namespace godwit::parser {
namespace {

void Parse(SqlParser& parser, std::string_view script, const ReadOptions& options) {
  Statement statement;
  const Session session;
  try {
    parser.Begin(script, options, session, statement);
    parser.statement();
  } catch (const SyntaxError&) {
  }
}

}  // namespace

LookAhead MeasureLookAhead(std::string_view script, Dialect dialect) {
  FlatTokenStream stream;
  SqlParser parser(&stream);
  parser.setProfile(true);
  LexerMemory memory;
  Lexer lexer(script, dialect, memory);
  ReadOptions options;
  options.dialect = dialect;
  LookAhead sum;
  for (StatementText text; lexer.Next(stream.tokens(), text); ++sum.statements) {
    stream.MoveTo(0);
    Parse(parser, script, options);
  }
  for (const antlr4::atn::DecisionInfo& decision : parser.getParseInfo().getDecisionInfo()) {
    sum.predictions += decision.invocations;
    sum.far_decisions += decision.SLL_MaxLook > kLookAheadMax || decision.LL_MaxLook > kLookAheadMax;
  }
  return sum;
}

bool ProfilerCounts() {
  FlatTokenStream stream;
  SqlParser parser(&stream);
  parser.setProfile(true);
  LexerMemory memory;
  StatementText text;
  if (!Lexer("SELECT 1", Dialect::kHive, memory).Next(stream.tokens(), text)) return false;
  antlr4::ParserRuleContext nothing;
  for (const antlr4::atn::DecisionState* decision : parser.getATN().decisionToState) {
    if (decision->ruleIndex != SqlParser::RuleStatement) continue;
    const size_t number = static_cast<size_t>(decision->decision);
    parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->adaptivePredict(&stream, number, &nothing);
    return parser.getParseInfo().getDecisionInfo().at(number).invocations == 1;
  }
  return false;
}

}  // namespace godwit::parser
