#include "cli/diagnose_sites.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "cli/hadoop_world.h"
#include "cli/opened_world.h"
#include "executor/adapters/distcp/diagnose_distcp.h"
#include "executor/adapters/local/local_site.h"

namespace godwit::cli {
namespace {

namespace local = executor::local;
using executor::Finding;
using executor::Severity;

constexpr double kFreeShareMin = 0.1;
constexpr size_t kJobsNamed = 10;

using Findings = std::vector<Finding>;

// What is seen of one site, of whatever kind.
struct Seen {
  Findings findings;
  std::string catalog;                           // identity; "" if it did not answer
  std::string cluster;                           // Hadoop: HDFS cluster id
  std::map<std::string, std::string> databases;  // Hadoop: those that are there, and their locations
  std::shared_ptr<local::LocalSite> jobs;
};

void Add(Findings& findings, Severity severity, std::string check, std::string text,
         std::string remedy = "") {
  findings.push_back({severity, std::move(check), std::move(text), std::move(remedy)});
}

std::vector<std::string> DatabasesOf(executor::Catalog& catalog) {
  const auto tables = catalog.ListTables();
  std::set<std::string> names;
  if (tables.ok()) {
    for (const executor::TableName& table : *tables) names.insert(table.db);
  }
  return {names.begin(), names.end()};
}

// The folder in which a scheduler keeps its jobs, whatever the site's kind.
void OpenJobs(const std::string& root, Seen& seen) {
  Result<std::unique_ptr<local::LocalSite>> opened = local::LocalSite::Open(root);
  if (!opened.ok()) {
    return Add(seen.findings, Severity::kProblem, "scheduler.connection", opened.error().message,
               fmt::format("make it: godwit local init {} --jobs jobs.yaml --cursor DATE", root));
  }
  seen.jobs = *std::move(opened);
  if (access((root + "/site.db").c_str(), R_OK | W_OK) != 0) {
    Add(seen.findings, Severity::kProblem, "scheduler.permission", root + "/site.db cannot be written",
        "run godwit as the folder's owner: pausing a job is a write");
  }
  const auto jobs = seen.jobs->Ports().scheduler.ListJobs();
  if (!jobs.ok()) return Add(seen.findings, Severity::kProblem, "scheduler.connection", jobs.error().message);
  Add(seen.findings, Severity::kGood, "scheduler.connection",
      fmt::format("the scheduler in {} knows {} jobs", root, jobs->size()));
}

void CheckLocalEngine(local::SiteDb& db, Findings& findings) {
  for (const char* setting : {"engine", "python"}) {
    const Result<std::string> path = db.Setting(setting);
    std::error_code error;
    if (!path.ok() || path->empty()) continue;
    const bool there = std::filesystem::exists(*path, error);
    Add(findings, there ? Severity::kGood : Severity::kProblem, std::string("query_engine.") + setting,
        fmt::format("{} {}", *path, there ? "is there" : "is not there"),
        there ? "" : "make the site with --engine and --python of this machine");
  }
}

void CheckLocalSpace(executor::Storage& storage, const std::string& root, Findings& findings) {
  const auto space = storage.Space(root);
  if (!space.ok()) return Add(findings, Severity::kProblem, "storage.space", space.error().message);
  const bool low =
      static_cast<double>(space->bytes_free) < kFreeShareMin * static_cast<double>(space->bytes_total);
  Add(findings, low ? Severity::kWarning : Severity::kGood, "storage.space",
      fmt::format("{}: {} MB free of {} MB", root, space->bytes_free >> 20, space->bytes_total >> 20),
      low ? "free space before copying" : "");
}

Seen LookAtLocal(const config::SiteSettings& site) {
  Seen seen;
  OpenJobs(site.root, seen);
  if (!seen.jobs) return seen;
  executor::Site ports = seen.jobs->Ports();
  CheckLocalEngine(*seen.jobs->db(), seen.findings);
  CheckLocalSpace(ports.storage, site.root, seen.findings);
  if (const auto identity = ports.catalog.Identity(); identity.ok()) seen.catalog = *identity;
  return seen;
}

// Every folder from a location up to its file system.
std::vector<std::string> FoldersTo(const std::string& location) {
  const size_t authority =
      location.find("://") == location.npos ? 0 : location.find('/', location.find("://") + 3);
  std::vector<std::string> folders;
  for (std::string folder = location; folder.size() > authority && authority != location.npos;
       folder.resize(folder.rfind('/'))) {
    folders.push_back(folder);
  }
  return folders;
}

// Whether what the plan copies fits: free space and quotas of each folder on the way, over all databases
// below it. Of folders in one another the deepest that is too small is named.
void CheckRoom(executor::Storage& storage, const std::map<std::string, std::string>& planned,
               const Moving& moving, Findings& findings) {
  std::map<std::string, int64_t> needed;
  int64_t total = 0;
  for (const auto& [database, location] : planned) {
    const auto bytes = moving.bytes.find(database);
    if (bytes == moving.bytes.end()) continue;
    total += bytes->second;
    for (const std::string& folder : FoldersTo(location)) needed[folder] += bytes->second;
  }
  std::set<std::string> too_small;
  for (auto it = needed.rbegin(); it != needed.rend(); ++it) {  // what lies in a folder comes before it
    const auto& [folder, bytes] = *it;
    const auto below = too_small.lower_bound(folder + "/");
    if (below != too_small.end() && below->starts_with(folder + "/")) continue;
    const auto space = storage.Space(folder);
    if (!space.ok() || space->bytes_free >= bytes) continue;
    too_small.insert(folder);
    Add(findings, Severity::kProblem, "hdfs.room",
        fmt::format("{}: the plan copies {} MB here, and {} MB are free, replication and quotas counted",
                    folder, (bytes >> 20) + 1, space->bytes_free >> 20),
        "free space, or raise the quota: a copy that meets it fails");
  }
  if (!needed.empty() && too_small.empty()) {
    Add(findings, Severity::kGood, "hdfs.room", fmt::format("the {} MB of the plan fit", (total >> 20) + 1));
  }
}

Seen LookAtHadoop(const config::SiteSettings& site, const Moving& moving,
                  const std::map<std::string, std::string>& planned, Timestamp now) {
  Seen seen;
  const Result<std::unique_ptr<HadoopSite>> opened = OpenHadoopParts(site);
  if (opened.ok()) {
    HadoopSite& hadoop = **opened;
    const std::vector<std::string> databases =
        moving.databases.empty() ? DatabasesOf(hadoop.catalog()) : moving.databases;
    std::vector<std::string> locations;
    for (const auto& [name, location] : planned) locations.push_back(location);
    HadoopSite::Diagnosis diagnosis = hadoop.Diagnose(databases, locations, now);
    seen.findings = std::move(diagnosis.findings);
    CheckRoom(hadoop.storage(), planned, moving, seen.findings);
    seen.cluster = diagnosis.cluster;
    seen.catalog = diagnosis.catalog;
    seen.databases = std::move(diagnosis.databases);
  } else {
    Add(seen.findings, Severity::kProblem, "configuration", opened.error().message,
        "correct it in godwit.yaml");
  }
  OpenJobs(site.hadoop.scheduler_root, seen);
  return seen;
}

// Where the source's databases will come to lie; without those that lie nowhere: their units are held, and
// say so.
std::map<std::string, std::string> PlannedLocations(const config::Settings& settings,
                                                    const std::map<std::string, std::string>& databases) {
  const executor::LocationMap map = PolicyOf(settings).location_map;
  std::map<std::string, std::string> planned;
  for (const auto& [name, location] : databases) {
    const auto there = executor::MapLocation(map, location, executor::Side::kTarget);
    if (there) planned[name] = *there;
  }
  return planned;
}

std::string Names(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kJobsNamed);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

// A job must be there twice, and run once.
void CompareJobs(executor::Scheduler& source, executor::Scheduler& target, Findings& findings) {
  const auto jobs = source.ListJobs();
  if (!jobs.ok()) return;
  std::vector<std::string> missing, twice;
  for (const std::string& job : *jobs) {
    const auto here = source.GetJob(job), there = target.GetJob(job);
    if (!here.ok() || !there.ok()) continue;
    if (!there->exists) missing.push_back(job);
    if (there->exists && !there->paused && !here->paused) twice.push_back(job);
  }
  if (!missing.empty()) {
    Add(findings, Severity::kProblem, "scheduler.jobs",
        fmt::format("{} jobs of the source are not at the target: {}", missing.size(), Names(missing)),
        "deploy them there, paused, before their unit is moved");
  }
  if (!twice.empty()) {
    Add(findings, Severity::kWarning, "scheduler.jobs",
        fmt::format("{} jobs run at both sites: {}", twice.size(), Names(twice)),
        "pause them at the target, unless they are in dual run");
  }
  if (missing.empty() && twice.empty()) {
    Add(findings, Severity::kGood, "scheduler.jobs",
        fmt::format("all {} jobs are at both sites, and run at one", jobs->size()));
  }
}

Findings CompareSites(const Seen& source, const Seen& target) {
  Findings findings =
      DiagnosePair({{}, source.cluster, source.catalog, {}}, {{}, target.cluster, target.catalog, {}});
  if (source.jobs && target.jobs)
    CompareJobs(source.jobs->Ports().scheduler, target.jobs->Ports().scheduler, findings);
  return findings;
}

// Journal and lock: made by the first apply, so only where they would be made is looked at.
Findings CheckState(const std::string& folder) {
  Findings findings;
  std::error_code error;
  std::filesystem::path there = folder;
  while (there.has_relative_path() && !std::filesystem::exists(there, error)) there = there.parent_path();
  const bool writable = access(there.c_str(), W_OK | X_OK) == 0;
  Add(findings, writable ? Severity::kGood : Severity::kProblem, "state.folder",
      fmt::format("{} {} be written", there.string(), writable ? "can" : "cannot"),
      writable ? "" : "run godwit as the owner of its state");
  const auto space = std::filesystem::space(there, error);
  const bool low = !error && space.available < (uint64_t{1} << 30);
  if (low) {
    Add(findings, Severity::kWarning, "state.space",
        fmt::format("{} MB are free for the journal in {}", space.available >> 20, there.string()),
        "free some: without room for a record godwit stops");
  }
  return findings;
}

void Put(const char* place, Findings from, std::vector<PlacedFinding>& into) {
  for (Finding& finding : from) into.push_back({place, std::move(finding)});
}

}  // namespace

std::vector<PlacedFinding> DiagnoseSites(const config::Settings& settings, Moving moving, Timestamp now) {
  const bool hadoop = settings.source->kind == "hadoop";
  Seen source = hadoop ? LookAtHadoop(*settings.source, moving, {}, now) : LookAtLocal(*settings.source);
  const std::map<std::string, std::string> planned = PlannedLocations(settings, source.databases);
  Seen target = hadoop ? LookAtHadoop(*settings.target, moving, planned, now) : LookAtLocal(*settings.target);
  std::vector<PlacedFinding> findings;
  Put("state", CheckState(settings.state_folder), findings);
  Put("both", CompareSites(source, target), findings);
  Put("source", std::move(source.findings), findings);
  Put("target", std::move(target.findings), findings);
  if (settings.distcp) Put("copies", executor::DiagnoseDistcp(DistcpConfigOf(*settings.distcp)), findings);
  return findings;
}

}  // namespace godwit::cli
