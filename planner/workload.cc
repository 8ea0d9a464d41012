#include "planner/workload.h"

#include <fmt/format.h>

#include "planner/cron.h"

namespace godwit::planner {
namespace {

// "table `mart.daily`", or "table 17" where there are no names.
std::string NameOr(const char* kind, const std::string& name, uint32_t index) {
  return name.empty() ? fmt::format("{} {}", kind, index) : name;
}

// All named and in strictly rising order, or none named.
template <typename Thing>
Status CheckNames(const char* kind, const std::vector<Thing>& things) {
  for (size_t i = 1; i < things.size(); ++i) {
    const std::string& before = things[i - 1].name;
    const std::string& name = things[i].name;
    if (before.empty() && name.empty()) continue;
    if (before.empty() || name.empty()) {
      return InvalidInput(
          fmt::format("{} {} has no name but others do: name all or none", kind, name.empty() ? i : i - 1));
    }
    if (before == name) return InvalidInput(fmt::format("{} {} is there twice: remove one", kind, name));
    if (before > name)
      return InvalidInput(fmt::format("{} {} comes after {}: sort by name", kind, name, before));
  }
  return Ok();
}

constexpr int64_t kBytesMax = 1'000'000'000'000'000'000;  // of all tables together: 1 EB, so that sums fit

Status CheckSchedules(const Workload& workload) {
  for (const std::string& schedule : workload.schedules) {
    if (schedule.empty()) continue;
    const Result<std::vector<int>> starts = StartsOfWeek(schedule);
    if (!starts.ok()) return starts.error();
  }
  return Ok();
}

Status CheckTables(const Workload& workload) {
  int64_t bytes_left = kBytesMax;
  for (size_t i = 0; i < workload.tables.size(); ++i) {
    const Table& table = workload.tables[i];
    const std::string name = NameOr("table", table.name, i);
    if (table.bytes < 0 || table.changed_bytes_per_day < 0) {
      return InvalidInput(name + ": a negative size: give bytes, or 0 where it is not known");
    }
    if (table.bytes > bytes_left || table.changed_bytes_per_day > kBytesMax) {
      return InvalidInput(name + ": with it the tables hold more than 1 EB: check its size");
    }
    bytes_left -= table.bytes;
    if (Index(table.owner) >= workload.labels.size() || Index(table.group) >= workload.labels.size()) {
      return InvalidInput(name + ": its owner or group is not among the labels");
    }
  }
  return Ok();
}

Status CheckJobs(const Workload& workload) {
  for (size_t i = 0; i < workload.jobs.size(); ++i) {
    const Job& job = workload.jobs[i];
    const std::string name = NameOr("job", job.name, i);
    if (job.run_seconds < 0 || job.run_seconds_p95 < 0) return InvalidInput(name + ": a negative run time");
    if (Index(job.owner) >= workload.labels.size() || Index(job.workflow) >= workload.labels.size()) {
      return InvalidInput(name + ": its owner or workflow is not among the labels");
    }
    if (Index(job.schedule) >= workload.schedules.size()) return InvalidInput(name + ": no such schedule");
  }
  return Ok();
}

Status CheckAccesses(const Workload& workload) {
  for (const Access& access : workload.accesses) {
    if (Index(access.table) >= workload.tables.size() || Index(access.job) >= workload.jobs.size()) {
      return InvalidInput(fmt::format("an access of job {} to table {}: no such job or table",
                                      Index(access.job), Index(access.table)));
    }
    if (access.bytes_per_day < 0 || access.bytes_per_day > kBytesMax) {
      return InvalidInput(JobName(workload, access.job) + ": bytes per day that are negative or above 1 EB");
    }
  }
  for (const JobRun& run : workload.runs) {
    if (Index(run.job) >= workload.jobs.size())
      return InvalidInput(fmt::format("a run of job {}: no such job", Index(run.job)));
  }
  return Ok();
}

}  // namespace

bool IsNamed(const Workload& workload) {
  return (!workload.tables.empty() && !workload.tables.front().name.empty()) ||
         (!workload.jobs.empty() && !workload.jobs.front().name.empty());
}

std::string TableName(const Workload& workload, TableId id) {
  return NameOr("table", workload.table(id).name, Index(id));
}

std::string JobName(const Workload& workload, JobId id) {
  return NameOr("job", workload.job(id).name, Index(id));
}

Status CheckWorkload(const Workload& workload) {
  GODWIT_TRY(CheckNames("table", workload.tables));
  GODWIT_TRY(CheckNames("job", workload.jobs));
  GODWIT_TRY(CheckSchedules(workload));
  GODWIT_TRY(CheckTables(workload));
  GODWIT_TRY(CheckJobs(workload));
  return CheckAccesses(workload);
}

}  // namespace godwit::planner
