#include "tests/parser/facts_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace godwit::parser {
namespace {

std::string Joined(const std::vector<std::string>& words, const char* none) {
  return words.empty() ? none : fmt::format("{}", fmt::join(words, ", "));
}

std::string WriteText(const TableWrite& write) {
  std::vector<std::string> notes = {WriteKindName(write.kind)};
  if (write.temporary) notes.push_back("temporary");
  if (write.view) notes.push_back("view");
  if (write.if_not_exists) notes.push_back("if not exists");
  std::vector<std::string> parts;
  for (const PartitionValue& part : write.partition) {
    parts.push_back(part.value ? fmt::format("{}='{}'", part.column, *part.value) : part.column);
  }
  if (!parts.empty()) notes.push_back(fmt::format("partition {}", fmt::join(parts, " ")));
  return fmt::format("{} ({})", write.table, fmt::join(notes, ", "));
}

const char* PathUseText(PathUse use) {
  switch (use) {
    case PathUse::kRead: return "reads path";
    case PathUse::kWritten: return "writes path";
    case PathUse::kLocation: return "location";
  }
  return "";
}

const char* EffectText(EffectKind kind) {
  switch (kind) {
    case EffectKind::kUseDatabase: return "use";
    case EffectKind::kSetVariable: return "set";
    case EffectKind::kAddResource: return "add";
    case EffectKind::kAddFunction: return "add function";
    case EffectKind::kDropFunction: return "drop function";
    case EffectKind::kCommand: return "command";
    case EffectKind::kRunScript: return "run";
    case EffectKind::kQuit: return "quit";
  }
  return "";
}

// "a.x, b.y (expression)"; the use is left out where it is direct.
std::string SourcesText(const Statement& statement, const std::vector<ColumnSource>& sources) {
  std::vector<std::string> texts;
  for (const ColumnSource& source : sources) {
    const std::string table = source.read < 0 ? "?" : statement.reads[static_cast<size_t>(source.read)].table;
    const std::string use =
        source.use == ColumnUse::kDirect ? "" : fmt::format(" ({})", ColumnUseName(source.use));
    texts.push_back(fmt::format("{}.{}{}", table, source.column, use));
  }
  return Joined(texts, "constant");
}

std::string ColumnsText(const Statement& statement) {
  std::string text;
  for (const ColumnLineage& column : statement.columns) {
    const std::string target =
        column.write < 0 ? "" : statement.writes[static_cast<size_t>(column.write)].table + ".";
    const std::string name = column.position < 0 ? "rows" : target + column.column;
    text += fmt::format("  {} <- {}\n", column.position < 0 && !target.empty() ? target + "rows" : name,
                        SourcesText(statement, column.sources));
  }
  return text;
}

std::string FunctionsText(const Statement& statement) {
  std::string text;
  for (const FunctionUse& function : statement.functions) {
    text += fmt::format("  calls {}", function.name);
    if (function.distinct) text += " distinct";
    if (function.window == WindowUse::kOrdered) text += " over ordered";
    if (function.window == WindowUse::kUnordered) text += " over unordered";
    if (!function.arguments.empty()) text += " of " + SourcesText(statement, function.arguments);
    if (!function.partition_by.empty())
      text += " partition by " + SourcesText(statement, function.partition_by);
    if (!function.order_by.empty()) text += " order by " + SourcesText(statement, function.order_by);
    text += "\n";
  }
  for (const Remark& remark : statement.remarks) {
    text += fmt::format("  remark {}{}{}\n", RemarkKindName(remark.kind), remark.text.empty() ? "" : " ",
                        remark.text);
  }
  return text;
}

std::string ReadsText(const Statement& statement, const LineIndex& lines, const Shown& shown) {
  std::string text;
  for (const TableRead& read : statement.reads) {
    if (!shown.reads && (!shown.predicates || read.predicates.empty())) continue;
    text += "  reads " + read.table;
    if (shown.reads) {
      const Place place = lines.Find(read.span.begin);
      text += fmt::format(" at {}:{}", place.line, place.column);
      if (read.role == ReadRole::kDefinition) text += " definition";
      if (read.role == ReadRole::kTarget) text += " target";
      if (read.only_into >= 0)
        text += " only into " + statement.writes[static_cast<size_t>(read.only_into)].table;
      if (read.temporary) text += " temporary";
      if (!read.via.empty()) text += " via " + read.via;
    }
    for (const Predicate& predicate : read.predicates) {
      text +=
          fmt::format(" where {} {} {}", predicate.column, predicate.op, fmt::join(predicate.values, " "));
    }
    text += "\n";
  }
  return text;
}

std::string DefinitionText(const Definition& definition) {
  std::string text = fmt::format("  columns {}\n", Joined(definition.columns, "none"));
  if (!definition.partition_columns.empty())
    text += fmt::format("  partitioned by {}\n", fmt::join(definition.partition_columns, ", "));
  if (!definition.format.empty()) text += fmt::format("  format {}\n", definition.format);
  if (definition.external) text += "  external\n";
  for (const auto& [key, value] : definition.properties)
    text += fmt::format("  property {} = {}\n", key, value);
  return text;
}

std::string StatementText(const Statement& statement, const LineIndex& lines, const Shown& shown) {
  std::vector<std::string> outputs;
  for (const TableWrite& write : statement.writes) outputs.push_back(WriteText(write));
  std::string text;
  if (shown.spans) {
    const Place place = lines.Find(statement.span.begin);
    text += fmt::format("{}:{} ", place.line, place.column);
  }
  if (statement.certainty == Certainty::kGuessed) text += "guessed ";
  text += StatementKindName(statement.kind);
  if (!statement.database.empty()) text += " in " + statement.database;
  text += ": " + Joined(InputTables(statement), "-");
  if (!outputs.empty()) text += " -> " + Joined(outputs, "");
  text += "\n";
  for (const PathFact& path : statement.paths) {
    text += fmt::format("  {} {}{}\n", PathUseText(path.use), path.path, path.local ? " (local)" : "");
  }
  for (const SessionEffect& effect : statement.effects) {
    text += fmt::format("  {}{}{}{}{}\n", EffectText(effect.kind), effect.name.empty() ? "" : " ",
                        effect.name, effect.value.empty() ? "" : " = ", effect.value);
  }
  text += ReadsText(statement, lines, shown);
  if (shown.definition && !statement.definitions.empty()) text += DefinitionText(statement.definitions[0]);
  if (shown.columns) text += ColumnsText(statement);
  if (shown.functions) text += FunctionsText(statement);
  return text;
}

}  // namespace

std::string FactsText(const Script& script, std::string_view text, const Shown& shown) {
  const LineIndex lines(text);
  std::string result;
  for (const Statement& statement : script.statements) result += StatementText(statement, lines, shown);
  for (const Diagnostic& diagnostic : script.diagnostics) result += FormatDiagnostic(diagnostic) + "\n";
  return result.empty() ? "nothing" : result;
}

}  // namespace godwit::parser
