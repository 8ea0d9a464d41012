#include "parser/keywords.h"

#include <array>

#include "SqlParser.h"
#include "parser/letters.h"

namespace godwit::parser {
namespace {

using T = SqlParser;
using R = WordRule;

constexpr Keyword kKeywords[] = {
    // Operators and literals of expressions.
    {"and", T::OPERATOR, R::kAlways},
    {"or", T::OPERATOR, R::kAlways},
    {"not", T::OPERATOR, R::kAlways},
    {"in", T::OPERATOR, R::kAlways},
    {"is", T::OPERATOR, R::kAlways},
    {"between", T::OPERATOR, R::kAlways},
    {"rlike", T::OPERATOR, R::kAlways},
    {"regexp", T::OPERATOR, R::kAlways},
    {"ilike", T::OPERATOR, R::kAlways},
    {"div", T::OPERATOR, R::kAlways},
    {"else", T::OPERATOR, R::kAlways},
    {"like", T::LIKE, R::kLike},
    {"exists", T::OPERATOR, R::kExists},
    {"case", T::OPERATOR, R::kCase},
    {"when", T::WHEN, R::kCaseWord},
    {"then", T::THEN, R::kCaseWord},
    {"end", T::END, R::kEnd},
    {"null", T::NUMBER, R::kAlways},
    {"true", T::NUMBER, R::kAlways},
    {"false", T::NUMBER, R::kAlways},
    {"by", T::BY, R::kAlways},
    {"all", T::QUANTIFIER, R::kAlways},
    {"distinct", T::QUANTIFIER, R::kAlways},
    // Words with a meaning of their own in expressions.
    {"interval", T::WORD, R::kInExpression},
    {"current_date", T::WORD, R::kInExpression},
    {"current_timestamp", T::WORD, R::kInExpression},
    {"current_time", T::WORD, R::kInExpression},
    {"current_user", T::WORD, R::kInExpression},
    {"session_user", T::WORD, R::kInExpression},
    {"localtimestamp", T::WORD, R::kInExpression},
    {"current", T::WORD, R::kInExpression},
    {"unbounded", T::WORD, R::kInExpression},
    {"both", T::WORD, R::kInExpression},
    {"leading", T::WORD, R::kInExpression},
    {"trailing", T::WORD, R::kInExpression},
    {"over", T::WORD, R::kInExpression},
    {"default", T::WORD, R::kInExpression},
    {"grouping__id", T::WORD, R::kInExpression},
    // Queries.
    {"as", T::AS, R::kAs},
    {"select", T::SELECT, R::kSelect},
    {"from", T::FROM, R::kFrom},
    {"with", T::WITH, R::kWith},
    {"recursive", T::RECURSIVE, R::kRecursive},
    {"values", T::VALUES, R::kValues},
    {"table", T::TABLE, R::kTable},
    {"map", T::MAP_REDUCE, R::kMapReduce},
    {"reduce", T::MAP_REDUCE, R::kMapReduce},
    {"where", T::WHERE, R::kAlways},
    {"having", T::HAVING, R::kAlways},
    {"group", T::GROUP, R::kBeforeBy},
    {"order", T::ORDER, R::kBeforeBy},
    {"sort", T::SORT, R::kBeforeBy},
    {"cluster", T::CLUSTER, R::kBeforeBy},
    {"distribute", T::DISTRIBUTE, R::kBeforeBy},
    {"limit", T::LIMIT, R::kLimit},
    {"offset", T::OFFSET, R::kLimit},
    {"qualify", T::QUALIFY, R::kQualify},
    {"window", T::WINDOW, R::kWindow},
    {"union", T::SET_OPERATOR, R::kSetOperator},
    {"intersect", T::SET_OPERATOR, R::kSetOperator},
    {"except", T::SET_OPERATOR, R::kSetOperator},
    {"minus", T::SET_OPERATOR, R::kSetOperator},
    {"setminus", T::SET_OPERATOR, R::kSetOperator},
    // Relations.
    {"join", T::JOIN, R::kAlways},
    {"on", T::ON, R::kAlways},
    {"using", T::USING, R::kUsing},
    {"natural", T::JOIN_TYPE, R::kJoinType},
    {"inner", T::JOIN_TYPE, R::kJoinType},
    {"cross", T::JOIN_TYPE, R::kJoinType},
    {"left", T::JOIN_TYPE, R::kJoinType},
    {"right", T::JOIN_TYPE, R::kJoinType},
    {"full", T::JOIN_TYPE, R::kJoinType},
    {"semi", T::JOIN_TYPE, R::kJoinType},
    {"anti", T::JOIN_TYPE, R::kJoinType},
    {"outer", T::JOIN_TYPE, R::kJoinType},
    {"lateral", T::LATERAL, R::kLateral},
    {"view", T::VIEW, R::kView},
    {"pivot", T::PIVOT, R::kPivot},
    {"unpivot", T::PIVOT, R::kPivot},
    {"tablesample", T::TABLESAMPLE, R::kBeforeParenthesis},
    {"repeatable", T::REPEATABLE, R::kBeforeParenthesis},
    {"version", T::TIME_TRAVEL, R::kTimeTravel},
    {"timestamp", T::TIME_TRAVEL, R::kTimeTravel},
    {"system_version", T::TIME_TRAVEL, R::kTimeTravel},
    {"system_time", T::TIME_TRAVEL, R::kTimeTravel},
    {"for", T::TIME_TRAVEL, R::kFor},
    {"uniquejoin", T::UNIQUEJOIN, R::kUniqueJoin},
    {"preserve", T::PRESERVE, R::kPreserve},
    // Statements that move rows.
    {"insert", T::INSERT, R::kInsert},
    {"into", T::INTO, R::kAlways},
    {"overwrite", T::OVERWRITE, R::kOverwrite},
    {"local", T::LOCAL, R::kLocal},
    {"directory", T::DIRECTORY, R::kDirectory},
    {"partition", T::PARTITION, R::kPartition},
    {"replace", T::REPLACE_WHERE, R::kReplace},
    {"update", T::UPDATE, R::kUpdate},
    {"set", T::SET, R::kSet},
    {"delete", T::DELETE, R::kDelete},
    {"merge", T::MERGE, R::kMerge},
    {"matched", T::MATCHED, R::kMatched},
    {"load", T::LOAD, R::kLoad},
    {"data", T::DATA, R::kData},
    {"inpath", T::INPATH, R::kInPath},
    {"export", T::EXPORT, R::kExport},
    {"import", T::IMPORT, R::kImport},
    {"to", T::TO, R::kTo},
    // Statements about tables, and the rest.
    {"create", T::CREATE, R::kCreate},
    {"alter", T::ALTER, R::kAlter},
    {"rename", T::RENAME, R::kRename},
    {"exchange", T::EXCHANGE, R::kExchange},
    {"drop", T::DROP, R::kDrop},
    {"truncate", T::TRUNCATE, R::kTruncate},
    {"cache", T::CACHE, R::kCache},
    {"analyze", T::ANALYZE, R::kAnalyze},
    {"msck", T::MAINTAIN, R::kMaintain},
    {"repair", T::MAINTAIN, R::kMaintain},
    {"refresh", T::MAINTAIN, R::kMaintain},
    {"invalidate", T::MAINTAIN, R::kMaintain},
    {"compute", T::MAINTAIN, R::kMaintain},
    {"explain", T::EXPLAIN, R::kExplain},
    {"use", T::USE, R::kUse},
    {"declare", T::DECLARE, R::kDeclare},
    {"show", T::OTHER, R::kOther},
    {"describe", T::OTHER, R::kOther},
    {"desc", T::OTHER, R::kOther},
    {"grant", T::OTHER, R::kOther},
    {"revoke", T::OTHER, R::kOther},
    {"lock", T::OTHER, R::kOther},
    {"unlock", T::OTHER, R::kOther},
    {"comment", T::OTHER, R::kOther},
    {"start", T::OTHER, R::kOther},
    {"commit", T::OTHER, R::kOther},
    {"rollback", T::OTHER, R::kOther},
    {"abort", T::OTHER, R::kOther},
    {"kill", T::OTHER, R::kOther},
    {"reload", T::OTHER, R::kOther},
    {"repl", T::OTHER, R::kOther},
    {"prepare", T::OTHER, R::kOther},
    {"execute", T::OTHER, R::kOther},
    {"call", T::OTHER, R::kOther},
    {"uncache", T::OTHER, R::kOther},
    {"clear", T::OTHER, R::kOther},
    {"optimize", T::OTHER, R::kOther},
    {"vacuum", T::OTHER, R::kOther},
    {"enable", T::OTHER, R::kWorkload},
    {"disable", T::OTHER, R::kWorkload},
};

constexpr uint32_t kSlots = 1024;

// Open addressing, a quarter full, so that a word that is no keyword is known after a probe or two.
struct Slot {
  uint32_t hash = 0;
  uint16_t keyword = UINT16_MAX;
};

constexpr std::array<Slot, kSlots> MakeTable() {
  std::array<Slot, kSlots> table;
  for (uint16_t i = 0; i < std::size(kKeywords); ++i) {
    const uint32_t hash = HashWord(kKeywords[i].text);
    uint32_t slot = hash % kSlots;
    while (table[slot].keyword != UINT16_MAX) slot = (slot + 1) % kSlots;
    table[slot] = {hash, i};
  }
  return table;
}

constexpr std::array<Slot, kSlots> kTable = MakeTable();

}  // namespace

uint32_t FindKeyword(uint32_t hash, std::string_view text) {
  for (uint32_t slot = hash % kSlots; kTable[slot].keyword != UINT16_MAX; slot = (slot + 1) % kSlots) {
    if (kTable[slot].hash == hash && EqualFolded(text, kKeywords[kTable[slot].keyword].text)) {
      return kTable[slot].keyword;
    }
  }
  return kNoKeyword;
}

const Keyword& KeywordAt(uint32_t index) { return kKeywords[index]; }

}  // namespace godwit::parser
