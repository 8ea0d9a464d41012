#include "planner/from_lineage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <sstream>
#include <unordered_map>

#include "lineage/lint.h"
#include "lineage/run_mode.h"
#include "planner/cron.h"

namespace godwit::planner {
namespace {

// Texts by position, each once; the first one is empty.
template <typename Id>
class TextPool {
 public:
  explicit TextPool(std::vector<std::string>& texts) : texts_(texts) {}
  Id At(const std::string& text) {
    if (text.empty()) return Id(0);
    const auto [at, added] = known_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
    if (added) texts_.push_back(text);
    return Id(at->second);
  }

 private:
  std::vector<std::string>& texts_;
  std::unordered_map<std::string, uint32_t> known_;
};

JobType TypeOf(sources::JobKind kind) {
  switch (kind) {
    case sources::JobKind::kSql: return JobType::kSql;
    case sources::JobKind::kImport: return JobType::kImport;
    case sources::JobKind::kExport: return JobType::kExport;
    case sources::JobKind::kJar: return JobType::kJar;
    case sources::JobKind::kMapReduce: return JobType::kMapReduce;
    case sources::JobKind::kScript: return JobType::kScript;
    case sources::JobKind::kView: return JobType::kView;
  }
  return JobType::kScript;
}

Repeatability RepeatabilityOf(lineage::Repeatable repeatable) {
  switch (repeatable) {
    case lineage::Repeatable::kUnknown: return Repeatability::kUnknown;
    case lineage::Repeatable::kYes: return Repeatability::kIdempotent;
    case lineage::Repeatable::kNo: return Repeatability::kNonIdempotent;
  }
  return Repeatability::kUnknown;
}

// The layer that a database or table prefix names.
int16_t LayerOf(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, int16_t>, 9> kLayers = {{{"ods", 0},
                                                                            {"staging", 0},
                                                                            {"stg", 0},
                                                                            {"dim", 1},
                                                                            {"dwd", 1},
                                                                            {"dws", 2},
                                                                            {"dwt", 2},
                                                                            {"ads", 3},
                                                                            {"rpt", 3}}};
  const size_t dot = name.find('.');
  for (const std::string& part : {name, dot == std::string::npos ? name : name.substr(dot + 1)}) {
    for (const auto& [prefix, layer] : kLayers) {
      const bool whole =
          part.size() > prefix.size() && (part[prefix.size()] == '_' || part[prefix.size()] == '.');
      if (part.starts_with(prefix) && whole) return layer;
    }
  }
  return 0;
}

std::string DatabaseOf(const std::string& name) {
  const size_t dot = name.find('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

struct RunTimes {
  int32_t median = 0;
  int32_t p95 = 0;
};

// Run times of each job and the history itself.
std::map<std::string, RunTimes> AddRuns(const lineage::Scan& scan, const lineage::Graph& graph,
                                        Workload& workload) {
  std::map<std::string, std::vector<int32_t>> seconds;
  for (const lineage::CatalogRun& run : scan.snapshot.runs) {
    const lineage::Job* job = graph.FindJob(run.job);
    if (job == nullptr) continue;
    workload.runs.push_back({JobId(lineage::Index(graph.IdOf(*job))), run.start, run.seconds});
    seconds[run.job].push_back(run.seconds);
  }
  std::sort(workload.runs.begin(), workload.runs.end(), [](const JobRun& a, const JobRun& b) {
    return std::tie(a.job, a.start, a.seconds) < std::tie(b.job, b.start, b.seconds);
  });
  std::map<std::string, RunTimes> times;
  for (auto& [job, list] : seconds) {
    std::sort(list.begin(), list.end());
    times[job] = {list[list.size() / 2], list[list.size() * 95 / 100]};
  }
  return times;
}

// Why two runs of a job for one date may give different rows, by the job's name.
std::map<std::string, std::vector<std::string>> HazardsOf(const lineage::Scan& scan,
                                                          const lineage::Graph& graph) {
  std::map<std::string, std::vector<std::string>> hazards;
  for (const lineage::Finding& finding : lineage::Lint(scan, graph)) {
    if (!lineage::RowsMayDiffer(*finding.rule)) continue;
    hazards[finding.job].push_back(
        fmt::format("{} {} ({}:{})", finding.rule->code, finding.detail, finding.file, finding.line));
  }
  return hazards;
}

}  // namespace

std::string CronOf(const std::string& schedule) {
  std::vector<std::string> fields;
  std::istringstream words(schedule);
  for (std::string word; words >> word;) fields.push_back(word == "?" ? "*" : word);
  std::string cron = schedule;
  const auto digit = [&](size_t i) { return std::isdigit(static_cast<unsigned char>(schedule[i])) != 0; };
  if (schedule.size() == 5 && schedule[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    cron = fmt::format("{} {} * * *", std::stoi(schedule.substr(3)), std::stoi(schedule.substr(0, 2)));
  } else if (fields.size() == 6 || fields.size() == 7) {  // Quartz: seconds first, a year last
    cron = fmt::format("{}", fmt::join(fields.begin() + 1, fields.begin() + 6, " "));
  }
  return StartsOfWeek(cron).ok() ? cron : "";
}

Workload WorkloadOf(const lineage::Scan& scan, const lineage::Graph& graph) {
  Workload workload;
  TextPool<LabelId> labels(workload.labels);
  TextPool<ScheduleId> schedules(workload.schedules);
  for (const lineage::Table& table : graph.tables) {
    Table made;
    made.name = table.name;
    made.bytes = table.bytes;
    made.changed_bytes_per_day = table.changed_bytes_per_day;
    made.owner = labels.At(table.owner);
    made.group = labels.At(DatabaseOf(table.name));
    made.layer = LayerOf(table.name);
    made.partitions = static_cast<int32_t>(std::min<int64_t>(table.partitions, INT32_MAX));
    if (table.kind == lineage::TableKind::kExternal) made.residence = Residence::kExternal;
    made.unknown_upstream = table.unknown_upstream;
    workload.tables.push_back(std::move(made));
  }
  const std::vector<lineage::Advice> advice = lineage::AdviseRunModes(scan, graph);
  std::map<std::string, std::vector<std::string>> hazards = HazardsOf(scan, graph);
  const std::map<std::string, RunTimes> times = AddRuns(scan, graph, workload);
  for (size_t i = 0; i < graph.jobs.size(); ++i) {
    const lineage::Job& job = graph.jobs[i];
    Job made;
    made.name = job.name;
    made.type = TypeOf(job.kind);
    made.repeatability = RepeatabilityOf(advice[i].repeatable);
    made.hazards = std::move(hazards[job.name]);
    if (const auto found = times.find(job.name); found != times.end()) {
      made.run_seconds = found->second.median;
      made.run_seconds_p95 = found->second.p95;
    }
    made.workflow = labels.At(job.workflow);
    made.owner = labels.At(job.owner);
    made.schedule = schedules.At(CronOf(job.schedule));
    workload.jobs.push_back(std::move(made));
  }
  std::map<lineage::TableId, int64_t> writers;
  for (const lineage::Access& access : graph.accesses)
    writers[access.table] += access.kind == lineage::AccessKind::kWrite ? 1 : 0;
  std::map<std::tuple<JobId, TableId, AccessKind>, Access>
      merged;  // a table read straight and through a view is one access
  for (const lineage::Access& access : graph.accesses) {
    const lineage::Table& table = graph.table(access.table);
    const lineage::Job& job = graph.job(access.job);
    const bool write = access.kind == lineage::AccessKind::kWrite;
    Access made;
    made.job = JobId(lineage::Index(access.job));
    made.table = TableId(lineage::Index(access.table));
    made.kind = write ? AccessKind::kWrite : AccessKind::kRead;
    made.provenance = static_cast<Provenance>(access.provenance.Best());
    made.hard = !write && (job.opaque || job.unread || job.kind == sources::JobKind::kExport);
    made.bytes_per_day = write ? table.changed_bytes_per_day / std::max<int64_t>(1, writers[access.table])
                         : access.whole_table ? table.bytes
                                              : table.changed_bytes_per_day;
    const auto [at, added] = merged.try_emplace({made.job, made.table, made.kind}, made);
    if (!added) at->second.bytes_per_day = std::max(at->second.bytes_per_day, made.bytes_per_day);
  }
  for (const auto& [key, access] : merged) workload.accesses.push_back(access);
  return workload;
}

std::vector<FingerprintEntry> FingerprintOf(const lineage::Scan& scan) {
  std::vector<FingerprintEntry> entries;
  for (const lineage::ScannedFile& file : scan.files) entries.push_back({"file", file.path, file.digest});
  for (const std::string& root : scan.roots) entries.push_back({"root", root, ""});
  std::sort(entries.begin(), entries.end(), [](const FingerprintEntry& a, const FingerprintEntry& b) {
    return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
  });
  return entries;
}

}  // namespace godwit::planner
