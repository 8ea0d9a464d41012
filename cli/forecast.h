// cli/forecast.h — simulated runs of a plan: made, kept as simulation.json, and read back for the report.
#pragma once

#include <string>

#include "cli/output.h"
#include "cli/state_folder.h"
#include "report/forecast.h"
#include "simulator/simulate_plan.h"

namespace godwit::cli {

// With the executor's limits from the configuration; default: godwit.yaml, if it is here. Errors as
// SimulatePlan.
Result<simulator::PlanForecast> Simulate(const PlanFile& file, const std::string& config,
                                         simulator::SimulationOptions options);

// simulation.json: version 1.
Json ForecastJson(const simulator::PlanForecast& forecast, const std::string& plan_hash);
// Of such a file. Errors: kInvalidInput if it is none; kConflict if it is of another plan.
Result<report::Forecast> ReadForecast(const std::string& path, const PlanFile& file);
report::Forecast ForecastForReport(const simulator::PlanForecast& forecast);

}  // namespace godwit::cli
