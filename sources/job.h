// sources/job.h — jobs: what a scheduler or a lone script runs, with the facts of everything that it runs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sources/definition.h"
#include "sources/source_tree.h"

namespace godwit::sources {

struct Job {
  std::string name;  // "workflow.task", a name that is unique alone, or the script's path; unique in a scan
  std::string workflow;  // empty for a script that no scheduler names
  std::string owner;
  std::string schedule;
  JobKind kind = JobKind::kSql;
  std::vector<std::string> upstream;   // names of jobs as the scheduler orders them, sorted
  std::vector<std::string> waits_for;  // tables, as the scheduler writes them
  std::string file;                    // that defines it
  uint32_t line = 1;
  std::vector<std::string> declared_reads;
  std::vector<std::string> declared_writes;
  bool declared = false;
  ScriptFacts facts;  // files[0] is `file`
};

struct SourceOptions {
  Variables variables;            // for every script
  Engine engine = Engine::kHive;  // of .sql files that nobody calls; .hql is always Hive's
  std::string database;           // of sessions that do not say
};

// Something to read into one job: a scheduler's definition, or a script that none names.
struct JobSource {
  std::string file;
  size_t file_index = 0;
  Definition definition;
  bool lone = false;
  std::vector<std::string> files;  // FileId → path in the definition's places; the first is `file`
};

// The job that a source makes, all its scripts read. Pure; safe from several threads.
Job ReadJob(const SourceTree& tree, const JobSource& source, const SourceOptions& options);

// What files define jobs, by name and content: jobs.yaml, Airflow, DolphinScheduler, Azkaban, Oozie, dbt …
struct SchedulerReading {
  std::vector<JobSource> sources;
  std::vector<std::pair<std::string, Diagnostic>> diagnostics;  // by file
  std::vector<std::string> files;                               // that were read as scheduler files, sorted
};
// Errors: kInvalidInput for a broken jobs.yaml, which is godwit's own; another scheduler's is a diagnostic.
// Python files are parsed here, so cost grows with them.
Result<SchedulerReading> ReadSchedulerFiles(const SourceTree& tree, const SourceOptions& options);

// What reading a source showed of it as a job.
struct Footprint {
  std::vector<std::string> files;  // that it read, its own too
  bool nothing = false;            // it hands nothing to anyone: a library, or a program of another kind
};

// Reads everything in three rounds: what schedulers name; then shell and Python scripts that no scheduler's
// job read; then SQL files that nobody read. `read` reads a round's sources, in any order, and gives their
// footprints in theirs. Returns the sources that are jobs, sorted by name: a lone script that another one
// runs, or that hands nothing to anyone, is none.
std::vector<JobSource> ReadInRounds(
    const SourceTree& tree, const SchedulerReading& scheduled,
    const std::function<std::vector<Footprint>(const std::vector<JobSource>&)>& read);

Footprint FootprintOf(const Job& job);

// May a file of this name be a job of its own: a shell script, a Python program, SQL.
bool IsScript(const std::string& path);

// The job's name in the scan: "workflow.task", or the script's path.
std::string JobName(const Definition& definition);

}  // namespace godwit::sources
