#include "planner/workload_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "planner/json_read.h"
#include "planner/words.h"

namespace godwit::planner {
namespace {

// ---- writing

class WorkloadWriter {
 public:
  WorkloadWriter(const Workload& workload, const TextSink& sink) : workload_(workload), json_(sink) {
    accesses_.resize(workload.accesses.size());
    for (uint32_t i = 0; i < accesses_.size(); ++i) accesses_[i] = i;
    std::ranges::stable_sort(accesses_, {}, [&](uint32_t i) {
      return std::make_tuple(workload.accesses[i].job, workload.accesses[i].kind, workload.accesses[i].table);
    });
  }

  void Write() {
    json_.BeginObject();
    json_.Put("format", kWorkloadFormat);
    json_.Key("tables");
    json_.BeginList();
    for (const Table& table : workload_.tables) WriteTable(table);
    json_.EndList();
    json_.Key("jobs");
    json_.BeginList();
    for (uint32_t j = 0; j < workload_.jobs.size(); ++j) WriteJob(JobId{j});
    json_.EndList();
    json_.EndObject();
    json_.Finish();
  }

 private:
  // What is as by default is left out.
  template <typename Value>
  void PutUnless(const char* key, Value value, Value usual) {
    if (value != usual) json_.Put(key, value);
  }
  void PutText(const char* key, std::string_view text) {
    if (!text.empty()) json_.Put(key, text);
  }

  void WriteTable(const Table& table) {
    json_.BeginLineObject();
    PutText("name", table.name);
    json_.Put("bytes", table.bytes);
    json_.Put("changed_bytes_per_day", table.changed_bytes_per_day);
    PutText("owner", workload_.label(table.owner));
    PutText("group", workload_.label(table.group));
    PutUnless("layer", int32_t{table.layer}, 0);
    PutUnless("priority", int32_t{table.priority}, 0);
    PutUnless("partitions", table.partitions, 0);
    if (table.residence != Residence::kMoves) json_.Put("residence", WordOf(table.residence));
    PutUnless("unknown_upstream", table.unknown_upstream, false);
    json_.EndLineObject();
  }

  void WriteJob(JobId id) {
    const Job& job = workload_.job(id);
    json_.BeginLineObject();
    PutText("name", job.name);
    json_.Put("type", WordOf(job.type));
    if (job.repeatability != Repeatability::kUnknown) json_.Put("repeatability", WordOf(job.repeatability));
    if (!job.hazards.empty()) {
      json_.Key("hazards");
      json_.BeginLineList();
      for (const std::string& hazard : job.hazards) json_.Text(hazard);
      json_.EndLineList();
    }
    PutUnless("priority", int32_t{job.priority}, 0);
    PutUnless("run_s", job.run_seconds, 0);
    PutUnless("run_p95_s", job.run_seconds_p95, 0);
    PutText("workflow", workload_.label(job.workflow));
    PutText("owner", workload_.label(job.owner));
    PutText("schedule", workload_.schedule(job.schedule));
    WriteRuns(id);
    WriteAccesses("reads", id, AccessKind::kRead);
    WriteAccesses("writes", id, AccessKind::kWrite);
    json_.EndLineObject();
  }

  void WriteRuns(JobId job) {
    const auto runs = std::ranges::equal_range(workload_.runs, job, {}, &JobRun::job);
    if (runs.empty()) return;
    json_.Key("runs");
    json_.BeginList();
    for (const JobRun& run : runs) {
      json_.BeginList();
      json_.Number(run.start);
      json_.Number(int64_t{run.seconds});
      json_.EndList();
    }
    json_.EndList();
  }

  void WriteAccesses(const char* key, JobId job, AccessKind kind) {
    json_.Key(key);
    json_.BeginList();
    for (; next_ < accesses_.size(); ++next_) {
      const Access& access = workload_.accesses[accesses_[next_]];
      if (access.job != job || access.kind != kind) break;
      json_.BeginObject();
      const std::string& name = workload_.table(access.table).name;
      if (name.empty()) {
        json_.Put("table", int64_t{Index(access.table)});
      } else {
        json_.Put("table", name);
      }
      json_.Put("bytes_per_day", access.bytes_per_day);
      PutUnless("hard", access.hard, false);
      if (access.provenance != Provenance::kParsed) json_.Put("provenance", WordOf(access.provenance));
      json_.EndObject();
    }
    json_.EndList();
  }

  const Workload& workload_;
  JsonText json_;
  std::vector<uint32_t> accesses_;  // by job, kind, table
  size_t next_ = 0;
};

// ---- reading

class WorkloadReader {
 public:
  Workload Read(const JsonValue& document) {
    JsonFields in(document);
    std::string format;
    in.Need("format", format);
    if (!document.mistake().any() && format != kWorkloadFormat) {
      document.Wrong(fmt::format("format `{}` is not {}", format, kWorkloadFormat));
    }
    in.Each("tables", [&](const JsonValue& value) { ReadTable(value); });
    NameTables(document);
    in.Each("jobs", [&](const JsonValue& value) { ReadJob(value); });
    if (document.mistake().any()) return {};
    SortJobs();
    return std::move(workload_);
  }

 private:
  LabelId Label(JsonFields& in, const char* key) {
    std::string text;
    in.Get(key, text);
    const auto [place, added] = labels_.try_emplace(text, static_cast<uint32_t>(workload_.labels.size()));
    if (added) workload_.labels.push_back(text);
    return LabelId{place->second};
  }

