#include "cli/statement_json.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "cli/json_text.h"

namespace godwit::cli {
namespace {

using parser::Statement;

// Members of one object: commas, keys and values.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  ~Members() { out_ += '}'; }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  std::string& Key(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += key;
    out_ += "\":";
    return out_;
  }
  void Text(std::string_view key, std::string_view value) { AppendJsonString(value, Key(key)); }
  void Number(std::string_view key, int64_t value) {
    fmt::format_to(std::back_inserter(Key(key)), "{}", value);
  }
  void True(std::string_view key, bool value) {
    if (value) Key(key) += "true";
  }
  void Texts(std::string_view key, const std::vector<std::string>& values) {
    AppendJsonStrings(values, Key(key));
  }

 private:
  std::string& out_;
  bool first_ = true;
};

template <typename Values, typename Append>
void AppendList(const Values& values, std::string& out, const Append& append) {
  out += '[';
  bool first = true;
  for (const auto& value : values) {
    if (!first) out += ',';
    first = false;
    append(value);
  }
  out += ']';
}

void PlaceMembers(Members& members, const parser::LineIndex& lines, parser::Span span) {
  const parser::Place place = lines.Find(span.begin);
  members.Number("line", place.line);
  members.Number("column", place.column);
}

void AppendRead(const parser::TableRead& read, const parser::LineIndex& lines, std::string& out) {
  Members members(out);
  members.Text("table", read.table);
  PlaceMembers(members, lines, read.span);
  if (read.role == parser::ReadRole::kDefinition) members.Text("role", "definition");
  if (read.role == parser::ReadRole::kTarget) members.Text("role", "target");
  members.True("temporary", read.temporary);
  if (!read.via.empty()) members.Text("via", read.via);
  if (read.predicates.empty()) return;
  AppendList(read.predicates, members.Key("predicates"), [&](const parser::Predicate& predicate) {
    Members each(out);
    each.Text("column", predicate.column);
    each.Text("op", predicate.op);
    each.Texts("values", predicate.values);
  });
}

void AppendWrite(const parser::TableWrite& write, const parser::LineIndex& lines, std::string& out) {
  Members members(out);
  members.Text("table", write.table);
  PlaceMembers(members, lines, write.span);
  members.Text("kind", parser::WriteKindName(write.kind));
  members.True("temporary", write.temporary);
  members.True("view", write.view);
  members.True("if_not_exists", write.if_not_exists);
  if (write.partition.empty()) return;
  AppendList(write.partition, members.Key("partition"), [&](const parser::PartitionValue& part) {
    Members each(out);
    each.Text("column", part.column);
    if (part.value) {
      each.Text("value", *part.value);
    } else {
      each.Key("value") += "null";
    }
  });
}

const char* PathUseName(parser::PathUse use) {
  switch (use) {
    case parser::PathUse::kRead: return "read";
    case parser::PathUse::kWritten: return "written";
    case parser::PathUse::kLocation: return "location";
  }
  return "";
}

const char* EffectKindName(parser::EffectKind kind) {
  switch (kind) {
    case parser::EffectKind::kUseDatabase: return "use_database";
    case parser::EffectKind::kSetVariable: return "set_variable";
    case parser::EffectKind::kAddResource: return "add_resource";
    case parser::EffectKind::kAddFunction: return "add_function";
    case parser::EffectKind::kDropFunction: return "drop_function";
    case parser::EffectKind::kCommand: return "command";
    case parser::EffectKind::kRunScript: return "run_script";
    case parser::EffectKind::kQuit: return "quit";
  }
  return "";
}

// By far the most common objects, so without the ceremony.
void AppendSources(const Statement& statement, const std::vector<parser::ColumnSource>& sources,
                   std::string& out) {
  AppendList(sources, out, [&](const parser::ColumnSource& source) {
    if (source.read >= 0) {
      out += "{\"table\":";
      AppendJsonString(statement.reads[static_cast<size_t>(source.read)].table, out);
    } else {
      out += "{\"table\":null";
    }
    out += ",\"column\":";
    AppendJsonString(source.column, out);
    out += ",\"use\":\"";
    out += parser::ColumnUseName(source.use);
    out += "\"}";
  });
}

