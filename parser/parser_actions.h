// parser/parser_actions.h — base of the generated parser: `facts` is what the braces in grammar/SqlParser.g4
// speak to. The rest makes the generated code cheap: it names members of the runtime's Parser, and finds the
// members of the same names here first. Ours know their types, so the calls are inlined, and do only what a
// parser without tree, listeners and recovery needs.
#pragma once

#include <antlr4-runtime/antlr4-runtime.h>

#include <exception>
#include <utility>

#include "parser/context_stack.h"
#include "parser/fact_builder.h"
#include "parser/token_stream.h"

namespace godwit::parser {

class ParserActions : public antlr4::Parser {
 public:
  // `stream` must be a FlatTokenStream and outlive the parser.
  explicit ParserActions(antlr4::TokenStream* stream);

  // Before and after the rule `statement`; see FactBuilder.
  void Begin(std::string_view script, const ReadOptions& options, const Session& session,
             Statement& statement);
  void Finish() { facts.Finish(); }
  const std::vector<FactBuilder::Note>& notes() const { return facts.notes(); }

 protected:
  // Throws SyntaxError at the first error: what can be told from the rest is told from its tokens (guess.h).
  struct StopAtFirstError {
    void sync(antlr4::Parser*) const {}
    void reportMatch(antlr4::Parser*) const {}
    [[noreturn]] antlr4::Token* recoverInline(ParserActions* parser) const { parser->Stop(); }
    void reportError(antlr4::Parser*, const antlr4::RecognitionException&) const {}
    [[noreturn]] void recover(ParserActions* parser, std::exception_ptr) const { parser->Stop(); }
    StopAtFirstError* operator->() { return this; }
  };

  template <typename Action>
  class AtExit {
   public:
    explicit AtExit(Action action) : action_(std::move(action)) {}
    ~AtExit() { action_(); }
    AtExit(const AtExit&) = delete;
    AtExit& operator=(const AtExit&) = delete;

   private:
    Action action_;
  };
  template <typename Action>
  static AtExit<Action> finally(Action action) {
    return AtExit<Action>(std::move(action));
  }

  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t) final {
    setState(state);
    _ctx = context;
  }
  void enterOuterAlt(antlr4::ParserRuleContext*, size_t) final {}
  void exitRule() {
    setState(_ctx->invokingState);
    _ctx = static_cast<antlr4::ParserRuleContext*>(_ctx->parent);
    _tracker.Pop();
  }
  antlr4::Token* match(size_t type) final {
    if (_input->LA(1) != type) Stop();
    antlr4::Token* token = _input->LT(1);
    _input->consume();
    return token;
  }

  FactBuilder facts;
  ContextStack _tracker;
  StopAtFirstError _errHandler;
  FlatTokenStream* _input;

 private:
  // With what the grammar expects at this point.
  [[noreturn]] void Stop();
};

}  // namespace godwit::parser
