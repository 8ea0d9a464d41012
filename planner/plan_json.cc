#include "planner/plan_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "planner/json_read.h"
#include "planner/json_text.h"

namespace godwit::planner {
namespace {

constexpr char kFormat[] = "godwit-plan/1";

// ---- writing

class PlanWriter {
 public:
  explicit PlanWriter(const Plan& plan) : plan_(plan) {}

  std::string Write() {
    json_.BeginObject();
    json_.Put("format", kFormat);
    json_.Put("start", plan_.start);
    json_.Put("objective", plan_.objective);
    json_.Put("order", plan_.order);
    json_.Put("alpha", plan_.alpha);
    json_.Put("unit_bytes_max", plan_.unit_bytes_max);
    json_.Put("seed", plan_.seed);
    json_.Put("named", plan_.named);
    WriteTotals();
    WriteWarnings();
    Lines("waves", plan_.waves, [&](const Wave& wave) { WriteWave(wave); });
    Lines("units", plan_.units, [&](const Unit& unit) { WriteUnit(unit); });
    Lines("syncs", plan_.syncs, [&](const Sync& sync) { WriteSync(sync); });
    Lines("cut_edges", plan_.cut_edges, [&](const CutEdge& edge) { WriteEdge(edge); });
    Lines("alternatives", plan_.alternatives, [&](const Alternative& other) { WriteAlternative(other); });
    if (plan_.named) {
      Lines("tables", plan_.tables, [&](const PlannedTable& table) { WriteTable(table); });
      Lines("jobs", plan_.jobs, [&](const PlannedJob& job) { WriteJob(job); });
    }
    Lines("fingerprint", plan_.fingerprint, [&](const FingerprintEntry& entry) { WriteFingerprint(entry); });
    json_.EndObject();
    return std::move(json_).Take();
  }

 private:
  template <typename Thing, typename Write>
  void Lines(const char* key, const std::vector<Thing>& things, const Write& write) {
    json_.Key(key);
    json_.BeginList();
    for (const Thing& thing : things) {
      json_.BeginLineObject();
      write(thing);
      json_.EndLineObject();
    }
    json_.EndList();
  }

  void Put(const char* key, Seconds seconds) { json_.Put(key, int64_t{seconds.count()}); }
  void Put(const char* key, UnitId unit) { json_.Put(key, plan_.units[Index(unit)].id); }
  void Put(const char* key, TableId table) {
    json_.Key(key);
    Name(table);
  }
  void Put(const char* key, JobId job) {
    json_.Key(key);
    Name(job);
  }

  void Name(TableId table) {
    if (plan_.named) {
      json_.Text(plan_.tables[Index(table)].name);
    } else {
      json_.Number(int64_t{Index(table)});
    }
  }
  void Name(JobId job) {
    if (plan_.named) {
      json_.Text(plan_.jobs[Index(job)].name);
    } else {
      json_.Number(int64_t{Index(job)});
    }
  }
  void Name(UnitId unit) { json_.Text(plan_.units[Index(unit)].id); }

  template <typename Id>
  void Names(const char* key, const std::vector<Id>& ids) {
    json_.Key(key);
    json_.BeginLineList();
    for (Id id : ids) Name(id);
    json_.EndLineList();
  }

  void WriteCost(const Cost& cost) {
    json_.Key("cost");
    json_.BeginLineObject();
    json_.Put("crossing", cost.crossing);
    json_.Put("priced", cost.priced);
    json_.Put("synced", cost.synced);
    json_.Put("cut_share", cost.cut_share);
    json_.Put("peak_bytes_per_day", cost.peak_bytes_per_day);
    json_.Put("reader_first_reads", cost.reader_first_reads);
    json_.Put("units_full", cost.units_full);
    json_.EndLineObject();
  }