void AppendFunction(const Statement& statement, const parser::FunctionUse& function,
                    const parser::LineIndex& lines, std::string& out) {
  Members members(out);
  members.Text("name", function.name);
  PlaceMembers(members, lines, function.span);
  members.True("distinct", function.distinct);
  if (function.window != parser::WindowUse::kNone) {
    members.Text("window", function.window == parser::WindowUse::kOrdered ? "ordered" : "unordered");
  }
  if (!function.arguments.empty()) AppendSources(statement, function.arguments, members.Key("arguments"));
  if (!function.partition_by.empty())
    AppendSources(statement, function.partition_by, members.Key("partition_by"));
  if (!function.order_by.empty()) AppendSources(statement, function.order_by, members.Key("order_by"));
}

void AppendDefinition(const parser::Definition& definition, std::string& out) {
  Members members(out);
  members.Texts("columns", definition.columns);
  if (!definition.partition_columns.empty()) members.Texts("partition_columns", definition.partition_columns);
  if (!definition.format.empty()) members.Text("format", definition.format);
  members.True("external", definition.external);
  if (definition.properties.empty()) return;
  members.Key("properties");
  Members properties(out);
  for (const auto& [key, value] : definition.properties) {
    std::string quoted;
    AppendJsonString(key, quoted);
    properties.Text(std::string_view(quoted).substr(1, quoted.size() - 2), value);
  }
}

void AppendRest(const Statement& statement, const parser::LineIndex& lines, Members& members,
                std::string& out) {
  if (!statement.paths.empty()) {
    AppendList(statement.paths, members.Key("paths"), [&](const parser::PathFact& path) {
      Members each(out);
      each.Text("path", path.path);
      each.Text("use", PathUseName(path.use));
      each.True("local", path.local);
    });
  }
  if (!statement.columns.empty()) AppendColumns(statement, members.Key("columns"));
  if (!statement.functions.empty()) {
    AppendList(statement.functions, members.Key("functions"),
               [&](const parser::FunctionUse& function) { AppendFunction(statement, function, lines, out); });
  }
  if (!statement.remarks.empty()) {
    AppendList(statement.remarks, members.Key("remarks"), [&](const parser::Remark& remark) {
      Members each(out);
      each.Text("kind", parser::RemarkKindName(remark.kind));
      PlaceMembers(each, lines, remark.span);
      if (!remark.text.empty()) each.Text("text", remark.text);
    });
  }
  if (!statement.definitions.empty()) AppendDefinition(statement.definitions[0], members.Key("definition"));
  if (!statement.effects.empty()) {
    AppendList(statement.effects, members.Key("effects"), [&](const parser::SessionEffect& effect) {
      Members each(out);
      each.Text("kind", EffectKindName(effect.kind));
      if (!effect.name.empty()) each.Text("name", effect.name);
      if (!effect.value.empty()) each.Text("value", effect.value);
    });
  }
}

}  // namespace

void AppendColumns(const Statement& statement, std::string& out) {
  AppendList(statement.columns, out, [&](const parser::ColumnLineage& column) {
    Members members(out);
    if (column.write >= 0) members.Text("output", statement.writes[static_cast<size_t>(column.write)].table);
    if (column.position >= 0) {
      members.Text("column", column.column);
    } else {
      members.Key("column") += "null";
    }
    AppendSources(statement, column.sources, members.Key("sources"));
  });
}

void AppendStatement(const Statement& statement, const parser::LineIndex& lines, std::string& out) {
  Members members(out);
  members.Text("kind", parser::StatementKindName(statement.kind));
  PlaceMembers(members, lines, statement.span);
  members.True("guessed", statement.certainty == parser::Certainty::kGuessed);
  if (!statement.database.empty()) members.Text("database", statement.database);
  members.Texts("input_tables", InputTables(statement));
  members.Texts("inserted_tables", OutputTables(statement));
  if (!statement.reads.empty()) {
    AppendList(statement.reads, members.Key("reads"),
               [&](const parser::TableRead& read) { AppendRead(read, lines, out); });
  }
  if (!statement.writes.empty()) {
    AppendList(statement.writes, members.Key("writes"),
               [&](const parser::TableWrite& write) { AppendWrite(write, lines, out); });
  }
  AppendRest(statement, lines, members, out);
}

void AppendDiagnostics(const std::vector<parser::Diagnostic>& diagnostics, std::string& out) {
  AppendList(diagnostics, out, [&](const parser::Diagnostic& diagnostic) {
    Members members(out);
    members.Text("code", parser::DiagnosticCodeName(diagnostic.code));
    members.Text("severity",
                 parser::SeverityOf(diagnostic.code) == parser::Severity::kError ? "error" : "warning");
    members.Number("line", diagnostic.place.line);
    members.Number("column", diagnostic.place.column);
    members.Text("message", diagnostic.message);
  });
}

}  // namespace godwit::cli
