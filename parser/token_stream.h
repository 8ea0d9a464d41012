// parser/token_stream.h — the tokens of one statement as ANTLR's parser wants to see them.
#pragma once

#include <antlr4-runtime/antlr4-runtime.h>

#include <algorithm>
#include <string>

#include "parser/token.h"

namespace godwit::parser {

class FlatTokenStream final : public antlr4::TokenStream {
 public:
  TokenBuffer& tokens() { return tokens_; }
  uint32_t position() const { return position_; }
  void MoveTo(uint32_t position) {
    position_ = std::min(position, static_cast<uint32_t>(tokens_.size()) - 1);
  }

  void consume() override {
    if (position_ + 1 < tokens_.size()) ++position_;
  }
  size_t LA(ssize_t i) override { return static_cast<size_t>(At(i).type); }
  antlr4::Token* LT(ssize_t k) override { return &At(k); }
  size_t index() override { return position_; }
  size_t size() override { return tokens_.size(); }
  void seek(size_t index) override { position_ = static_cast<uint32_t>(index); }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  antlr4::Token* get(size_t index) const override { return const_cast<Token*>(&tokens_[index]); }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getSourceName() const override { return ""; }
  std::string getText(const antlr4::misc::Interval&) override { return ""; }
  std::string getText() override { return ""; }
  std::string getText(antlr4::RuleContext*) override { return ""; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return ""; }

 private:
  // `distance` 1 is the current token, -1 the one before.
  Token& At(ssize_t distance) {
    const size_t index = position_ + static_cast<size_t>(distance > 0 ? distance - 1 : distance);
    return tokens_[index < tokens_.size() ? index : tokens_.size() - 1];
  }

  TokenBuffer tokens_;
  uint32_t position_ = 0;
};

}  // namespace godwit::parser
