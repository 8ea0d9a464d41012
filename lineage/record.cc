#include "lineage/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "lineage/names.h"
#include "lineage/statement_findings.h"

namespace godwit::lineage {
namespace {

constexpr size_t kColumnsMax = 2000;      // of one statement that are kept
constexpr size_t kColumnSourcesMax = 64;  // of one column
constexpr size_t kPinsMax = 8;
constexpr size_t kExcerptMax = 120;

using parser::Statement;

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

Place PlaceOf(sources::Place place) { return {static_cast<uint32_t>(place.file), place.line}; }

bool TouchesRows(parser::WriteKind kind) {
  using parser::WriteKind;
  return BringsRows(kind) || kind == WriteKind::kTruncate || kind == WriteKind::kDropPartition ||
         kind == WriteKind::kGive;
}

std::string PinText(const parser::Predicate& predicate) {
  return fmt::format("{} {} {}", predicate.column, predicate.op, fmt::join(predicate.values, ","));
}

// One engine session of a job: its statements in order, with the temporary tables that vanish into them.
class Reader {
 public:
  Reader(const parser::ColumnCatalog& columns, JobRecord& record) : catalog_(columns), record_(record) {}

  // Made by the last session, and gone with it.
  bool IsTemporary(const std::string& table) const { return session_.temporary.count(LowerCase(table)) != 0; }

  void Read(const sources::SqlText& sql, bool keep_session) {
    sql_ = &sql;
    parser::ReadOptions options;
    const bool spark = sql.engine == sources::Engine::kSpark || sql.engine == sources::Engine::kPresto;
    options.dialect = spark ? parser::Dialect::kSpark : parser::Dialect::kHive;
    if (keep_session) options.session = session_;
    if (!sql.database.empty()) options.session.database = sql.database;
    for (const auto& [name, value] : sql.variables) options.session.variables[name] = value;
    for (const std::string& view : sql.views) options.session.temporary.try_emplace(LowerCase(view));
    options.catalog = catalog_;
    Allows();
    first_ = true;
    thread_local parser::Workspace workspace;  // scripts are short and many
    const parser::ScriptEnd end = parser::ReadStatements(
        sql.text.text(), options, [&](Statement& statement) { Take(statement); }, workspace);
    session_ = end.session;
    for (const parser::Diagnostic& diagnostic : end.diagnostics) Add(diagnostic);
  }

 private:
  // "-- godwit: allow GW021 reason" lines of the text.
  void Allows() {
    allows_.clear();
    const std::string& text = sql_->text.text();
    constexpr std::string_view kMark = "godwit: allow ";
    for (size_t at = 0; (at = text.find(kMark, at)) != std::string::npos;) {
      const size_t code = at + kMark.size();
      const size_t end = std::min(text.find('\n', code), text.size());
      const size_t blank = std::min(text.find(' ', code), end);
      allows_.push_back({static_cast<uint32_t>(at), text.substr(code, blank - code),
                         blank < end ? text.substr(blank + 1, end - blank - 1) : ""});
      at = end;
    }
  }

  Place At(uint32_t offset) const { return PlaceOf(sql_->text.PlaceAt(offset)); }

  void Take(const Statement& statement) {
    ++record_.statements_read;
    StatementRecord made;
    made.place = At(statement.span.begin);
    made.kind = statement.kind;
    made.guessed = statement.certainty == parser::Certainty::kGuessed || sql_->guessed;
    Reads(statement, made);
    Writes(statement, made);
    Paths(statement, made);
    Columns(statement, made);
    Findings(statement);
    first_ = false;
    previous_end_ = statement.span.end;
    if (!made.reads.empty() || !made.writes.empty() || !made.read_paths.empty() ||
        !made.written_paths.empty()) {
      record_.statements.push_back(std::move(made));
    }
  }

