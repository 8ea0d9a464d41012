#include "parser/guess.h"

#include <algorithm>
#include <unordered_set>

#include "SqlParser.h"
#include "parser/letters.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

class Guess {
 public:
  Guess(std::string_view script, const TokenBuffer& tokens, Range range, Statement& statement)
      : script_(script), tokens_(tokens), range_(range), statement_(statement) {}

  void Run() {
    for (uint32_t i = range_.begin; i + 1 < range_.end; ++i) {
      const bool body = At(i + 1).type == T::AS_QUERY || At(i + 1).type == T::AS;
      if (At(i).type == T::WORD && body && i + 2 < range_.end && At(i + 2).type == T::LPAREN_QUERY)
        ctes_.insert(At(i).hash);
    }
    for (uint32_t i = range_.begin; i < range_.end; ++i) query_ |= At(i).type == T::SELECT;
    for (uint32_t i = range_.begin; i < range_.end; ++i) Look(i);
  }

 private:
  const Token& At(uint32_t i) const { return tokens_[i]; }
  bool Is(uint32_t i, std::string_view word) const {
    return i < range_.end && !At(i).Has(kQuoted) && EqualFolded(At(i).Text(script_), word);
  }

  void Look(uint32_t i) {
    switch (At(i).type) {
      case T::FROM:
        if (i > range_.begin && At(i - 1).type == T::DELETE) return Write(i + 1, WriteKind::kDelete);
        return Relations(i + 1);
      case T::JOIN: Read(i + 1); return;
      case T::USING:
        if (i + 1 < range_.end && At(i + 1).type == T::WORD && Holds(T::MERGE)) Read(i + 1);
        return;
      case T::INTO:
      case T::OVERWRITE: {
        uint32_t name = i + 1;
        if (name < range_.end && At(name).type == T::INTO) return;
        while (Is(name, "table")) ++name;
        const bool merge = Holds(T::MERGE);
        return Write(name, merge                        ? WriteKind::kMerge
                           : At(i).type == T::OVERWRITE ? WriteKind::kOverwrite
                                                        : WriteKind::kAppend);
      }
      case T::TABLE:
      case T::VIEW: return Created(i);
      case T::UPDATE: return Write(i + 1, WriteKind::kUpdate);
      default: return;
    }
  }

  bool Holds(int32_t type) const {
    for (uint32_t i = range_.begin; i < range_.end && i < range_.begin + 2; ++i) {
      if (At(i).type == type) return true;
    }
    return false;
  }

  // CREATE TABLE t … AS, and with any query in it.
  void Created(uint32_t i) {
    if (!Holds(T::CREATE)) return;
    uint32_t name = i + 1;
    if (name < range_.end && At(name).type == T::IF_EXISTS) ++name;
    Write(name, query_ ? WriteKind::kCreate : WriteKind::kDefine);
  }

  // t1 a, t2 b …
  void Relations(uint32_t i) {
    i = Read(i);
    while (i < range_.end) {
      if (At(i).type == T::AS) ++i;
      if (i < range_.end && At(i).type == T::WORD) ++i;
      if (i >= range_.end || At(i).type != T::COMMA) return;
      const uint32_t next = Read(i + 1);
      if (next == i + 1) return;
      i = next;
    }
  }

  // End of the dotted name at `i`, or `i` if there is none.
  uint32_t NameEnd(uint32_t i) const {
    if (i >= range_.end || At(i).type != T::WORD) return i;
    uint32_t end = i + 1;
    while (end + 1 < range_.end && At(end).type == T::DOT && At(end + 1).type == T::WORD) end += 2;
    return end;
  }

  std::string NameText(uint32_t begin, uint32_t end) const {
    std::string text;
    for (uint32_t i = begin; i < end; i += 2) text += (i > begin ? "." : "") + Fold(At(i).Text(script_));
    return text;
  }

  uint32_t Read(uint32_t i) {
    const uint32_t end = NameEnd(i);
    if (end == i || (end == i + 1 && ctes_.contains(At(i).hash))) return end;
    if (end < range_.end && (At(end).type == T::LPAREN || At(end).type == T::LPAREN_QUERY)) return end;
    TableRead& read = statement_.reads.emplace_back();
    read.table = NameText(i, end);
    read.span = {At(i).begin, At(end - 1).end};
    return end;
  }

  void Write(uint32_t i, WriteKind kind) {
    const uint32_t end = NameEnd(i);
    if (end == i || (end == i + 1 && ctes_.contains(At(i).hash))) return;
    TableWrite& write = statement_.writes.emplace_back();
    write.table = NameText(i, end);
    write.span = {At(i).begin, At(end - 1).end};
    write.kind = kind;
  }

  std::string_view script_;
  const TokenBuffer& tokens_;
  Range range_;
  Statement& statement_;
  bool query_ = false;  // there is one
  std::unordered_set<uint32_t> ctes_;
};

}  // namespace

void GuessFacts(std::string_view script, const TokenBuffer& tokens, Range range, Statement& statement) {
  statement.kind = StatementKind::kUnread;
  statement.certainty = Certainty::kGuessed;
  // "-load data from last night": no statement begins so, and prose is not searched for tables.
  if (range.begin < range.end && tokens[range.begin].type == T::OPERATOR) return;
  Guess(script, tokens, range, statement).Run();
}

}  // namespace godwit::parser
