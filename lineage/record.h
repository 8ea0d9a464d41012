// lineage/record.h — what a scan knows of one job: plain values, one line of the scan file each
// (docs/scan_format.md). Everything that a graph, a lint or a plan needs stands here; scripts are not read
// again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/script.h"
#include "parser/statement.h"
#include "sources/job.h"

namespace godwit::lineage {

// A line of one of the job's files.
struct Place {
  uint32_t file = 0;  // position in JobRecord::files
  uint32_t line = 1;
  auto operator<=>(const Place&) const = default;
};

struct ReadRecord {
  std::string table;              // as TableName gives it
  std::string via;                // the temporary view or table that stands between; empty if none
  std::vector<std::string> pins;  // predicates with literals: "dt = 2024-01-01"; empty: the whole table
};

struct WriteRecord {
  std::string table;
  parser::WriteKind kind = parser::WriteKind::kAppend;
  bool view = false;
  std::vector<std::string> partition;  // "dt=2024-01-01"; "dt" alone: dynamic
};

// A column of a statement's output and the columns that its value comes from.
struct ColumnRecord {
  std::string table;  // written
  std::string column;
  std::vector<std::string> sources;  // "db.table.column", sorted and unique
};

struct StatementRecord {
  Place place;
  parser::StatementKind kind = parser::StatementKind::kQuery;
  bool guessed = false;           // it does not parse; what stands here is what its tokens suggest
  std::vector<ReadRecord> reads;  // rows flow from these; sorted by table
  std::vector<WriteRecord> writes;
  std::vector<std::string> read_paths;  // as FolderName gives them
  std::vector<std::string> written_paths;
  std::vector<ColumnRecord> columns;
};

// A table as a script defines it.
struct DefinitionRecord {
  std::string table;
  Place place;
  std::string location;  // as FolderName gives it
  std::string format;
  bool transactional = false;
};

struct TransferRecord {
  Place place;
  sources::Transfer::Kind kind = sources::Transfer::Kind::kCopy;
  std::string tool;
  std::vector<std::string> reads;  // tables, PathNode or ExternalNode names
  std::vector<std::string> writes;
  bool from_queries = false;
};

struct ProgramRecord {
  Place place;
  sources::Program::Kind kind = sources::Program::Kind::kJar;
  std::string tool;
  std::string name;
};

// What a statement alone shows to a reviewer; docs/lint.md explains the codes.
struct FindingRecord {
  std::string code;  // "GW001"
  Place place;
  std::string detail;
  std::string allowed;  // the reason given in the script not to report it; empty: report it
  auto operator<=>(const FindingRecord&) const = default;
};

struct DiagnosticRecord {
  Place place;
  sources::Diagnostic::Kind kind = sources::Diagnostic::Kind::kUnread;
  std::string message;
  std::string text;  // the line that it speaks of, where it is SQL
};

// `-- godwit: allow GW021 loads are de-duplicated later` before a script's first statement: for the whole
// job. Elsewhere it holds for the statement that follows, see FindingRecord::allowed.
struct AllowRecord {
  std::string code;
  std::string reason;
};

struct JobRecord {
  std::string name;
  std::string workflow;
  std::string owner;
  std::string schedule;
  sources::JobKind kind = sources::JobKind::kSql;
  std::vector<std::string> upstream;   // jobs, sorted
  std::vector<std::string> waits_for;  // tables, sorted
  uint32_t line = 1;                   // in files[0], which defines it
  std::vector<std::string> files;
  bool declared = false;  // the scheduler's own file says what it reads and writes
  std::vector<std::string> declared_reads;
  std::vector<std::string> declared_writes;
  std::vector<StatementRecord> statements;
  std::vector<DefinitionRecord> definitions;
  std::vector<TransferRecord> transfers;
  std::vector<ProgramRecord> programs;
  std::vector<FindingRecord> findings;
  std::vector<DiagnosticRecord> diagnostics;
  std::vector<AllowRecord> allows;
  uint32_t statements_read = 0;  // of any kind; `statements` holds those that touch tables

  // Something of it was not read: its reads and writes are not all known.
  bool unread() const;
};

// A write of this kind puts rows in the table, changes them, or (a view) makes them visible there.
bool BringsRows(parser::WriteKind kind);

// "dir/x.sh:12"
std::string PlaceText(const JobRecord& job, Place place);

// Reads every statement of the job. `columns` answers for tables of the catalog and may be empty. Pure.
JobRecord RecordOf(const sources::Job& job, const parser::ColumnCatalog& columns);

// One line of JSON, without a newline, and back. Errors: kCorrupt.
std::string RecordToJson(const JobRecord& record);
Result<JobRecord> RecordFromJson(std::string_view line);

}  // namespace godwit::lineage
