// cli/plan_source.h — what a plan is made from: a graph, a workload file or a scan; and the same again, for
// commands that look at a plan later.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "planner/plan.h"

namespace godwit::cli {

struct LoadedWorkload {
  planner::Workload workload;
  planner::PlanSource source;
  std::vector<planner::FingerprintEntry> fingerprint;  // sorted
};

// Errors: kInvalidInput with file and place; of a scan, those of lineage::LoadScan.
Result<LoadedWorkload> LoadGraph(const std::string& path);
Result<LoadedWorkload> LoadWorkloadFile(const std::string& path);
Result<LoadedWorkload> LoadFromScan(const std::string& scan, const std::string& config);  // "": the last scan

// What the plan was made from. Errors: as above; kConflict if it has changed since;
// kInvalidInput if the plan does not fit it.
Result<planner::Workload> LoadAgain(const planner::Plan& plan);

}  // namespace godwit::cli