  void WriteTotals() {
    const Totals& totals = plan_.totals;
    json_.Key("totals");
    json_.BeginObject();
    WriteCost(totals.cost);
    json_.Put("bytes", totals.bytes);
    json_.Put("read_bytes_per_day", totals.read_bytes_per_day);
    json_.Put("crossing_bytes", totals.crossing_bytes);
    json_.Put("sync_bytes", totals.sync_bytes);
    Put("duration_s", totals.duration);
    Put("freeze_s", totals.freeze);
    Put("longest_freeze_s", totals.longest_freeze);
    json_.Put("delayed_runs", totals.delayed_runs);
    json_.Put("doubled_job_hours", totals.doubled_job_hours);
    json_.EndObject();
  }

  void WriteWarnings() {
    json_.Key("warnings");
    json_.BeginList();
    for (const std::string& warning : plan_.warnings) json_.Text(warning);
    json_.EndList();
  }

  void WriteWave(const Wave& wave) {
    json_.Put("id", wave.id);
    Names("units", wave.units);
    json_.Put("bytes", wave.bytes);
    Put("start_s", wave.start);
    Put("end_s", wave.end);
    Put("freeze_s", wave.freeze);
  }

  void WriteUnit(const Unit& unit) {
    json_.Put("id", unit.id);
    json_.Put("wave", plan_.waves[Index(unit.wave)].id);
    json_.Put("strategy", WordOf(unit.strategy));
    json_.Put("bytes", unit.bytes);
    json_.Put("changed_bytes_per_day", unit.changed_bytes_per_day);
    Put("copy_start_s", unit.copy_start);
    Put("copy_end_s", unit.copy_end);
    WriteCutover(unit.cutover);
    if (unit.strategy == Strategy::kDualRun) {
      Put("dual_run_start_s", unit.dual_run_start);
      Put("dual_run_end_s", unit.dual_run_end);
    }
    Names("after", unit.after);
    Put("slack_s", unit.slack);
    json_.Put("critical", unit.critical);
    json_.Put("pinned", unit.pinned);
    WriteReasons(unit.reasons);
    Names("tables", unit.tables);
    Names("jobs", unit.jobs);
  }

  void WriteCutover(const Cutover& cutover) {
    json_.Key("cutover");
    json_.BeginLineObject();
    Put("at_s", cutover.at);
    Put("window_begin_s", cutover.window_begin);
    Put("window_end_s", cutover.window_end);
    Put("freeze_s", cutover.freeze);
    json_.Put("final_delta_bytes", cutover.final_delta_bytes);
    json_.Put("delayed_runs", cutover.delayed_runs);
    Put("delay_s", cutover.delay);
    json_.Put("schedules_known", cutover.schedules_known);
    json_.EndLineObject();
  }

  void WriteReasons(const std::vector<Reason>& reasons) {
    json_.Key("reasons");
    json_.BeginLineList();
    for (const Reason& reason : reasons) {
      json_.BeginObject();
      json_.Put("code", reason.code);
      json_.Put("text", reason.text);
      json_.EndObject();
    }
    json_.EndLineList();
  }

  void WriteEdge(const CutEdge& edge) {
    Put("table", edge.table);
    Put("job", edge.job);
    Put("table_unit", edge.table_unit);
    Put("job_unit", edge.job_unit);
    json_.Put("direction", WordOf(edge.direction));
    json_.Put("bytes_per_day", edge.bytes_per_day);
    Put("open_from_s", edge.open_from);
    Put("open_until_s", edge.open_until);
  }

  void WriteSync(const Sync& sync) {
    Put("table", sync.table);
    json_.Put("direction", WordOf(sync.direction));
    Put("from_s", sync.from);
    Put("until_s", sync.until);
    json_.Put("bytes_per_day", sync.bytes_per_day);
    json_.Put("total_bytes", sync.total_bytes);
    json_.Put("readers", sync.readers);
  }

  void WriteAlternative(const Alternative& other) {
    json_.Put("name", other.name);
    json_.Put("option", other.option);
    json_.Put("duration_ratio", other.duration_ratio);
    WriteCost(other.cost);
  }

  void WriteTable(const PlannedTable& table) {
    json_.Put("name", table.name);
    json_.Put("bytes", table.bytes);
    json_.Put("changed_bytes_per_day", table.changed_bytes_per_day);
    json_.Put("owner", table.owner);
  }

