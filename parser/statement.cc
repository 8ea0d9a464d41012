#include "parser/statement.h"

#include <algorithm>

namespace godwit::parser {
namespace {

void SortUnique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

const char* StatementKindName(StatementKind kind) {
  switch (kind) {
    case StatementKind::kQuery: return "query";
    case StatementKind::kInsert: return "insert";
    case StatementKind::kCreateTable: return "create_table";
    case StatementKind::kCreateView: return "create_view";
    case StatementKind::kMerge: return "merge";
    case StatementKind::kUpdate: return "update";
    case StatementKind::kDelete: return "delete";
    case StatementKind::kLoad: return "load";
    case StatementKind::kExport: return "export";
    case StatementKind::kImport: return "import";
    case StatementKind::kAlter: return "alter";
    case StatementKind::kDrop: return "drop";
    case StatementKind::kTruncate: return "truncate";
    case StatementKind::kCache: return "cache";
    case StatementKind::kAnalyze: return "analyze";
    case StatementKind::kExplain: return "explain";
    case StatementKind::kUse: return "use";
    case StatementKind::kSet: return "set";
    case StatementKind::kResource: return "resource";
    case StatementKind::kFunction: return "function";
    case StatementKind::kCommand: return "command";
    case StatementKind::kOther: return "other";
    case StatementKind::kUnread: return "unread";
  }
  return "";
}

const char* WriteKindName(WriteKind kind) {
  switch (kind) {
    case WriteKind::kAppend: return "append";
    case WriteKind::kOverwrite: return "overwrite";
    case WriteKind::kCreate: return "create";
    case WriteKind::kLike: return "like";
    case WriteKind::kDefine: return "define";
    case WriteKind::kMerge: return "merge";
    case WriteKind::kUpdate: return "update";
    case WriteKind::kDelete: return "delete";
    case WriteKind::kLoad: return "load";
    case WriteKind::kImport: return "import";
    case WriteKind::kReceive: return "receive";
    case WriteKind::kGive: return "give";
    case WriteKind::kTruncate: return "truncate";
    case WriteKind::kDrop: return "drop";
    case WriteKind::kDropPartition: return "drop_partition";
    case WriteKind::kAlter: return "alter";
    case WriteKind::kRefreshMetadata: return "refresh_metadata";
  }
  return "";
}

const char* ColumnUseName(ColumnUse use) {
  switch (use) {
    case ColumnUse::kDirect: return "direct";
    case ColumnUse::kExpression: return "expression";
    case ColumnUse::kFilter: return "filter";
    case ColumnUse::kJoin: return "join";
    case ColumnUse::kGroup: return "group";
  }
  return "";
}

const char* RemarkKindName(RemarkKind kind) {
  switch (kind) {
    case RemarkKind::kSelectStar: return "select_star";
    case RemarkKind::kLimitWithoutOrder: return "limit_without_order";
    case RemarkKind::kSample: return "sample";
    case RemarkKind::kScript: return "script";
    case RemarkKind::kAddress: return "address";
  }
  return "";
}

bool IsOutput(WriteKind kind) {
  switch (kind) {
    case WriteKind::kAppend:
    case WriteKind::kOverwrite:
    case WriteKind::kCreate:
    case WriteKind::kLike:
    case WriteKind::kMerge:
    case WriteKind::kUpdate:
    case WriteKind::kDelete:
    case WriteKind::kLoad:
    case WriteKind::kImport:
    case WriteKind::kReceive: return true;
    case WriteKind::kDefine:
    case WriteKind::kGive:
    case WriteKind::kTruncate:
    case WriteKind::kDrop:
    case WriteKind::kDropPartition:
    case WriteKind::kAlter:
    case WriteKind::kRefreshMetadata: return false;
  }
  return false;
}

std::vector<std::string> InputTables(const Statement& statement) {
  std::vector<std::string> tables;
  for (const TableRead& read : statement.reads) {
    if (read.role != ReadRole::kTarget && !read.temporary) tables.push_back(read.table);
  }
  SortUnique(tables);
  return tables;
}

std::vector<std::string> OutputTables(const Statement& statement) {
  std::vector<std::string> tables;
  for (const TableWrite& write : statement.writes) {
    if (IsOutput(write.kind)) tables.push_back(write.table);
  }
  SortUnique(tables);
  return tables;
}

}  // namespace godwit::parser
