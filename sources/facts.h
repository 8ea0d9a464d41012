// sources/facts.h — what running a script would hand to engines and tools, told by reading it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sources/traced_text.h"

namespace godwit::sources {

// Variables by name, without a prefix such as hivevar:.
using Variables = std::map<std::string, std::string, std::less<>>;

enum class Engine : uint8_t { kHive, kSpark, kPresto, kImpala };
const char* EngineName(Engine engine);  // "hive", "spark", "presto", "impala"

// One text that an engine session is given: statements, one after the other.
struct SqlText {
  Engine engine = Engine::kHive;
  TracedText text;
  std::string database;  // the session's first one; empty: the default
  Variables variables;   // of --hivevar and the like, the scheduler and the configuration
  bool guessed = false;  // that this is SQL for an engine is a guess (an unknown wrapper was called)
  bool follows = false;  // in the session of the text before it
  std::vector<std::string> views = {};  // temporary ones that the program has made of something else than SQL
};

// One end of a transfer.
struct Endpoint {
  enum class Kind : uint8_t { kTable, kPath, kExternal };
  Kind kind = Kind::kPath;
  std::string name;  // "db.table", "/warehouse/path", "mysql://host/db.table"
  bool operator==(const Endpoint&) const = default;
};

// A tool moved rows without SQL: sqoop, datax, distcp, hadoop fs.
struct Transfer {
  enum class Kind : uint8_t { kImport, kExport, kCopy };
  Kind kind = Kind::kCopy;
  std::string tool;  // "sqoop import"
  std::vector<Endpoint> reads;
  std::vector<Endpoint> writes;
  Place place;
  bool from_queries = false;  // what is written comes from the job's queries and reads, which is not followed
};

// A program that cannot be read: its lineage must be declared.
struct Program {
  enum class Kind : uint8_t { kJar, kMapReduce, kScript };
  Kind kind = Kind::kJar;
  std::string tool;  // "spark-submit", "hadoop jar", "python"
  std::string name;  // main class, or the file
  std::vector<std::string> arguments;
  Place place;
};

// What could not be read, with its reason.
struct Diagnostic {
  enum class Kind : uint8_t {
    kUnread,  // something that may read or write tables was not understood: lineage is not complete
    kOpen,    // a name stays a pattern: a variable has no value
    kNote,    // worth knowing, lineage is complete
  };
  Kind kind = Kind::kUnread;
  Place place;
  std::string message;  // what, and what to do
};
const char* DiagnosticKindName(Diagnostic::Kind kind);

struct ScriptFacts {
  std::vector<std::string> files;    // FileId → path; every file that was read
  std::vector<std::string> missing;  // names that no scanned file has, sorted
  std::vector<std::string> lookups;  // every name that was looked up, sorted
  std::vector<SqlText> sql;          // in the order they run
  std::vector<Transfer> transfers;
  std::vector<Program> programs;
  std::vector<Diagnostic> diagnostics;
};

}  // namespace godwit::sources