  void ReadTable(const JsonValue& value) {
    JsonFields in(value);
    Table& table = workload_.tables.emplace_back();
    in.Get("name", table.name);
    in.Need("bytes", table.bytes);
    in.Get("changed_bytes_per_day", table.changed_bytes_per_day);
    table.owner = Label(in, "owner");
    table.group = Label(in, "group");
    in.Get("layer", table.layer);
    in.Get("priority", table.priority);
    in.Get("partitions", table.partitions);
    in.Get("residence", table.residence);
    in.Get("unknown_upstream", table.unknown_upstream);
  }

  void NameTables(const JsonValue& document) {
    std::ranges::stable_sort(workload_.tables, {}, &Table::name);
    for (uint32_t t = 0; t < workload_.tables.size(); ++t) {
      const std::string& name = workload_.tables[t].name;
      if (!name.empty() && !tables_.emplace(name, t).second)
        document.Wrong("the table " + name + " is there twice");
    }
  }

  void ReadJob(const JsonValue& value) {
    JsonFields in(value);
    const JobId id{static_cast<uint32_t>(workload_.jobs.size())};
    Job& job = workload_.jobs.emplace_back();
    in.Get("name", job.name);
    in.Get("type", job.type);
    in.Get("repeatability", job.repeatability);
    in.Each("hazards", [&](const JsonValue& hazard) { hazard.To(job.hazards.emplace_back()); });
    in.Get("priority", job.priority);
    in.Get("run_s", job.run_seconds);
    in.Get("run_p95_s", job.run_seconds_p95);
    job.workflow = Label(in, "workflow");
    job.owner = Label(in, "owner");
    std::string schedule;
    in.Get("schedule", schedule);
    const auto [place, added] =
        schedules_.try_emplace(schedule, static_cast<uint32_t>(workload_.schedules.size()));
    if (added) workload_.schedules.push_back(schedule);
    job.schedule = ScheduleId{place->second};
    in.Each("runs", [&](const JsonValue& run) { ReadRun(run, id); });
    in.Each("reads", [&](const JsonValue& access) { ReadAccess(access, id, AccessKind::kRead); });
    in.Each("writes", [&](const JsonValue& access) { ReadAccess(access, id, AccessKind::kWrite); });
  }

  void ReadRun(const JsonValue& value, JobId job) {
    simdjson::dom::array pair;
    if (value.json().get_array().get(pair) || pair.size() != 2)
      return value.Wrong("[start, seconds] is expected");
    JobRun& run = workload_.runs.emplace_back();
    run.job = job;
    JsonValue(pair.at(0).value_unsafe(), value, size_t{0}).To(run.start);
    JsonValue(pair.at(1).value_unsafe(), value, size_t{1}).To(run.seconds);
  }

  void ReadAccess(const JsonValue& value, JobId job, AccessKind kind) {
    JsonFields in(value);
    Access& access = workload_.accesses.emplace_back();
    access.job = job;
    access.kind = kind;
    if (!in.With("table", [&](const JsonValue& table) { access.table = FindTable(table); })) {
      value.Wrong("`table` is missing");
    }
    in.Get("bytes_per_day", access.bytes_per_day);
    in.Get("hard", access.hard);
    in.Get("provenance", access.provenance);
  }

  TableId FindTable(const JsonValue& value) {
    if (value.IsNumber()) {
      int64_t number = 0;
      value.To(number);
      if (number < 0 || number >= static_cast<int64_t>(workload_.tables.size()))
        value.Wrong("there is no such table");
      return TableId{static_cast<uint32_t>(number)};
    }
    std::string name;
    value.To(name);
    const auto found = tables_.find(name);
    if (found != tables_.end()) return TableId{found->second};
    value.Wrong(fmt::format("there is no table `{}` among the tables", name));
    return TableId{};
  }

  void SortJobs() {
    std::vector<uint32_t> order(workload_.jobs.size());
    for (uint32_t j = 0; j < order.size(); ++j) order[j] = j;
    std::ranges::stable_sort(order, {}, [&](uint32_t j) { return std::string_view(workload_.jobs[j].name); });
    std::vector<JobId> number(order.size());
    std::vector<Job> jobs;
    for (uint32_t place = 0; place < order.size(); ++place) {
      number[order[place]] = JobId{place};
      jobs.push_back(std::move(workload_.jobs[order[place]]));
    }
    workload_.jobs = std::move(jobs);
    for (Access& access : workload_.accesses) access.job = number[Index(access.job)];
    for (JobRun& run : workload_.runs) run.job = number[Index(run.job)];
    std::ranges::stable_sort(workload_.runs, {},
                             [](const JobRun& run) { return std::make_pair(run.job, run.start); });
  }

  Workload workload_;
  std::unordered_map<std::string, uint32_t> tables_;
  std::unordered_map<std::string, uint32_t> labels_ = {{"", 0}};
  std::unordered_map<std::string, uint32_t> schedules_ = {{"", 0}};
};

}  // namespace

void WriteWorkload(const Workload& workload, const TextSink& sink) { WorkloadWriter(workload, sink).Write(); }

Result<Workload> ReadWorkload(std::string_view text) {
  Workload workload;
  GODWIT_TRY(ReadJson(text, [&](const JsonValue& document) { workload = WorkloadReader().Read(document); }));
  GODWIT_TRY(CheckWorkload(workload));
  return workload;
}

}  // namespace godwit::planner
