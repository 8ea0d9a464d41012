// sources/jobs_yaml.h — jobs.yaml: workflows and jobs told by hand (docs/jobs_yaml.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sources/definition.h"

namespace godwit::sources {

// A job as the file says it; its workflow's owner and time where it has none of its own.
struct ScheduledJob {
  std::string name;
  std::string workflow;
  std::string owner;  // "" for nobody's
  JobKind kind = JobKind::kSql;
  std::string at;
  std::string script;                  // relative to the file's folder
  std::vector<std::string> command;    // "${due}" in a word stands for the due date
  std::vector<std::string> waits_for;  // "db.table" or "db.table@-1d"
  uint32_t line = 1;
  uint32_t command_line = 1;
};

// In the order of the file. Errors: kInvalidInput, every mistake at file:line:column.
Result<std::vector<ScheduledJob>> ReadScheduledJobs(const std::string& file, std::string_view text);

// The same as a source of lineage.
Result<Definitions> ReadJobsYaml(const std::string& file, std::string_view text);

}  // namespace godwit::sources
