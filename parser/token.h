// parser/token.h — flat tokens of one statement: 32 bytes each, in one buffer that is reused. A token is a
// view into the script; its text is script.substr(begin, end - begin).
#pragma once

#include <antlr4-runtime/antlr4-runtime.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::parser {

inline constexpr uint32_t kNoToken = UINT32_MAX;

enum TokenFlag : uint16_t {
  kFirstOnLine = 1 << 0,
  kQuoted = 1 << 1,       // in back-ticks; begin and end exclude them
  kFolded = 1 << 2,       // the text is its own folded form: lower-case ASCII, nothing to unescape
  kVariable = 1 << 3,     // holds a placeholder such as ${x} or {{ x }}
  kPlaceholder = 1 << 4,  // is one placeholder and nothing else
  kHoldsQuery = 1 << 5,   // of an opening parenthesis: a query or a table argument stands inside
  kSpecialWord = 1 << 6,  // a WORD with a meaning of its own in expressions (parser/water.cc)
  kMultiLine = 1 << 7,    // of a string: it spans lines
  kAddress = 1 << 8,      // of a string: it holds `://`
};

class Token final : public antlr4::Token {
 public:
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t hash = 0;  // of a WORD: of its folded text, so equal names have equal hashes
  uint32_t link =
      kNoToken;      // of a parenthesis: index of its partner; of a WORD: its entry in the keyword table
  int32_t type = 0;  // of SqlParser
  uint16_t flags = 0;
  uint16_t depth = 0;  // parentheses open around it, at most UINT16_MAX

  bool Has(TokenFlag flag) const { return (flags & flag) != 0; }
  std::string_view Text(std::string_view script) const { return script.substr(begin, end - begin); }

  // For the ANTLR runtime, which asks for the type and, in messages we do not use, for the rest.
  size_t getType() const override { return static_cast<size_t>(type); }
  std::string getText() const override { return ""; }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return 0; }
  size_t getTokenIndex() const override { return 0; }
  size_t getStartIndex() const override { return begin; }
  size_t getStopIndex() const override { return end; }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return ""; }
};

// The tokens of one statement; the last is always of type EOF. Slots are reused from statement to statement:
// destroying 32-byte objects with a virtual destructor would cost as much as lexing them.
class TokenBuffer {
 public:
  Token& operator[](size_t index) { return slots_[index]; }
  const Token& operator[](size_t index) const { return slots_[index]; }
  size_t size() const { return size_; }
  Token& back() { return slots_[size_ - 1]; }

  Token& Add() {
    if (size_ == slots_.size()) Grow();
    return slots_[size_++];
  }
  void RemoveLast(size_t count) { size_ -= count; }
  // Whoever looks a little beyond the last token sees it again, not what a longer statement left there.
  void RepeatLast() {
    if (slots_.size() < size_ + kBeyond) slots_.resize(size_ + kBeyond);
    std::fill_n(slots_.begin() + static_cast<ptrdiff_t>(size_), kBeyond, slots_[size_ - 1]);
  }
  // A huge statement's memory is given back with it.
  void Clear() {
    size_ = 0;
    if (slots_.size() > kKeptMax) std::vector<Token>(kFirst).swap(slots_);
  }

 private:
  static constexpr size_t kFirst = 256;
  static constexpr size_t kStep = 1 << 16;
  static constexpr size_t kBeyond = 4;
  static constexpr size_t kKeptMax = 1 << 16;
  // Doubles the capacity, but touches of its memory only what is soon used.
  void Grow() {
    const size_t size = slots_.size();
    if (size == slots_.capacity()) slots_.reserve(size < kFirst ? kFirst : size * 2);
    slots_.resize(std::min(slots_.capacity(), size + kStep));
  }

  std::vector<Token> slots_;
  size_t size_ = 0;
};

}  // namespace godwit::parser
