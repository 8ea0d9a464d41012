// A job's record as a line of JSON. Empty lists, empty texts and false are left out.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lineage/record.h"

namespace godwit::lineage {
namespace {

using Json = nlohmann::ordered_json;

void Put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}
void Put(Json& json, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) json[key] = texts;
}
void Put(Json& json, const char* key, bool flag) {
  if (flag) json[key] = true;
}
void Put(Json& json, Place place) { json["at"] = {place.file, place.line}; }

template <typename T, typename ToJson>
void PutAll(Json& json, const char* key, const std::vector<T>& values, ToJson to_json) {
  if (values.empty()) return;
  Json& list = json[key] = Json::array();
  for (const T& value : values) list.push_back(to_json(value));
}

const Json& At(const Json& json, const char* key) {
  static const Json kNone;
  const auto found = json.find(key);
  return found == json.end() ? kNone : *found;
}
std::string Text(const Json& json, const char* key) {
  const Json& value = At(json, key);
  return value.is_string() ? value.get<std::string>() : "";
}
std::vector<std::string> Texts(const Json& json, const char* key) {
  std::vector<std::string> texts;
  for (const Json& each : At(json, key)) {
    if (each.is_string()) texts.push_back(each.get<std::string>());
  }
  return texts;
}
bool Flag(const Json& json, const char* key) { return At(json, key) == true; }
uint32_t Number(const Json& json) { return json.is_number_unsigned() ? json.get<uint32_t>() : 0; }
Place PlaceOf(const Json& json) {
  const Json& at = At(json, "at");
  if (!at.is_array() || at.size() != 2) return {};
  return {Number(at[0]), Number(at[1])};
}

// The enumerator whose name this is; the first one if none.
template <typename Enum>
Enum Named(const std::string& name, int count, const char* (*name_of)(Enum)) {
  for (int i = 0; i < count; ++i) {
    if (name == name_of(Enum(i))) return Enum(i);
  }
  return Enum(0);
}

constexpr int kStatementKinds = static_cast<int>(parser::StatementKind::kUnread) + 1;
constexpr int kWriteKinds = static_cast<int>(parser::WriteKind::kRefreshMetadata) + 1;
constexpr int kDiagnosticKinds = static_cast<int>(sources::Diagnostic::Kind::kNote) + 1;
const char* TransferKindName(sources::Transfer::Kind kind) {
  switch (kind) {
    case sources::Transfer::Kind::kImport: return "import";
    case sources::Transfer::Kind::kExport: return "export";
    case sources::Transfer::Kind::kCopy: return "copy";
  }
  return "";
}
const char* ProgramKindName(sources::Program::Kind kind) {
  switch (kind) {
    case sources::Program::Kind::kJar: return "jar";
    case sources::Program::Kind::kMapReduce: return "mapreduce";
    case sources::Program::Kind::kScript: return "script";
  }
  return "";
}

Json ToJson(const ReadRecord& read) {
  Json json{{"table", read.table}};
  Put(json, "via", read.via);
  Put(json, "pins", read.pins);
  return json;
}

Json ToJson(const WriteRecord& write) {
  Json json{{"table", write.table}, {"kind", parser::WriteKindName(write.kind)}};
  Put(json, "view", write.view);
  Put(json, "partition", write.partition);
  return json;
}

Json ToJson(const StatementRecord& statement) {
  Json json;
  Put(json, statement.place);
  json["kind"] = parser::StatementKindName(statement.kind);
  Put(json, "guessed", statement.guessed);
  PutAll(json, "reads", statement.reads, [](const ReadRecord& each) { return ToJson(each); });
  PutAll(json, "writes", statement.writes, [](const WriteRecord& each) { return ToJson(each); });
  Put(json, "read_paths", statement.read_paths);
  Put(json, "written_paths", statement.written_paths);
  // [table, column, sources…]
  PutAll(json, "columns", statement.columns, [](const ColumnRecord& each) {
    Json row = Json::array({each.table, each.column});
    for (const std::string& source : each.sources) row.push_back(source);
    return row;
  });
  return json;
}

StatementRecord StatementOf(const Json& json) {
  StatementRecord statement;
  statement.place = PlaceOf(json);
  statement.kind = Named(Text(json, "kind"), kStatementKinds, &parser::StatementKindName);
  statement.guessed = Flag(json, "guessed");
  for (const Json& each : At(json, "reads")) {
    statement.reads.push_back({Text(each, "table"), Text(each, "via"), Texts(each, "pins")});
  }
  for (const Json& each : At(json, "writes")) {
    statement.writes.push_back({Text(each, "table"),
                                Named(Text(each, "kind"), kWriteKinds, &parser::WriteKindName),
                                Flag(each, "view"), Texts(each, "partition")});
  }
  statement.read_paths = Texts(json, "read_paths");
  statement.written_paths = Texts(json, "written_paths");
  for (const Json& row : At(json, "columns")) {
    ColumnRecord column;
    for (size_t i = 0; i < row.size() && row[i].is_string(); ++i) {
      std::string text = row[i].get<std::string>();
      if (i == 0)
        column.table = std::move(text);
      else if (i == 1)
        column.column = std::move(text);
      else
        column.sources.push_back(std::move(text));
    }
    statement.columns.push_back(std::move(column));
  }
  return statement;
}

}  // namespace

