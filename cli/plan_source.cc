#include "cli/plan_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "cli/scan_file.h"
#include "cli/text_file.h"
#include "planner/from_lineage.h"
#include "planner/graph_file.h"
#include "planner/make_plan.h"
#include "planner/workload_json.h"

namespace godwit::cli {
namespace {

Result<LoadedWorkload> LoadFile(const char* kind, const std::string& path,
                                Result<planner::Workload> (*read)(std::string_view)) {
  GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(path));
  Result<planner::Workload> workload = read(text);
  if (!workload.ok()) return Within(path, workload.error());
  if (const Status checked = planner::CheckWorkload(*workload); !checked.ok())
    return Within(path, checked.error());
  const std::string digest = Hex64(Hash64(text));
  return LoadedWorkload{*std::move(workload), {kind, path, digest}, {{kind, path, digest}}};
}

}  // namespace

Result<LoadedWorkload> LoadGraph(const std::string& path) {
  return LoadFile("graph", path, planner::ReadGraphFile);
}

Result<LoadedWorkload> LoadWorkloadFile(const std::string& path) {
  return LoadFile("workload", path, planner::ReadWorkload);
}

Result<LoadedWorkload> LoadFromScan(const std::string& given, const std::string& config) {
  const std::string path = given.empty() ? FolderOfScan(FindConfig(config)) + "/scan.json" : given;
  GODWIT_TRY_ASSIGN(const lineage::Scan scan, lineage::LoadScan(path));
  LoadedWorkload loaded;
  loaded.workload = planner::WorkloadOf(scan, lineage::BuildGraph(scan));
  GODWIT_TRY(planner::CheckWorkload(loaded.workload));
  loaded.source = {"scan", path, scan.fingerprint};
  loaded.fingerprint = planner::FingerprintOf(scan);
  return loaded;
}

Result<planner::Workload> LoadAgain(const planner::Plan& plan) {
  const planner::PlanSource& source = plan.source;
  Result<LoadedWorkload> loaded =
      InvalidInput("the plan does not say what it was made from: make it anew with `godwit plan`");
  if (source.kind == "graph") loaded = LoadGraph(source.path);
  if (source.kind == "workload") loaded = LoadWorkloadFile(source.path);
  if (source.kind == "scan") loaded = LoadFromScan(source.path, "");
  if (!loaded.ok()) return Within("what the plan was made from", loaded.error());
  if (loaded->source.digest != source.digest) {
    return Conflict(
        fmt::format("{} is not what the plan was made from any more: make the plan anew with `godwit plan`",
                    source.path));
  }
  GODWIT_TRY(planner::CheckFits(loaded->workload, plan));
  return std::move(loaded->workload);
}

}  // namespace godwit::cli
