#include "cli/local_jobs.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/text_file.h"
#include "sources/jobs_yaml.h"

namespace godwit::cli {
namespace {

namespace fs = std::filesystem;
namespace local = executor::local;

Status CopyFolder(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::copy(from.empty() ? "." : from, to, fs::copy_options::recursive, error);
  if (error) return InvalidInput(fmt::format("copy {} to {}: {}", from, to, error.message()));
  return Ok();
}

}  // namespace

Result<std::vector<local::LocalJob>> ReadLocalJobs(const std::string& path, const std::string& cursor,
                                                   bool paused) {
  GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(path));
  GODWIT_TRY_ASSIGN(const std::vector<sources::ScheduledJob> scheduled,
                    sources::ReadScheduledJobs(path, text));
  const fs::path folder = fs::path(path).parent_path();
  std::vector<local::LocalJob> jobs;
  for (const sources::ScheduledJob& each : scheduled) {
    local::LocalJob job;
    job.name = each.name;
    job.workflow = each.workflow;
    job.kind = sources::JobKindName(each.kind);
    job.owner = each.owner;
    job.command = each.command;
    job.at = each.at;
    job.waits_for = each.waits_for;
    job.paused = paused;
    job.cursor = cursor;
    const std::string place = fmt::format("{}:{}", path, each.line);
    if (Status checked = local::CheckJob(job); !checked.ok()) return Within(place, checked.error());
    std::error_code error;
    if (!fs::is_regular_file(folder / each.script, error)) {
      return InvalidInput(fmt::format("{}: {} is no file beside it", place, each.script));
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

Status DeployJobs(local::SiteDb& site, const std::string& jobs_yaml,
                  const std::vector<local::LocalJob>& jobs) {
  const std::string folder = site.root() + "/jobs";
  std::error_code error;
  if (fs::exists(folder, error)) return Conflict(fmt::format("{}: there are jobs already", folder));
  GODWIT_TRY(CopyFolder(fs::path(jobs_yaml).parent_path().string(), folder));
  return site.Write([&](local::Database& db) -> Status {
    for (const local::LocalJob& job : jobs) GODWIT_TRY(local::WriteJob(db, job));
    return Ok();
  });
}

}  // namespace godwit::cli