  void WriteJob(const PlannedJob& job) {
    json_.Put("name", job.name);
    json_.Put("type", WordOf(job.type));
    json_.Put("dual_run_mode", WordOf(job.dual_run_mode));
    json_.Put("run_s", job.run_seconds);
    json_.Put("workflow", job.workflow);
    json_.Put("owner", job.owner);
    json_.Put("schedule", job.schedule);
    json_.Put("repeatability", WordOf(job.repeatability));
    Names("reads", job.reads);
    Names("writes", job.writes);
  }

  void WriteFingerprint(const FingerprintEntry& entry) {
    json_.Put("kind", entry.kind);
    json_.Put("name", entry.name);
    json_.Put("digest", entry.digest);
  }

  const Plan& plan_;
  JsonText json_;
};

// ---- reading

class PlanReader {
 public:
  Plan Read(const JsonValue& document) {
    JsonFields in(document);
    std::string format;
    in.Need("format", format);
    in.Need("start", plan_.start);
    in.Need("objective", plan_.objective);
    in.Need("order", plan_.order);
    in.Need("alpha", plan_.alpha);
    in.Need("unit_bytes_max", plan_.unit_bytes_max);
    in.Need("seed", plan_.seed);
    in.Need("named", plan_.named);
    in.With("totals", [&](const JsonValue& value) { ReadTotals(value); });
    in.Each("warnings", [&](const JsonValue& value) { value.To(plan_.warnings.emplace_back()); });
    if (plan_.named) ReadNames(in);
    // First the names of units and waves, which the rest refers to.
    in.Each("units", [&](const JsonValue& value) { ReadId(value, plan_.units, units_); });
    in.Each("waves", [&](const JsonValue& value) { ReadId(value, plan_.waves, waves_); });
    Fill(in, "units", plan_.units, [&](const JsonValue& value, Unit& unit) { ReadUnit(value, unit); });
    Fill(in, "waves", plan_.waves, [&](const JsonValue& value, Wave& wave) { ReadWave(value, wave); });
    Append(in, "syncs", plan_.syncs, [&](const JsonValue& value, Sync& sync) { ReadSync(value, sync); });
    Append(in, "cut_edges", plan_.cut_edges,
           [&](const JsonValue& value, CutEdge& edge) { ReadEdge(value, edge); });
    Append(in, "alternatives", plan_.alternatives,
           [&](const JsonValue& value, Alternative& other) { ReadAlternative(value, other); });
    Append(in, "fingerprint", plan_.fingerprint,
           [&](const JsonValue& value, FingerprintEntry& entry) { ReadFingerprint(value, entry); });
    return std::move(plan_);
  }

 private:
  template <typename Thing, typename ReadOne>
  void Append(JsonFields& in, const char* key, std::vector<Thing>& things, const ReadOne& read) {
    in.Each(key, [&](const JsonValue& value) { read(value, things.emplace_back()); });
  }
  template <typename Thing, typename ReadOne>
  void Fill(JsonFields& in, const char* key, std::vector<Thing>& things, const ReadOne& read) {
    size_t next = 0;
    in.Each(key, [&](const JsonValue& value) { read(value, things[next++]); });
  }

  using Numbers = std::unordered_map<std::string, uint32_t>;

  template <typename Thing>
  void ReadId(const JsonValue& value, std::vector<Thing>& things, Numbers& numbers) {
    if (!value.json().is_object() || !value.json().contains("id") || !value.json()["id"].is_string()) {
      return value.Wrong("`id` is missing");
    }
    Thing& thing = things.emplace_back();
    thing.id = value.json()["id"].get<std::string>();
    if (!numbers.emplace(thing.id, static_cast<uint32_t>(things.size() - 1)).second) {
      value.Wrong("the id " + thing.id + " is there twice");
    }
  }

