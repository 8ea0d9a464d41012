// planner/workload.h — what planning knows of a warehouse, as plain values: its tables, the jobs that read
// and write them, who owns what and when jobs run. Filled from a .lg graph (graph_file.h), a workload file
// (workload_json.h) or lineage; every value can be written as text (docs/workload_format.md) and read back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace godwit::planner {

enum class TableId : uint32_t {};     // position in Workload::tables
enum class JobId : uint32_t {};       // position in Workload::jobs
enum class LabelId : uint32_t {};     // position in Workload::labels; 0 is the empty label: not known
enum class ScheduleId : uint32_t {};  // position in Workload::schedules; 0 is the empty schedule: not known

template <typename Id>
constexpr uint32_t Index(Id id) {
  return static_cast<uint32_t>(id);
}

// What becomes of a table.
enum class Residence : uint8_t {
  kMoves,
  kStays,     // excluded by the user: it is not copied, and its readers reach back for it
  kExternal,  // on neither site, such as a source system: reading it costs the same from both
};

struct Table {
  std::string
      name;  // "db.name"; empty for all tables of a graph without names, whose index then stands for them
  int64_t bytes = 0;
  int64_t changed_bytes_per_day = 0;
  LabelId owner{};
  LabelId group{};         // business domain, dataset
  int16_t layer = 0;       // 0 ODS, 1 DWD, 2 DWS, 3 ADS
  int16_t priority = 0;    // higher moves earlier where that costs nothing, see docs/planning.md
  int32_t partitions = 0;  // 0: not known or not partitioned
  Residence residence = Residence::kMoves;
  bool unknown_upstream = false;  // some writer could not be read: what it reads is not known
};

enum class JobType : uint8_t { kImport, kSql, kJar, kExport, kView, kMapReduce, kScript };

// Whether a job may run on both sites for the same due date. Unknown is treated as no, and said so.
enum class Repeatability : uint8_t { kUnknown, kIdempotent, kNonIdempotent };

struct Job {
  std::string name;  // empty like a table's
  JobType type = JobType::kSql;
  Repeatability repeatability = Repeatability::kUnknown;
  std::vector<std::string> hazards;  // why two runs for one date may give different rows
  int16_t priority = 0;
  int32_t run_seconds = 0;      // typical (median)
  int32_t run_seconds_p95 = 0;  // 0: not known
  LabelId workflow{};
  LabelId owner{};
  ScheduleId schedule{};
};

enum class AccessKind : uint8_t { kRead, kWrite };

// Where an access is known from.
enum class Provenance : uint8_t { kParsed, kDeclared, kScheduler, kLog, kGuessed };

struct Access {
  JobId job;
  TableId table;
  AccessKind kind = AccessKind::kRead;
  Provenance provenance = Provenance::kParsed;
  bool hard = false;          // the job must never move before the table (a read), whatever that costs
  int64_t bytes_per_day = 0;  // estimate
};

// One observed run.
struct JobRun {
  JobId job;
  int64_t start = 0;  // seconds since 1970-01-01 UTC
  int32_t seconds = 0;
};

struct Workload {
  std::vector<Table> tables;  // sorted by name where they have names
  std::vector<Job> jobs;      // sorted by name where they have names
  std::vector<Access> accesses;
  std::vector<JobRun> runs;                   // history; sorted by job, then start
  std::vector<std::string> labels = {""};     // owners, workflows, groups
  std::vector<std::string> schedules = {""};  // cron lines (schedule.h), UTC

  const Table& table(TableId id) const { return tables[Index(id)]; }
  const Job& job(JobId id) const { return jobs[Index(id)]; }
  const std::string& label(LabelId id) const { return labels[Index(id)]; }
  const std::string& schedule(ScheduleId id) const { return schedules[Index(id)]; }
};

// Whether tables and jobs have names; else their numbers stand for them.
bool IsNamed(const Workload& workload);

// The table's name, or "table 17" where the workload has no names. Likewise for jobs.
std::string TableName(const Workload& workload, TableId id);
std::string JobName(const Workload& workload, JobId id);

// Checks what the reader of a workload cannot know from one line: ids in range, names sorted and unique (all
// or none), no negative sizes, schedules that parse. Errors: kInvalidInput, naming the first offender. O(n
// log n).
Status CheckWorkload(const Workload& workload);

}  // namespace godwit::planner
