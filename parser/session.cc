#include "parser/session.h"

#include <algorithm>

namespace godwit::parser {
namespace {

// Columns of what the statement's first write creates; empty if some are not known.
std::vector<std::string> CreatedColumns(const Statement& statement) {
  std::vector<std::string> columns;
  for (const ColumnLineage& column : statement.columns) {
    if (column.position < 0 || column.write != 0) continue;
    if (column.column == "*") return {};
    columns.push_back(column.column);
  }
  if (columns.empty() && !statement.definitions.empty()) {
    columns = statement.definitions[0].columns;
    const std::vector<std::string>& partitions = statement.definitions[0].partition_columns;
    columns.insert(columns.end(), partitions.begin(), partitions.end());
  }
  return columns;
}

// Rows of a temporary table come from whatever is written into it.
void AddSources(const Statement& statement, std::vector<std::string>& sources) {
  for (std::string& table : InputTables(statement)) {
    if (std::find(sources.begin(), sources.end(), table) == sources.end())
      sources.push_back(std::move(table));
  }
}

void ApplyWrite(const Statement& statement, const TableWrite& write, Session& session) {
  switch (write.kind) {
    case WriteKind::kCreate:
    case WriteKind::kDefine:
      session.temporary.erase(write.table);
      if (write.temporary) AddSources(statement, session.temporary[write.table]);
      session.columns.erase(write.table);
      if (std::vector<std::string> columns = CreatedColumns(statement); !columns.empty()) {
        session.columns[write.table] = std::move(columns);
      }
      return;
    case WriteKind::kAppend:
    case WriteKind::kOverwrite:
      if (write.temporary) AddSources(statement, session.temporary[write.table]);
      return;
    case WriteKind::kDrop:
    case WriteKind::kGive:
    case WriteKind::kLike:
    case WriteKind::kAlter:
      session.columns.erase(write.table);
      if (write.kind != WriteKind::kAlter) session.temporary.erase(write.table);
      return;
    default: return;
  }
}

}  // namespace

void ApplyEffects(const Statement& statement, Session& session) {
  for (const SessionEffect& effect : statement.effects) {
    if (effect.kind == EffectKind::kUseDatabase) session.database = effect.name;
    if (effect.kind == EffectKind::kSetVariable) session.variables[effect.name] = effect.value;
  }
  for (const TableWrite& write : statement.writes) ApplyWrite(statement, write, session);
}

}  // namespace godwit::parser