  void ReadNames(JsonFields& in) {
    Append(in, "tables", plan_.tables, [&](const JsonValue& value, PlannedTable& table) {
      ReadTable(value, table);
      if (!tables_.emplace(table.name, static_cast<uint32_t>(plan_.tables.size() - 1)).second) {
        value.Wrong("the table " + table.name + " is there twice");
      }
    });
    Append(in, "jobs", plan_.jobs, [&](const JsonValue& value, PlannedJob& job) {
      ReadJob(value, job);
      if (!jobs_.emplace(job.name, static_cast<uint32_t>(plan_.jobs.size() - 1)).second) {
        value.Wrong("the job " + job.name + " is there twice");
      }
    });
  }

  template <typename Id>
  void Look(const JsonValue& value, const Numbers& numbers, const char* kind, Id& id) {
    std::string name;
    value.To(name);
    if (value.mistake().any()) return;
    const auto found = numbers.find(name);
    if (found == numbers.end())
      return value.Wrong(fmt::format("there is no {} `{}` in this plan", kind, name));
    id = Id{found->second};
  }
  template <typename Id>
  void LookOrNumber(const JsonValue& value, const Numbers& numbers, const char* kind, Id& id) {
    if (plan_.named) return Look(value, numbers, kind, id);
    int64_t number = 0;
    value.To(number);
    if (number < 0 || number > int64_t{UINT32_MAX}) value.Wrong("the number is out of range");
    id = Id{static_cast<uint32_t>(number)};
  }
  void To(const JsonValue& value, TableId& id) { LookOrNumber(value, tables_, "table", id); }
  void To(const JsonValue& value, JobId& id) { LookOrNumber(value, jobs_, "job", id); }
  void To(const JsonValue& value, UnitId& id) { Look(value, units_, "unit", id); }
  void To(const JsonValue& value, WaveId& id) { Look(value, waves_, "wave", id); }

  template <typename Id>
  void NeedId(JsonFields& in, const char* key, Id& id, const JsonValue& object) {
    if (!in.With(key, [&](const JsonValue& value) { To(value, id); })) {
      object.Wrong(std::string("`") + key + "` is missing");
    }
  }
  template <typename Id>
  void Ids(JsonFields& in, const char* key, std::vector<Id>& ids) {
    in.Each(key, [&](const JsonValue& value) { To(value, ids.emplace_back()); });
  }

  void ReadCost(const JsonValue& value, Cost& cost) {
    JsonFields in(value);
    in.Need("crossing", cost.crossing);
    in.Need("priced", cost.priced);
    in.Need("synced", cost.synced);
    in.Need("cut_share", cost.cut_share);
    in.Need("peak_bytes_per_day", cost.peak_bytes_per_day);
    in.Need("reader_first_reads", cost.reader_first_reads);
    in.Need("units_full", cost.units_full);
  }

  void ReadTotals(const JsonValue& value) {
    JsonFields in(value);
    Totals& totals = plan_.totals;
    in.With("cost", [&](const JsonValue& cost) { ReadCost(cost, totals.cost); });
    in.Need("bytes", totals.bytes);
    in.Need("read_bytes_per_day", totals.read_bytes_per_day);
    in.Need("crossing_bytes", totals.crossing_bytes);
    in.Need("sync_bytes", totals.sync_bytes);
    in.Need("duration_s", totals.duration);
    in.Need("freeze_s", totals.freeze);
    in.Need("longest_freeze_s", totals.longest_freeze);
    in.Need("delayed_runs", totals.delayed_runs);
    in.Need("doubled_job_hours", totals.doubled_job_hours);
  }

  void ReadWave(const JsonValue& value, Wave& wave) {
    JsonFields in(value);
    in.Need("id", wave.id);
    Ids(in, "units", wave.units);
    in.Need("bytes", wave.bytes);
    in.Need("start_s", wave.start);
    in.Need("end_s", wave.end);
    in.Need("freeze_s", wave.freeze);
  }

