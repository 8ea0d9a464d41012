#include "simulator/simulate_plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "executor/engine.h"
#include "executor/from_plan.h"
#include "planner/cron.h"
#include "simulator/sim_driver.h"
#include "simulator/sim_warehouse.h"
#include "state/journal.h"

namespace godwit::simulator {
namespace {

using executor::Migration;
using executor::UnitStatus;
using planner::Index;
using planner::Plan;
using planner::PlannedJob;

constexpr int kMinutesPerDay = 24 * 60;
constexpr Duration kLingerEvery = std::chrono::hours(1);

// Minute of the day at which a schedule first starts a run.
Duration TimeOfDay(const std::string& schedule) {
  const Result<std::vector<int>> starts = planner::StartsOfWeek(schedule);
  if (!starts.ok() || (*starts).empty()) return Duration{0};
  int first = kMinutesPerDay;
  for (int minute : *starts) first = std::min(first, minute % kMinutesPerDay);
  return std::chrono::minutes(first);
}

// Of the link over a week.
int64_t MeanRate(const planner::Bandwidth& bandwidth) {
  const std::vector<double>& shares = bandwidth.hour_of_week;
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  const double mean = shares.empty() ? 1 : sum / static_cast<double>(shares.size());
  return std::max<int64_t>(1, static_cast<int64_t>(mean * static_cast<double>(bandwidth.bytes_per_second)));
}

// Tables that some job of the plan writes anew each day; nobody waits for others.
std::set<planner::TableId> Written(const Plan& plan) {
  std::set<planner::TableId> written;
  for (const PlannedJob& job : plan.jobs) {
    if (job.type != planner::JobType::kView) written.insert(job.writes.begin(), job.writes.end());
  }
  return written;
}

// Only what is in a unit is simulated: the rest is on neither site, or stays where it is read.
Result<SimWarehouseSpec> WarehouseOf(const Plan& plan) {
  SimWarehouseSpec spec;
  std::map<planner::TableId, TableName> names;
  for (const planner::Unit& unit : plan.units) {
    for (planner::TableId id : unit.tables) {
      const planner::PlannedTable& table = plan.tables[Index(id)];
      GODWIT_TRY_ASSIGN(names[id], executor::ParseTableName(table.name));
      const bool partitioned = table.changed_bytes_per_day < table.bytes / 2;
      spec.tables.push_back({names[id], partitioned, table.bytes, table.changed_bytes_per_day});
    }
  }
  const std::set<planner::TableId> written = Written(plan);
  for (const PlannedJob& job : plan.jobs) {
    if (job.type == planner::JobType::kView) continue;
    SimJobSpec made;
    made.name = job.name;
    for (planner::TableId id : job.reads) {
      const bool own = std::ranges::find(job.writes, id) != job.writes.end();
      if (written.contains(id) && !own && names.contains(id)) made.reads.push_back(names[id]);
    }
    for (planner::TableId id : job.writes) {
      if (names.contains(id)) made.writes.push_back(names[id]);
    }
    made.at = TimeOfDay(job.schedule);
    made.run = std::chrono::seconds(job.run_seconds);
    spec.jobs.push_back(std::move(made));
  }
  return spec;
}

struct UnitResult {
  bool switched = false;
  Duration cutover{0};
  Duration freeze{0};
  int freezes = 0;
};

struct RunResult {
  bool finished = false;
  Duration duration{0};
  int64_t copied_bytes = 0;
  std::vector<UnitResult> units;
};

UnitResult ResultOf(const UnitStatus& status) {
  UnitResult result;
  result.switched = executor::IsCommitted(status.row->state);
  result.freezes = static_cast<int>(status.row->freezes.size());
  for (const executor::Freeze& freeze : status.row->freezes) {
    result.freeze += Duration(freeze.milliseconds);
    result.cutover = std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(freeze.begun_ns));
  }
  return result;
}

// Log-normal around 1; the standard library's own distribution is not the same everywhere.
double Noise(std::mt19937_64& random, double sigma) {
  const auto share = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  const double pi = std::acos(-1.0);
  const double normal = std::sqrt(-2 * std::log(share())) * std::cos(2 * pi * share());
  return std::exp(sigma * normal);
}

Result<RunResult> RunOnce(const Migration& migration, const SimWarehouseSpec& spec, Timestamp start,
                          const SimulationOptions& options, uint64_t seed) {
  std::mt19937_64 random(seed);
  executor::sim::SimWorld world(start, migration.source_name, migration.target_name);
  const double rate = static_cast<double>(migration.policy.expected_bytes_per_second);
  world.copier.bytes_per_second =
      std::max<int64_t>(1, static_cast<int64_t>(rate * Noise(random, options.rate_noise)));
  world.copier.one_line = true;
  SimWarehouse warehouse(world, spec, seed);
  warehouse.run_time = [&](const SimJobSpec& job) {
    const double lasts = static_cast<double>(job.run.count()) * Noise(random, options.run_time_noise);
    return Duration(static_cast<int64_t>(lasts));
  };
  const std::unique_ptr<state::Journal> journal = state::MakeMemoryJournal();
  GODWIT_TRY_ASSIGN(const std::unique_ptr<SimDriver> driver,
                    SimDriver::Start(migration, *journal, world, {}));
  GODWIT_TRY_ASSIGN(const DriverEnd end, driver->Run(options.give_up_after));
  RunResult result;
  result.duration = std::chrono::duration_cast<Duration>(world.clock.now());
  result.copied_bytes = world.copier.bytes_copied;
  for (const UnitStatus& status : driver->engine().Units()) result.units.push_back(ResultOf(status));
  result.finished = end == DriverEnd::kFinished && std::ranges::all_of(result.units, &UnitResult::switched);
  return result;
}

template <typename Value>
Value Quantile(std::vector<Value>& values, double share) {
  if (values.empty()) return Value{0};
  std::ranges::sort(values);
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

Spread SpreadOf(std::vector<Duration> values) {
  const Duration p50 = Quantile(values, 0.5);
  return {p50, Quantile(values, 0.95)};
}

UnitForecast ForecastUnit(const std::string& id, size_t unit, const std::vector<RunResult>& runs) {
  UnitForecast forecast;
  forecast.unit = id;
  std::vector<Duration> cutovers, freezes;
  for (const RunResult& run : runs) {
    const UnitResult& result = run.units[unit];
    forecast.freezes_most = std::max(forecast.freezes_most, result.freezes);
    if (!result.switched) continue;
    ++forecast.switched;
    cutovers.push_back(result.cutover);
    freezes.push_back(result.freeze);
  }
  forecast.cutover = SpreadOf(std::move(cutovers));
  forecast.freeze = SpreadOf(std::move(freezes));
  return forecast;
}

PlanForecast Forecast(const Migration& migration, const std::vector<RunResult>& runs) {
  PlanForecast forecast;
  forecast.runs = static_cast<int>(runs.size());
  std::vector<Duration> durations, freezes, longest;
  std::vector<int64_t> bytes;
  for (const RunResult& run : runs) {
    if (!run.finished) continue;
    ++forecast.finished;
    durations.push_back(run.duration);
    bytes.push_back(run.copied_bytes);
    Duration sum{0}, most{0};
    for (const UnitResult& unit : run.units) {
      sum += unit.freeze;
      most = std::max(most, unit.freeze);
    }
    freezes.push_back(sum);
    longest.push_back(most);
  }
  forecast.duration = SpreadOf(std::move(durations));
  forecast.freeze = SpreadOf(std::move(freezes));
  forecast.longest_freeze = SpreadOf(std::move(longest));
  forecast.copied_bytes = Quantile(bytes, 0.5);
  for (size_t i = 0; i < migration.units.size(); ++i) {
    forecast.units.push_back(ForecastUnit(migration.units[i].id, i, runs));
  }
  return forecast;
}

}  // namespace

Result<PlanForecast> SimulatePlan(const Plan& plan, const executor::Policy& policy,
                                  const SimulationOptions& options) {
  executor::Policy simulated = policy;
  simulated.location_map = {{"/source", "/target"}};
  simulated.expected_bytes_per_second = MeanRate(plan.request.bandwidth);
  // Looks at what has switched already find nothing in a simulation without faults.
  simulated.linger_every = std::max(simulated.linger_every, kLingerEvery);
  GODWIT_TRY_ASSIGN(Migration migration, executor::MigrationOf(plan, "simulated", simulated));
  migration.source_name = "source";
  migration.target_name = "target";
  GODWIT_TRY_ASSIGN(const SimWarehouseSpec spec, WarehouseOf(plan));
  GODWIT_TRY_ASSIGN(const Timestamp start,
                    ParseTimestamp(plan.request.start.empty() ? "2026-01-05" : plan.request.start));
  std::vector<RunResult> runs;
  for (int run = 0; run < options.runs; ++run) {
    GODWIT_TRY_ASSIGN(runs.emplace_back(), RunOnce(migration, spec, start, options, options.seed + run));
  }
  return Forecast(migration, runs);
}

}  // namespace godwit::simulator
