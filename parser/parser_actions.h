// parser/parser_actions.h — base of the generated parser: `facts` is what the braces in grammar/SqlParser.g4
// speak to.
#pragma once

#include <antlr4-runtime/antlr4-runtime.h>

#include "parser/fact_builder.h"
#include "parser/token_stream.h"

namespace godwit::parser {

class ParserActions : public antlr4::Parser {
 public:
  // `stream` must be a godwit::parser::FlatTokenStream and outlive the parser.
  explicit ParserActions(antlr4::TokenStream* stream);

  // Before and after the rule `statement`; see FactBuilder.
  void Begin(std::string_view script, const ReadOptions& options, const Session& session,
             Statement& statement) {
    facts.Start(script, options, session, statement);
  }
  void Finish() { facts.Finish(); }

 protected:
  FactBuilder facts;
};

}  // namespace godwit::parser