std::string RecordToJson(const JobRecord& record) {
  Json json{{"job", record.name}};
  Put(json, "workflow", record.workflow);
  Put(json, "owner", record.owner);
  Put(json, "schedule", record.schedule);
  json["kind"] = sources::JobKindName(record.kind);
  json["line"] = record.line;
  Put(json, "files", record.files);
  Put(json, "upstream", record.upstream);
  Put(json, "waits_for", record.waits_for);
  if (record.declared) {
    json["declared_reads"] = record.declared_reads;
    json["declared_writes"] = record.declared_writes;
  }
  json["statements_read"] = record.statements_read;
  PutAll(json, "statements", record.statements, [](const StatementRecord& each) { return ToJson(each); });
  PutAll(json, "definitions", record.definitions, [](const DefinitionRecord& each) {
    Json row{{"table", each.table}};
    Put(row, each.place);
    Put(row, "location", each.location);
    Put(row, "format", each.format);
    Put(row, "transactional", each.transactional);
    return row;
  });
  PutAll(json, "transfers", record.transfers, [](const TransferRecord& each) {
    Json row{{"kind", TransferKindName(each.kind)}, {"tool", each.tool}};
    Put(row, each.place);
    Put(row, "reads", each.reads);
    Put(row, "writes", each.writes);
    Put(row, "from_queries", each.from_queries);
    return row;
  });
  PutAll(json, "programs", record.programs, [](const ProgramRecord& each) {
    Json row{{"kind", ProgramKindName(each.kind)}, {"tool", each.tool}, {"name", each.name}};
    Put(row, each.place);
    return row;
  });
  PutAll(json, "findings", record.findings, [](const FindingRecord& each) {
    Json row{{"code", each.code}};
    Put(row, each.place);
    Put(row, "detail", each.detail);
    Put(row, "allowed", each.allowed);
    return row;
  });
  PutAll(json, "diagnostics", record.diagnostics, [](const DiagnosticRecord& each) {
    Json row{{"kind", sources::DiagnosticKindName(each.kind)}};
    Put(row, each.place);
    Put(row, "message", each.message);
    Put(row, "text", each.text);
    return row;
  });
  PutAll(json, "allows", record.allows, [](const AllowRecord& each) {
    return Json{{"code", each.code}, {"reason", each.reason}};
  });
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<JobRecord> RecordFromJson(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("job"))
    return Corrupt("not a job's line of a scan file: scan again");
  JobRecord record;
  record.name = Text(json, "job");
  record.workflow = Text(json, "workflow");
  record.owner = Text(json, "owner");
  record.schedule = Text(json, "schedule");
  record.kind = sources::JobKindOf(Text(json, "kind")).value_or(sources::JobKind::kScript);
  record.line = Number(At(json, "line"));
  record.files = Texts(json, "files");
  record.upstream = Texts(json, "upstream");
  record.waits_for = Texts(json, "waits_for");
  record.declared = json.contains("declared_reads");
  record.declared_reads = Texts(json, "declared_reads");
  record.declared_writes = Texts(json, "declared_writes");
  record.statements_read = Number(At(json, "statements_read"));
  for (const Json& each : At(json, "statements")) record.statements.push_back(StatementOf(each));
  for (const Json& each : At(json, "definitions")) {
    record.definitions.push_back({Text(each, "table"), PlaceOf(each), Text(each, "location"),
                                  Text(each, "format"), Flag(each, "transactional")});
  }
  for (const Json& each : At(json, "transfers")) {
    record.transfers.push_back({PlaceOf(each), Named(Text(each, "kind"), 3, &TransferKindName),
                                Text(each, "tool"), Texts(each, "reads"), Texts(each, "writes"),
                                Flag(each, "from_queries")});
  }
  for (const Json& each : At(json, "programs")) {
    record.programs.push_back({PlaceOf(each), Named(Text(each, "kind"), 3, &ProgramKindName),
                               Text(each, "tool"), Text(each, "name")});
  }
  for (const Json& each : At(json, "findings")) {
    record.findings.push_back(
        {Text(each, "code"), PlaceOf(each), Text(each, "detail"), Text(each, "allowed")});
  }
  for (const Json& each : At(json, "diagnostics")) {
    record.diagnostics.push_back({PlaceOf(each),
                                  Named(Text(each, "kind"), kDiagnosticKinds, &sources::DiagnosticKindName),
                                  Text(each, "message"), Text(each, "text")});
  }
  for (const Json& each : At(json, "allows"))
    record.allows.push_back({Text(each, "code"), Text(each, "reason")});
  return record;
}

}  // namespace godwit::lineage