  void Reads(const Statement& statement, StatementRecord& made) {
    std::map<std::string, ReadRecord> reads;
    for (const parser::TableRead& read : statement.reads) {
      if (read.role != parser::ReadRole::kData) continue;
      if (read.temporary) continue;  // what stands behind it follows
      ReadRecord record{TableName(read.table, statement.database), read.via, {}};
      for (const parser::Predicate& predicate : read.predicates) {
        if (record.pins.size() < kPinsMax) record.pins.push_back(PinText(predicate));
      }
      const auto [at, added] = reads.try_emplace(record.table, record);
      // Read twice: pinned only where both are.
      if (!added && at->second.pins != record.pins) at->second.pins.clear();
      if (!added && record.via.empty()) at->second.via.clear();
    }
    for (auto& [table, record] : reads) made.reads.push_back(std::move(record));
  }

  void Writes(const Statement& statement, StatementRecord& made) {
    for (const parser::TableWrite& write : statement.writes) {
      if (write.temporary) continue;
      WriteRecord record{TableName(write.table, statement.database), write.kind, write.view, {}};
      for (const parser::PartitionValue& value : write.partition) {
        record.partition.push_back(value.value ? value.column + "=" + *value.value : value.column);
      }
      if (TouchesRows(write.kind)) made.writes.push_back(record);
      for (const parser::Definition& definition : statement.definitions)
        Define(record, statement, definition);
    }
  }

  void Define(const WriteRecord& write, const Statement& statement, const parser::Definition& definition) {
    if (write.view) return;
    DefinitionRecord record{write.table, At(statement.span.begin), "", definition.format, false};
    const auto transactional = definition.properties.find("transactional");
    record.transactional = transactional != definition.properties.end() && transactional->second == "true";
    for (const parser::PathFact& path : statement.paths) {
      if (path.use == parser::PathUse::kLocation) record.location = FolderName(path.path);
    }
    record_.definitions.push_back(std::move(record));
  }

  void Paths(const Statement& statement, StatementRecord& made) {
    for (const parser::PathFact& path : statement.paths) {
      const std::string folder = FolderName(path.path);
      if (folder.empty() || path.local || path.use == parser::PathUse::kLocation) continue;
      std::vector<std::string>& list =
          path.use == parser::PathUse::kRead ? made.read_paths : made.written_paths;
      if (std::find(list.begin(), list.end(), folder) == list.end()) list.push_back(folder);
    }
  }

  void Columns(const Statement& statement, StatementRecord& made) {
    for (const parser::ColumnLineage& column : statement.columns) {
      if (made.columns.size() >= kColumnsMax || column.position < 0 || column.write < 0) continue;
      const parser::TableWrite& write = statement.writes[static_cast<size_t>(column.write)];
      if (write.temporary) continue;
      std::set<std::string> sources;
      for (const parser::ColumnSource& source : column.sources) {
        const bool value =
            source.use == parser::ColumnUse::kDirect || source.use == parser::ColumnUse::kExpression;
        if (!value || sources.size() >= kColumnSourcesMax) continue;
        const std::string table =
            source.read < 0
                ? "?"
                : TableName(statement.reads[static_cast<size_t>(source.read)].table, statement.database);
        sources.insert(table + "." + source.column);
      }
      made.columns.push_back(
          {TableName(write.table, statement.database), column.column, {sources.begin(), sources.end()}});
    }
  }

  void Findings(const Statement& statement) {
    for (const StatementFinding& finding : FindingsOf(statement)) {
      FindingRecord record{finding.code, At(finding.span.begin), finding.detail, ""};
      for (const Allow& allow : allows_) {
        // A comment in front of the statement, or inside it.
        const bool here = allow.offset >= previous_end_ && allow.offset < statement.span.end;
        if (here && allow.code == finding.code)
          record.allowed = allow.reason.empty() ? "allowed in the script" : allow.reason;
      }
      record_.findings.push_back(std::move(record));
    }
    if (!first_) return;
    for (const Allow& allow : allows_) {
      if (allow.offset < statement.span.begin) record_.allows.push_back({allow.code, allow.reason});
    }
  }

  void Add(const parser::Diagnostic& diagnostic) {
    DiagnosticRecord record;
    record.place = At(diagnostic.span.begin);
    const bool error = parser::SeverityOf(diagnostic.code) == parser::Severity::kError;
    record.kind = error ? sources::Diagnostic::Kind::kUnread : sources::Diagnostic::Kind::kNote;
    record.message = fmt::format("{}: {}", parser::DiagnosticCodeName(diagnostic.code), diagnostic.message);
    const std::string& text = sql_->text.text();
    const size_t begin = diagnostic.span.begin == 0 ? 0 : text.rfind('\n', diagnostic.span.begin - 1) + 1;
    record.text =
        text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin).substr(0, kExcerptMax);
    record_.diagnostics.push_back(std::move(record));
  }