  void ReadUnit(const JsonValue& value, Unit& unit) {
    JsonFields in(value);
    in.Need("id", unit.id);
    NeedId(in, "wave", unit.wave, value);
    in.Need("strategy", unit.strategy);
    in.Need("bytes", unit.bytes);
    in.Need("changed_bytes_per_day", unit.changed_bytes_per_day);
    in.Need("copy_start_s", unit.copy_start);
    in.Need("copy_end_s", unit.copy_end);
    in.With("cutover", [&](const JsonValue& cutover) { ReadCutover(cutover, unit.cutover); });
    in.Get("dual_run_start_s", unit.dual_run_start);
    in.Get("dual_run_end_s", unit.dual_run_end);
    Ids(in, "after", unit.after);
    in.Need("slack_s", unit.slack);
    in.Need("critical", unit.critical);
    in.Need("pinned", unit.pinned);
    in.Each("reasons", [&](const JsonValue& reason) {
      JsonFields fields(reason);
      fields.Need("code", unit.reasons.emplace_back().code);
      fields.Need("text", unit.reasons.back().text);
    });
    Ids(in, "tables", unit.tables);
    Ids(in, "jobs", unit.jobs);
  }

  void ReadCutover(const JsonValue& value, Cutover& cutover) {
    JsonFields in(value);
    in.Need("at_s", cutover.at);
    in.Need("window_begin_s", cutover.window_begin);
    in.Need("window_end_s", cutover.window_end);
    in.Need("freeze_s", cutover.freeze);
    in.Need("final_delta_bytes", cutover.final_delta_bytes);
    in.Need("delayed_runs", cutover.delayed_runs);
    in.Need("delay_s", cutover.delay);
    in.Need("schedules_known", cutover.schedules_known);
  }

  void ReadSync(const JsonValue& value, Sync& sync) {
    JsonFields in(value);
    NeedId(in, "table", sync.table, value);
    in.Need("direction", sync.direction);
    in.Need("from_s", sync.from);
    in.Need("until_s", sync.until);
    in.Need("bytes_per_day", sync.bytes_per_day);
    in.Need("total_bytes", sync.total_bytes);
    in.Need("readers", sync.readers);
  }

  void ReadEdge(const JsonValue& value, CutEdge& edge) {
    JsonFields in(value);
    NeedId(in, "table", edge.table, value);
    NeedId(in, "job", edge.job, value);
    NeedId(in, "table_unit", edge.table_unit, value);
    NeedId(in, "job_unit", edge.job_unit, value);
    in.Need("direction", edge.direction);
    in.Need("bytes_per_day", edge.bytes_per_day);
    in.Need("open_from_s", edge.open_from);
    in.Need("open_until_s", edge.open_until);
  }

  void ReadAlternative(const JsonValue& value, Alternative& other) {
    JsonFields in(value);
    in.Need("name", other.name);
    in.Need("option", other.option);
    in.Need("duration_ratio", other.duration_ratio);
    in.With("cost", [&](const JsonValue& cost) { ReadCost(cost, other.cost); });
  }

  void ReadTable(const JsonValue& value, PlannedTable& table) {
    JsonFields in(value);
    in.Need("name", table.name);
    in.Need("bytes", table.bytes);
    in.Need("changed_bytes_per_day", table.changed_bytes_per_day);
    in.Need("owner", table.owner);
  }

  void ReadJob(const JsonValue& value, PlannedJob& job) {
    JsonFields in(value);
    in.Need("name", job.name);
    in.Need("type", job.type);
    in.Need("dual_run_mode", job.dual_run_mode);
    in.Need("run_s", job.run_seconds);
    in.Need("workflow", job.workflow);
    in.Need("owner", job.owner);
    in.Need("schedule", job.schedule);
    in.Need("repeatability", job.repeatability);
    Ids(in, "reads", job.reads);
    Ids(in, "writes", job.writes);
  }

  void ReadFingerprint(const JsonValue& value, FingerprintEntry& entry) {
    JsonFields in(value);
    in.Need("kind", entry.kind);
    in.Need("name", entry.name);
    in.Need("digest", entry.digest);
  }

  Plan plan_;
  Numbers tables_, jobs_, units_, waves_;
};

}  // namespace

std::string WritePlan(const Plan& plan) { return PlanWriter(plan).Write(); }

Result<Plan> ReadPlan(std::string_view text) {
  Plan plan;
  GODWIT_TRY(ReadJson(text, [&](const JsonValue& document) { plan = PlanReader().Read(document); }));
  return plan;
}

}  // namespace godwit::planner
