#include "cli/forecast.h"

#include <fmt/format.h>

#include <thread>

#include "cli/opened_world.h"
#include "cli/scan_file.h"
#include "cli/text_file.h"

namespace godwit::cli {
namespace {

using planner::Seconds;

Json SpreadJson(const simulator::Spread& spread) {
  return {{"p50_ms", spread.p50.count()}, {"p95_ms", spread.p95.count()}};
}

Duration MillisecondsOf(const Json& json) { return Duration(json.get<int64_t>()); }

simulator::Spread SpreadOf(const Json& json) {
  return {MillisecondsOf(json.at("p50_ms")), MillisecondsOf(json.at("p95_ms"))};
}

simulator::UnitForecast UnitOf(const Json& json) {
  simulator::UnitForecast unit;
  unit.unit = json.at("unit").get<std::string>();
  unit.switched = json.at("switched").get<int>();
  unit.copy_begin = MillisecondsOf(json.at("copy_begin_ms"));
  unit.copy_end = MillisecondsOf(json.at("copy_end_ms"));
  unit.first_cutover = MillisecondsOf(json.at("first_cutover_ms"));
  unit.cutover = SpreadOf(json.at("cutover"));
  unit.freeze = SpreadOf(json.at("freeze"));
  unit.freezes_most = json.at("freezes_most").get<int>();
  return unit;
}

// Throws what Json throws.
simulator::PlanForecast ForecastOf(const Json& json) {
  simulator::PlanForecast forecast;
  forecast.seed = json.at("seed").get<uint64_t>();
  forecast.runs = json.at("runs").get<int>();
  forecast.finished = json.at("finished").get<int>();
  forecast.duration = SpreadOf(json.at("duration"));
  forecast.freeze = SpreadOf(json.at("freeze"));
  forecast.longest_freeze = SpreadOf(json.at("longest_freeze"));
  forecast.copied_bytes = json.at("copied_bytes").get<int64_t>();
  for (const Json& unit : json.at("units")) forecast.units.push_back(UnitOf(unit));
  for (const Json& hour : json.at("link_bytes_by_hour"))
    forecast.link.push_back({hour.at(0).get<double>(), hour.at(1).get<double>()});
  return forecast;
}

Seconds SecondsOf(Duration duration) { return std::chrono::duration_cast<Seconds>(duration); }
report::Quantiles QuantilesOf(const simulator::Spread& spread) {
  return {SecondsOf(spread.p50), SecondsOf(spread.p95)};
}

}  // namespace

Result<simulator::PlanForecast> Simulate(const PlanFile& file, const std::string& config,
                                         simulator::SimulationOptions options) {
  executor::Policy policy;
  if (const std::string path = FindConfig(config); !path.empty()) {
    GODWIT_TRY_ASSIGN(const config::Settings settings, config::ReadSettings(path));
    policy = PolicyOf(settings);
  }
  options.threads = static_cast<int>(std::thread::hardware_concurrency());
  return simulator::SimulatePlan(file.plan, policy, options);
}

Json ForecastJson(const simulator::PlanForecast& forecast, const std::string& plan_hash) {
  Json units = Json::array();
  for (const simulator::UnitForecast& unit : forecast.units) {
    units.push_back({{"unit", unit.unit},
                     {"switched", unit.switched},
                     {"copy_begin_ms", unit.copy_begin.count()},
                     {"copy_end_ms", unit.copy_end.count()},
                     {"first_cutover_ms", unit.first_cutover.count()},
                     {"cutover", SpreadJson(unit.cutover)},
                     {"freeze", SpreadJson(unit.freeze)},
                     {"freezes_most", unit.freezes_most}});
  }
  Json link = Json::array();
  for (const simulator::LinkHour& hour : forecast.link)
    link.push_back({static_cast<int64_t>(hour.copied), static_cast<int64_t>(hour.synced)});
  return {{"version", 1},
          {"plan_hash", plan_hash},
          {"seed", forecast.seed},
          {"runs", forecast.runs},
          {"finished", forecast.finished},
          {"duration", SpreadJson(forecast.duration)},
          {"freeze", SpreadJson(forecast.freeze)},
          {"longest_freeze", SpreadJson(forecast.longest_freeze)},
          {"copied_bytes", forecast.copied_bytes},
          {"units", std::move(units)},
          {"link_bytes_by_hour", std::move(link)}};
}

Result<report::Forecast> ReadForecast(const std::string& path, const PlanFile& file) {
  GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(path));
  try {
    const Json json = Json::parse(text);
    if (json.at("plan_hash") != file.hash)
      return Conflict(path + " is of another plan: make it anew with `godwit plan simulate -o`");
    const simulator::PlanForecast forecast = ForecastOf(json);
    if (forecast.units.size() != file.plan.units.size())
      return InvalidInput(path + ": it has other units than the plan");
    return ForecastForReport(forecast);
  } catch (const Json::exception& error) {
    return InvalidInput(fmt::format("{} is no simulation: {}", path, error.what()));
  }
}

report::Forecast ForecastForReport(const simulator::PlanForecast& forecast) {
  report::Forecast made;
  made.seed = forecast.seed;
  made.runs = forecast.runs;
  made.finished = forecast.finished;
  made.duration = QuantilesOf(forecast.duration);
  made.freeze = QuantilesOf(forecast.freeze);
  made.longest_freeze = QuantilesOf(forecast.longest_freeze);
  made.copied_bytes = forecast.copied_bytes;
  for (const simulator::UnitForecast& unit : forecast.units) {
    made.units.push_back({SecondsOf(unit.copy_begin), SecondsOf(unit.copy_end), SecondsOf(unit.first_cutover),
                          QuantilesOf(unit.freeze)});
  }
  for (const simulator::LinkHour& hour : forecast.link) made.hours.push_back({hour.copied, hour.synced});
  return made;
}

}  // namespace godwit::cli
