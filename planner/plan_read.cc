#include "planner/plan_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "planner/json_read.h"
#include "planner/request_json.h"

namespace godwit::planner {
namespace {

// Ids of units and waves become words of commands and comments of scripts.
bool IsId(const std::string& id) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), fits);
}

class PlanReader {
 public:
  Plan Read(const JsonValue& document) {
    JsonFields in(document);
    std::string format;
    in.Need("format", format);
    if (!document.mistake().any() && format != kPlanFormat) {
      document.Wrong(fmt::format("format `{}` is not {}: plan again with this version", format, kPlanFormat));
    }
    in.With("source", [&](const JsonValue& value) { ReadSource(value); });
    in.With("request", [&](const JsonValue& value) { GetRequest(value, plan_.request); });
    in.Need("unit_bytes_max", plan_.unit_bytes_max);
    in.Need("named", plan_.named);
    in.With("totals", [&](const JsonValue& value) { ReadTotals(value); });
    in.Each("warnings", [&](const JsonValue& value) { value.To(plan_.warnings.emplace_back()); });
    if (plan_.named) ReadNames(in);
    Append(in, "edits", plan_.edits, [&](const JsonValue& value, Edit& edit) { ReadEdit(value, edit); });
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
    CheckWaves(document);
    return std::move(plan_);
  }

 private:
  // Each unit is in the wave that it names, and no wave is empty.
  void CheckWaves(const JsonValue& document) {
    if (document.mistake().any()) return;
    size_t listed = 0;
    for (uint32_t w = 0; w < plan_.waves.size(); ++w) {
      if (plan_.waves[w].units.empty()) return document.Wrong("the wave " + plan_.waves[w].id + " is empty");
      listed += plan_.waves[w].units.size();
      for (UnitId id : plan_.waves[w].units) {
        const Unit& unit = plan_.units[Index(id)];
        if (unit.wave != WaveId{w}) return document.Wrong(unit.id + " is not in the wave that lists it");
      }
    }
    if (listed != plan_.units.size()) document.Wrong("some unit is in no wave, or in one twice");
  }

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
    std::string_view id;
    if (value.json()["id"].get_string().get(id)) return value.Wrong("`id` is missing");
    Thing& thing = things.emplace_back();
    thing.id = id;
    if (!IsId(thing.id)) return value.Wrong("an id is letters, digits, `.`, `_` and `-`, at most 64 of them");
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

  void ReadSource(const JsonValue& value) {
    JsonFields in(value);
    in.Need("kind", plan_.source.kind);
    in.Need("path", plan_.source.path);
    in.Need("digest", plan_.source.digest);
  }

  void ReadEdit(const JsonValue& value, Edit& edit) {
    JsonFields in(value);
    in.Need("kind", edit.kind);
    Ids(in, "tables", edit.tables);
    int64_t wave = 1;
    in.Get("wave", wave);
    if (wave < 1 || wave > int64_t{UINT32_MAX}) value.Wrong("`wave` counts from 1");
    edit.wave = static_cast<uint32_t>(wave - 1);
    in.Get("why", edit.why);
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
    in.Need("copy_slack_s", unit.copy_slack);
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
    in.Each("hazards", [&](const JsonValue& hazard) { hazard.To(job.hazards.emplace_back()); });
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

Result<Plan> ReadPlan(std::string_view text) {
  Plan plan;
  GODWIT_TRY(ReadJson(text, [&](const JsonValue& document) { plan = PlanReader().Read(document); }));
  return plan;
}

}  // namespace godwit::planner
