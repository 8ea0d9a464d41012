// parser/keywords.h — the words the grammar knows. Most are keywords only among certain neighbours; their
// rule (parser/context.cc) decides.
#pragma once

#include <cstdint>
#include <string_view>

namespace godwit::parser {

// FNV-1a over the folded text. The empty text hashes to kHashSeed.
inline constexpr uint32_t kHashSeed = 2166136261u;
constexpr uint32_t HashByte(uint32_t hash, unsigned char folded) { return (hash ^ folded) * 16777619u; }
constexpr uint32_t HashWord(std::string_view folded) {
  uint32_t hash = kHashSeed;
  for (const char c : folded) hash = HashByte(hash, static_cast<unsigned char>(c));
  return hash;
}

enum class WordRule : uint8_t {
  kAlways,        // a keyword wherever it is not part of a dotted name or an alias
  kInExpression,  // WORD with kSpecialWord
  // Decided by neighbours, one function each.
  kSelect,
  kFrom,
  kWith,
  kRecursive,
  kValues,
  kTable,
  kMapReduce,
  kInsert,
  kAs,
  kBeforeBy,
  kSetOperator,
  kLimit,
  kQualify,
  kWindow,
  kJoinType,
  kLateral,
  kView,
  kOuter,
  kPivot,
  kBeforeParenthesis,
  kTimeTravel,
  kFor,
  kUniqueJoin,
  kPreserve,
  kCase,
  kCaseWord,
  kEnd,
  kMatched,
  kPartition,
  kExists,
  kOverwrite,
  kLocal,
  kDirectory,
  kReplace,
  kSet,
  kData,
  kInPath,
  kTo,
  kRename,
  kExchange,
  kLike,
  kUpdate,
  kDelete,
  kMerge,
  kLoad,
  kExport,
  kImport,
  kCreate,
  kAlter,
  kDrop,
  kTruncate,
  kCache,
  kAnalyze,
  kMaintain,
  kExplain,
  kUse,
  kDeclare,
  kOther,
};

struct Keyword {
  std::string_view text;  // lower case
  int32_t type;           // of SqlParser
  WordRule rule;
};

inline constexpr uint32_t kNoKeyword = UINT32_MAX;

// Index of the keyword with this hash and text (any case), or kNoKeyword. O(1).
uint32_t FindKeyword(uint32_t hash, std::string_view text);
const Keyword& KeywordAt(uint32_t index);

}  // namespace godwit::parser
