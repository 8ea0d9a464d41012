#include "simulator/sim_warehouse.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace godwit::simulator {
namespace {

using executor::Party;
using executor::RunState;
using executor::SideName;
using executor::sim::SimSite;

constexpr char kWatermark[] = "watermark";
// Names are dates whatever the day's length: a simulated day may last an hour.
constexpr Timestamp kFirstName = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
constexpr Duration kRetry = std::chrono::seconds(1);

std::string PartitionOf(const SimTableSpec& table, const std::string& due) {
  return table.partitioned ? "dt=" + due : "";
}

std::string LocationOf(Side side, const TableName& table, const std::string& partition) {
  const std::string root = fmt::format("/{}/{}.db/{}", SideName(side), table.db, table.name);
  return partition.empty() ? root : root + "/" + partition;
}

}  // namespace

SimWarehouse::SimWarehouse(executor::sim::SimWorld& world, SimWarehouseSpec spec, uint64_t seed)
    : world_(world), spec_(std::move(spec)), seed_(seed), first_day_(world.clock.wall()) {
  first_day_ -= spec_.day * spec_.history_days;
  for (const SimTableSpec& table : spec_.tables) tables_[table.name] = &table;
  for (const SimJobSpec& job : spec_.jobs) {
    jobs_[job.name] = &job;
    for (const TableName& table : job.reads) waiting_for_[table].push_back(&job);
  }
  AddDatabases();
  for (const SimTableSpec& table : spec_.tables) AddTable(table);
  for (std::vector<JobAt>& jobs : jobs_at_) jobs.resize(spec_.jobs.size());
  for (const SimJobSpec& job : spec_.jobs) {
    AddJob(Side::kSource, job);
    AddJob(Side::kTarget, job);
  }
  for (const Side side : {Side::kSource, Side::kTarget}) {
    world_.At(side).scheduler.on_change = [this, side](const std::string& name) {
      Consider(side, *jobs_.at(name));
    };
    world_.At(side).catalog.on_publish = [this, side](const executor::Publication& publication) {
      if (on_publish) on_publish(side, publication);
      for (const SimJobSpec* reader : waiting_for_[publication.table]) Consider(side, *reader);
    };
  }
  for (const SimJobSpec& job : spec_.jobs) Consider(Side::kSource, job);
}

std::string SimWarehouse::DayName(int number) const {
  return FormatTimestamp(kFirstName + std::chrono::hours(24) * number).substr(0, 10);
}

void SimWarehouse::AddDatabases() {
  std::set<std::string> names;
  for (const SimTableSpec& table : spec_.tables) names.insert(table.name.db);
  for (const std::string& name : names) {
    (void)world_.source.catalog.CreateDatabase({name, "/source/" + name + ".db", "etl", {}}).ok();
  }
}

void SimWarehouse::AddTable(const SimTableSpec& table) {
  executor::TableMeta meta;
  meta.name = table.name;
  meta.owner = "etl";
  meta.columns = {{"job", "string", ""}, {"due", "string", ""}, {"inputs", "string", ""}};
  if (table.partitioned) meta.partition_keys = {{"dt", "string", ""}};
  meta.location = LocationOf(Side::kSource, table.name, "");
  world_.source.catalog.Put(meta);
  const int days = table.partitioned ? spec_.history_days : 1;
  for (int day = spec_.history_days - days; day < spec_.history_days; ++day) {
    const std::string due = DayName(day);
    Write(Side::kSource, table.name, PartitionOf(table, due),
          fmt::format("history,{},{}\n", due, table.name.Text()), table.bytes / std::max(1, days));
  }
  if (spec_.history_days > 0) {
    world_.source.catalog.SetParameter(table.name, kWatermark, DayName(spec_.history_days - 1));
  }
}

void SimWarehouse::AddJob(Side side, const SimJobSpec& job) {
  SimJob state;
  state.name = job.name;
  state.paused = side == Side::kTarget;
  state.cursor = side == Side::kSource ? DayName(spec_.history_days - 1) : "";
  state.typical_run = job.run;
  state.next_due = [this, &job](const SimJob& now) { return NextDue(job, now); };
  At(side, job).state = &world_.At(side).scheduler.Add(std::move(state));
}

// The number of the day after that of this name; nothing if it is no day.
std::optional<int> SimWarehouse::DayAfter(const std::string& name) const {
  const Result<Timestamp> day = ParseTimestamp(name);
  if (!day.ok()) return std::nullopt;
  return static_cast<int>(std::chrono::floor<std::chrono::days>(*day - kFirstName).count()) + 1;
}

std::optional<Timestamp> SimWarehouse::NextDue(const SimJobSpec& job, const SimJob& state) const {
  const std::optional<int> number = DayAfter(state.cursor);
  if (!number) return std::nullopt;
  return first_day_ + spec_.day * (*number + 1) + job.at;
}

void SimWarehouse::ConsiderIn(Duration delay, Side side, const SimJobSpec& job) {
  At(side, job).considering = true;
  world_.clock.In(delay, [this, side, &job] {
    At(side, job).considering = false;
    Consider(side, job);
  });
}

// Looks whether the job's next run may start; if not, looks again when it may.
void SimWarehouse::Consider(Side side, const SimJobSpec& job) {
  JobAt& here = At(side, job);
  SimJob* state = here.state;
  if (state->paused || state->running) return;
  const std::optional<Timestamp> due_at = NextDue(job, *state);
  if (!due_at || here.considering) return;
  if (*due_at > world_.clock.wall()) {
    ConsiderIn(*due_at - world_.clock.wall(), side, job);
    return;
  }
  const std::string due = NextDueName(*state);
  if (!IsReady(side, job, due)) return;  // the upstream's end looks again
  SimRun run{side, &job, due, IsDenied(side, job)};
  if (run.refused) {
    if (on_start) on_start(run);
    ConsiderIn(kRetry * 10, side, job);
    return;
  }
  Start(side, job, *state, due);
}

