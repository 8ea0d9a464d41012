// parser/keywords.h — the words the grammar knows. Most are keywords only among certain neighbours; their
// rule (parser/context.cc) decides.
#pragma once

#include <cstdint>
#include <string_view>

namespace godwit::parser {

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
  kUsing,
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
  kWorkload,
  kOther,
};

struct Keyword {
  std::string_view text;  // lower case
  int32_t type;           // of SqlParser
  WordRule rule;
};

inline constexpr uint32_t kNoKeyword = UINT32_MAX;

// Index of the keyword with this hash (HashWord) and text (any case), or kNoKeyword. O(1).
uint32_t FindKeyword(uint32_t hash, std::string_view text);
const Keyword& KeywordAt(uint32_t index);

}  // namespace godwit::parser