  struct Allow {
    uint32_t offset;
    std::string code;
    std::string reason;
  };

  const parser::ColumnCatalog& catalog_;
  JobRecord& record_;
  const sources::SqlText* sql_ = nullptr;
  parser::Session session_;
  std::vector<Allow> allows_;
  uint32_t previous_end_ = 0;
  bool first_ = true;
};

bool ReadsOnlyTemporary(const sources::Transfer& transfer, const Reader& reader) {
  return transfer.writes.empty() && transfer.reads.size() == 1 &&
         transfer.reads[0].kind == sources::Endpoint::Kind::kTable &&
         reader.IsTemporary(transfer.reads[0].name);
}

std::string NodeName(const sources::Endpoint& end) {
  switch (end.kind) {
    case sources::Endpoint::Kind::kTable: return TableName(end.name, "");
    case sources::Endpoint::Kind::kPath:
      return PathNode(FolderName(end.name).empty() ? end.name : FolderName(end.name));
    case sources::Endpoint::Kind::kExternal: return ExternalNode(end.name);
  }
  return end.name;
}

std::vector<std::string> NodeNames(const std::vector<sources::Endpoint>& ends) {
  std::vector<std::string> names;
  for (const sources::Endpoint& end : ends) names.push_back(NodeName(end));
  return names;
}

std::vector<std::string> TableNames(std::vector<std::string> names) {
  for (std::string& name : names) name = TableName(name, "");
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// A job whose every write is a view makes no rows.
bool OnlyMakesViews(const JobRecord& record) {
  bool any = false;
  for (const StatementRecord& statement : record.statements) {
    for (const WriteRecord& write : statement.writes) {
      if (!write.view) return false;
      any = true;
    }
  }
  return any && record.transfers.empty() && record.programs.empty();
}

}  // namespace

bool BringsRows(parser::WriteKind kind) { return parser::IsOutput(kind) && kind != parser::WriteKind::kLike; }

bool JobRecord::unread() const {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const DiagnosticRecord& each) {
    return each.kind == sources::Diagnostic::Kind::kUnread;
  });
}

std::string PlaceText(const JobRecord& job, Place place) {
  if (place.file >= job.files.size()) return job.name;
  return fmt::format("{}:{}", job.files[place.file], place.line);
}

JobRecord RecordOf(const sources::Job& job, const parser::ColumnCatalog& columns) {
  JobRecord record;
  record.name = job.name;
  record.workflow = job.workflow;
  record.owner = job.owner;
  record.schedule = job.schedule;
  record.kind = job.kind;
  record.upstream = job.upstream;
  record.waits_for = TableNames(job.waits_for);
  record.line = job.line;
  record.files = job.facts.files;
  record.declared = job.declared;
  record.declared_reads = TableNames(job.declared_reads);
  record.declared_writes = TableNames(job.declared_writes);
  Reader reader(columns, record);
  for (const sources::SqlText& sql : job.facts.sql) reader.Read(sql, sql.follows);
  for (const sources::Transfer& each : job.facts.transfers) {
    if (ReadsOnlyTemporary(each, reader)) continue;
    record.transfers.push_back({PlaceOf(each.place), each.kind, each.tool, NodeNames(each.reads),
                                NodeNames(each.writes), each.from_queries});
  }
  for (const sources::Program& each : job.facts.programs) {
    record.programs.push_back({PlaceOf(each.place), each.kind, each.tool, each.name});
  }
  for (const sources::Diagnostic& each : job.facts.diagnostics) {
    record.diagnostics.push_back({PlaceOf(each.place), each.kind, each.message, ""});
  }
  if (record.kind == sources::JobKind::kSql && OnlyMakesViews(record)) record.kind = sources::JobKind::kView;
  std::sort(record.findings.begin(), record.findings.end());
  record.findings.erase(std::unique(record.findings.begin(), record.findings.end()), record.findings.end());
  return record;
}

}  // namespace godwit::lineage
