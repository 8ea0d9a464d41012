// sources/definition.h — what a scheduler's file says of one job, before the job's scripts are read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sources/facts.h"

namespace godwit::sources {

enum class JobKind : uint8_t { kSql, kImport, kExport, kJar, kMapReduce, kScript, kView };
const char* JobKindName(JobKind kind);  // "sql", "import", …
std::optional<JobKind> JobKindOf(const std::string& name);

// One thing that a job does.
struct Work {
  enum class Kind : uint8_t {
    kCommand,   // text is a shell command line
    kSql,       // text is SQL for `engine`
    kSqlFile,   // text names a file of SQL for `engine`
    kScript,    // text names a shell script; `arguments` are its words
    kTransfer,  // rows move without SQL
    kProgram,   // cannot be read
    kNothing,   // a marker without effect
  };
  Kind kind = Kind::kCommand;
  Engine engine = Engine::kHive;
  TracedText text;
  std::vector<std::string> arguments;
  std::string database;
  Transfer transfer;
  Program program;
  Variables variables;  // for this work alone, before the job's
};

// `text` places and diagnostics have FileId 0: the defining file.
struct Definition {
  std::string name;         // without the workflow
  bool plain_name = false;  // the name alone is unique: the job is not named after its workflow too
  std::string workflow;
  std::string owner;
  std::string schedule;                // as the scheduler writes it
  std::optional<JobKind> kind;         // where the file says it
  std::vector<std::string> upstream;   // "task" of the same workflow, or "workflow.task"
  std::vector<std::string> waits_for;  // tables that must be complete before the job runs
  std::vector<Work> work;
  Variables variables;
  std::vector<std::string> reads;  // declared with the job
  std::vector<std::string> writes;
  bool declared = false;  // reads and writes are all there is
  uint32_t line = 1;
};

// What one file defines. A file that is broken gives a diagnostic and what was read before.
struct Definitions {
  std::vector<Definition> jobs;
  std::vector<Diagnostic> diagnostics;
  std::vector<std::string> files;  // others that were read: properties, included workflows
};

}  // namespace godwit::sources
