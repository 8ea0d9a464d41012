#include "simulator/simulate_plan.h"

#include <algorithm>
#include <numeric>

#include "base/parallel.h"
#include "executor/from_plan.h"
#include "simulator/simulated_run.h"
#include "simulator/warehouse_of_plan.h"

namespace godwit::simulator {
namespace {

using executor::Migration;
using planner::Plan;

constexpr char kSomeMonday[] = "2026-01-05";
constexpr int kRuns = 20, kRunsMin = 3, kUnitsOfAllRuns = 20'000;

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
  forecast.copy_begin = runs.front().units[unit].copy_begin;
  forecast.copy_end = runs.front().units[unit].copy_end;
  forecast.first_cutover = runs.front().units[unit].cutover;
  forecast.cutover = SpreadOf(std::move(cutovers));
  forecast.freeze = SpreadOf(std::move(freezes));
  return forecast;
}

PlanForecast Forecast(const Migration& migration, const std::vector<RunResult>& runs) {
  PlanForecast forecast;
  forecast.runs = static_cast<int>(runs.size());
  forecast.link = runs.front().link;
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

// Of the link over a week: what the engine expects of a copy.
int64_t MeanRate(const planner::Bandwidth& bandwidth) {
  const std::vector<double>& shares = bandwidth.hour_of_week;
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  const double mean = shares.empty() ? 1 : sum / static_cast<double>(shares.size());
  return std::max<int64_t>(1, static_cast<int64_t>(mean * static_cast<double>(bandwidth.bytes_per_second)));
}

Result<SimulatedPlan> Prepare(const Plan& plan, const executor::Policy& policy) {
  executor::Policy simulated = policy;
  simulated.location_map = {{"/source", "/target"}};
  simulated.expected_bytes_per_second = MeanRate(plan.request.bandwidth);
  SimulatedPlan prepared{plan, {}, {}, {}};
  GODWIT_TRY_ASSIGN(prepared.migration, executor::MigrationOf(plan, "simulated", simulated));
  prepared.migration.source_name = "source";
  prepared.migration.target_name = "target";
  GODWIT_TRY_ASSIGN(prepared.warehouse, WarehouseOf(plan));
  GODWIT_TRY_ASSIGN(prepared.start, ParseTimestamp(plan.request.start));
  return prepared;
}

Result<std::vector<RunResult>> RunAll(const SimulatedPlan& simulated, const SimulationOptions& options) {
  std::vector<RunResult> runs(static_cast<size_t>(options.runs));
  const auto threads = static_cast<size_t>(std::max(1, options.threads));
  GODWIT_TRY(ForEach(runs.size(), threads, [&](size_t run) -> Status {
    GODWIT_TRY_ASSIGN(runs[run], RunOnce(simulated, options, options.seed + run));
    return Ok();
  }));
  return runs;
}

}  // namespace

int DefaultRuns(size_t units) {
  return std::clamp(kUnitsOfAllRuns / std::max(1, static_cast<int>(units)), kRunsMin, kRuns);
}

Result<PlanForecast> SimulatePlan(const Plan& plan, const executor::Policy& policy,
                                  const SimulationOptions& options) {
  Plan dated = plan;
  if (dated.request.start.empty()) dated.request.start = kSomeMonday;
  SimulationOptions counted = options;
  if (counted.runs <= 0) counted.runs = DefaultRuns(plan.units.size());
  GODWIT_TRY_ASSIGN(const SimulatedPlan simulated, Prepare(dated, policy));
  GODWIT_TRY_ASSIGN(const std::vector<RunResult> runs, RunAll(simulated, counted));
  PlanForecast forecast = Forecast(simulated.migration, runs);
  forecast.seed = counted.seed;
  return forecast;
}

}  // namespace godwit::simulator