std::string SimWarehouse::NextDueName(const SimJob& state) const { return DayName(*DayAfter(state.cursor)); }

void SimWarehouse::Start(Side side, const SimJobSpec& job, SimJob& state, const std::string& due) {
  world_.At(side).scheduler.Begin(state, due);
  if (on_start) on_start({side, &job, due, false});
  const Duration lasts = run_time ? run_time(job, due) : job.run;
  world_.clock.In(lasts, [this, side, &job, due] { Finish(side, job, due); });
}

bool SimWarehouse::Trigger(Side side, const std::string& name) {
  const SimJobSpec& job = *jobs_.at(name);
  SimJob* state = world_.At(side).scheduler.Find(name);
  if (state->running || state->cursor.empty()) return false;
  const std::string due = NextDueName(*state);
  if (!IsReady(side, job, due) || IsDenied(side, job)) return false;
  Start(side, job, *state, due);
  return true;
}

bool SimWarehouse::IsReady(Side side, const SimJobSpec& job, const std::string& due) {
  for (const TableName& table : job.reads) {
    const executor::TableMeta* meta = world_.At(side).catalog.Find(table);
    if (meta == nullptr) return false;
    const auto watermark = meta->parameters.find(kWatermark);
    if (watermark == meta->parameters.end() || watermark->second < due) return false;
  }
  return true;
}

bool SimWarehouse::IsDenied(Side side, const SimJobSpec& job) {
  for (const TableName& table : job.writes) {
    if (world_.At(side).catalog.IsClosed(table, Party::kWriters)) return true;
  }
  return jobs_at_[static_cast<size_t>(side)][PositionOf(job)].state->guard_closed;
}

void SimWarehouse::Finish(Side side, const SimJobSpec& job, const std::string& due) {
  SimSite& site = world_.At(side);
  SimJob* state = At(side, job).state;
  if (!state->running || *state->running != due) return;
  SimRun run{side, &job, due, false};
  bool written = !(fails && fails(job));
  std::vector<std::pair<TableName, std::string>> outputs;
  for (const TableName& table : job.writes) outputs.emplace_back(table, RowsOf(side, job, table, due));
  for (auto& [table, rows] : outputs) {
    if (!written) break;
    if (site.catalog.IsClosed(table, Party::kWriters)) {
      run.refused = true;
      written = false;
      break;
    }
    written =
        Write(side, table, PartitionOf(SpecOf(table), due), std::move(rows), SpecOf(table).bytes_per_day);
  }
  if (written) {
    for (const TableName& table : job.writes) site.catalog.SetParameter(table, kWatermark, due);
  }
  site.scheduler.End(*state, written ? RunState::kSucceeded : RunState::kFailed);
  if (on_end && (written || run.refused)) on_end(run);
  if (!written) {
    world_.clock.In(kRetry, [this, side, &job] { Consider(side, job); });
    return;
  }
  for (const TableName& table : job.writes) {
    for (const SimJobSpec* reader : waiting_for_[table]) Consider(side, *reader);
  }
}

std::string SimWarehouse::RowsOf(Side side, const SimJobSpec& job, const TableName& table,
                                 const std::string& due) {
  std::string inputs;
  for (const TableName& read : spec_.rows_tell_inputs ? job.reads : std::vector<TableName>()) {
    const auto rows = world_.At(side).query_engine.Rows(read, PartitionOf(SpecOf(read), due));
    if (!rows.ok()) continue;
    for (const auto& [row, count] : *rows) inputs += fmt::format("{}*{};", row, count);
  }
  if (job.random) inputs += std::to_string(++writes_ * 2654435761U + seed_);
  return fmt::format("{},{},{}\n{},{},{}\n", job.name, due, Hex64(Hash64(inputs, 1)), job.name + "/2", due,
                     Hex64(Hash64(inputs + table.Text(), 2)));
}

// As Hive overwrites: new files beside the old ones, then the old ones go; a new partition is announced when
// its files are there. False if the disk is full: what was there is as it was.
bool SimWarehouse::Write(Side side, const TableName& table, const std::string& partition, std::string rows,
                         int64_t bytes) {
  SimSite& site = world_.At(side);
  const std::optional<std::string> known = site.catalog.LocationOf(table, partition);
  const std::string location = known ? *known : site.catalog.Find(table)->location + "/" + partition;
  std::vector<std::string> old;
  for (const auto& [path, file] : site.storage.Files(location)) old.push_back(path);
  if (!site.storage.Write(location, fmt::format("part-{}", ++writes_), rows, bytes).ok()) return false;
  for (const std::string& path : old) site.storage.Remove(location, path);
  if (!known) site.catalog.PutPartition(table, {partition, location, {}, {}});
  if (on_write) on_write(side, table, partition, rows);
  return true;
}

bool SimWarehouse::RogueWrite(Side side, const TableName& table, const std::string& partition,
                              bool honours_barrier) {
  if (honours_barrier && world_.At(side).catalog.IsClosed(table, Party::kWriters)) return false;
  return Write(side, table, partition, fmt::format("rogue,{},{}\n", ++writes_, partition), 1000);
}

}  // namespace godwit::simulator
