// `godwit plan simulate PLAN`: the real engine carries the plan out between two sites in memory.
#include <fmt/format.h>

#include <memory>

#include "base/bytes.h"
#include "base/time.h"
#include "cli/forecast.h"
#include "cli/plan_commands.h"
#include "cli/text_file.h"

namespace godwit::cli {
namespace {

struct SimulateArgs {
  std::string plan = "plan.json";
  std::string config;
  std::string output;
  simulator::SimulationOptions options;
};

std::string SpreadText(const simulator::Spread& spread) {
  return fmt::format("{} (p95 {})", FormatDuration(spread.p50), FormatDuration(spread.p95));
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

ExitCode RunSimulate(const SimulateArgs& args, const Output& output) {
  const Result<PlanFile> file = ReadPlanFile(args.plan);
  if (!file.ok()) return output.Fail(file.error());
  const Result<simulator::PlanForecast> forecast = Simulate(*file, args.config, args.options);
  if (!forecast.ok()) return output.Fail(forecast.error());
  const Json json = ForecastJson(*forecast, file->hash);
  if (!args.output.empty()) {
    if (const Status kept = WriteTextFile(args.output, json.dump() + "\n"); !kept.ok())
      return output.Fail(kept.error());
  }
  if (output.json) {
    output.PrintJson(json);
  } else {
    output.Print(ForecastText(*forecast));
  }
  const bool whole = forecast->finished == forecast->runs;
  output.NextStep(whole ? "godwit report " + args.plan +
                              (args.output.empty() ? "" : " --simulation " + args.output)
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
  command
      ->add_option("--runs", args->options.runs,
                   "how often, each with other run times and rates (20; fewer above 1,000 units)")
      ->check(CLI::Range(1, 1000));
  command->add_option("--seed", args->options.seed, "of the first run")->capture_default_str();
  command->add_option("-o,--output", args->output, "keeps it for `godwit report --simulation`");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunSimulate(*args, output); };
  });
}

}  // namespace godwit::cli
