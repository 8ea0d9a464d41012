#include "planner/plan_json.h"

#include "planner/json_text.h"
#include "planner/request_json.h"
#include "planner/words.h"

namespace godwit::planner {
namespace {

class PlanWriter {
 public:
  PlanWriter(const Plan& plan, const TextSink& sink) : plan_(plan), json_(sink) {}

  void Write() {
    json_.BeginObject();
    json_.Put("format", kPlanFormat);
    WriteSource();
    json_.Key("request");
    PutRequest(plan_.request, json_);
    WriteEdits();
    json_.Put("unit_bytes_max", plan_.unit_bytes_max);
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
    json_.Finish();
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

  void WriteSource() {
    json_.Key("source");
    json_.BeginLineObject();
    json_.Put("kind", plan_.source.kind);
    json_.Put("path", plan_.source.path);
    json_.Put("digest", plan_.source.digest);
    json_.EndLineObject();
  }

  void WriteEdits() {
    Lines("edits", plan_.edits, [&](const Edit& edit) {
      json_.Put("kind", WordOf(edit.kind));
      Names("tables", edit.tables);
      if (edit.kind == EditKind::kPin) json_.Put("wave", int64_t{edit.wave} + 1);
      json_.Put("why", edit.why);
    });
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
    Put("copy_slack_s", unit.copy_slack);
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
    json_.Key("hazards");
    json_.BeginLineList();
    for (const std::string& hazard : job.hazards) json_.Text(hazard);
    json_.EndLineList();
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

}  // namespace

void WritePlan(const Plan& plan, const TextSink& sink) { PlanWriter(plan, sink).Write(); }

std::string PlanText(const Plan& plan) {
  std::string text;
  WritePlan(plan, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace godwit::planner
