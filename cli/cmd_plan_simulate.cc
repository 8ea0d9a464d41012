// `godwit plan simulate PLAN`: the real engine carries the plan out between two sites in memory.
#include <fmt/format.h>

#include <memory>

#include "base/bytes.h"
#include "base/time.h"
#include "cli/opened_world.h"
#include "cli/plan_commands.h"
#include "cli/scan_file.h"
#include "cli/state_folder.h"
#include "simulator/simulate_plan.h"

namespace godwit::cli {
namespace {

struct SimulateArgs {
  std::string plan = "plan.json";
  std::string config;
  simulator::SimulationOptions options;
};

std::string SpreadText(const simulator::Spread& spread) {
  return fmt::format("{} (p95 {})", FormatDuration(spread.p50), FormatDuration(spread.p95));
}

Json SpreadJson(const simulator::Spread& spread) {
  return {{"p50_ms", spread.p50.count()}, {"p95_ms", spread.p95.count()}};
}

std::string ForecastText(const simulator::PlanForecast& forecast) {
  std::string text = fmt::format(
      "{} of {} simulated runs moved everything\n"
      "duration {}, frozen {} in all, {} at the longest, {} copied\n\n"
      "{:8} {:>8}  {:28} {:28} {}\n",
      forecast.finished, forecast.runs, SpreadText(forecast.duration), SpreadText(forecast.freeze),
      SpreadText(forecast.longest_freeze), FormatBytes(forecast.copied_bytes), "unit", "switched", "cut-over",
      "frozen", "freezes");
  for (const simulator::UnitForecast& unit : forecast.units) {
    text += fmt::format("{:8} {:>8}  {:28} {:28} {}\n", unit.unit,
                        fmt::format("{}/{}", unit.switched, forecast.runs), SpreadText(unit.cutover),
                        SpreadText(unit.freeze), unit.freezes_most);
  }
  return text;
}

Json ForecastJson(const simulator::PlanForecast& forecast) {
  Json units = Json::array();
  for (const simulator::UnitForecast& unit : forecast.units) {
    units.push_back({{"unit", unit.unit},
                     {"switched", unit.switched},
                     {"cutover", SpreadJson(unit.cutover)},
                     {"freeze", SpreadJson(unit.freeze)},
                     {"freezes_most", unit.freezes_most}});
  }
  return {{"version", 1},
          {"runs", forecast.runs},
          {"finished", forecast.finished},
          {"duration", SpreadJson(forecast.duration)},
          {"freeze", SpreadJson(forecast.freeze)},
          {"longest_freeze", SpreadJson(forecast.longest_freeze)},
          {"copied_bytes", forecast.copied_bytes},
          {"units", units}};
}

Result<simulator::PlanForecast> Simulate(const SimulateArgs& args) {
  GODWIT_TRY_ASSIGN(const PlanFile file, ReadPlanFile(args.plan));
  executor::Policy policy;
  if (const std::string config = FindConfig(args.config); !config.empty()) {
    GODWIT_TRY_ASSIGN(const config::Settings settings, config::ReadSettings(config));
    policy = PolicyOf(settings);
  }
  return simulator::SimulatePlan(file.plan, policy, args.options);
}

ExitCode RunSimulate(const SimulateArgs& args, const Output& output) {
  const Result<simulator::PlanForecast> forecast = Simulate(args);
  if (!forecast.ok()) return output.Fail(forecast.error());
  if (output.json) {
    output.PrintJson(ForecastJson(*forecast));
  } else {
    output.Print(ForecastText(*forecast));
  }
  const bool whole = forecast->finished == forecast->runs;
  output.NextStep(whole ? "godwit report " + args.plan
                        : "godwit plan explain UNIT, for the units that did not switch in every run");
  return whole ? kExitDone : kExitIncomplete;
}

}  // namespace

void AddPlanSimulate(CLI::App& plan, Invocation& invocation) {
  CLI::App* command = AddCommand(plan, invocation, "simulate", "Carry a plan out between two sites in memory",
                                 "godwit plan simulate plan.json --runs 20");
  auto args = std::make_shared<SimulateArgs>();
  command->add_option("PLAN", args->plan, "the plan")->capture_default_str();
  command->add_option("--config", args->config,
                      "limits of the executor; default: godwit.yaml, if it is here");
  command->add_option("--runs", args->options.runs, "how often, each with other run times and rates")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--seed", args->options.seed, "of the first run")->capture_default_str();
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunSimulate(*args, output); };
  });
}

}  // namespace godwit::cli
