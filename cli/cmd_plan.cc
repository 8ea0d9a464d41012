#include <fmt/format.h>

#include <memory>

#include "base/bytes.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/scan_file.h"
#include "cli/text_file.h"
#include "planner/from_lineage.h"
#include "planner/graph_file.h"
#include "planner/make_plan.h"
#include "planner/plan_json.h"
#include "planner/size_text.h"

namespace godwit::cli {
namespace {

struct PlanArgs {
  std::string graph;  // a .lg file; empty: the scan
  std::string scan;   // empty: the last one
  std::string config;
  std::string cap = "1%";
  double alpha = 1;
  bool upstream_first = false;
  std::string effort = "default";
  uint64_t seed = 7;
  std::string out;
};

Result<planner::Request> MakeRequest(const PlanArgs& args) {
  planner::Request request;
  GODWIT_TRY_ASSIGN(request.unit_max, planner::ParseSize(args.cap));
  request.alpha = args.alpha;
  if (args.upstream_first) request.order = planner::OrderRule::kUpstreamFirst;
  if (args.effort == "high") request.effort = planner::Effort::kHigh;
  request.seed = args.seed;
  return request;
}

struct PlanInput {
  planner::Workload workload;
  std::optional<lineage::Scan> scan;  // none: the workload is a graph file's
};

Result<PlanInput> ReadInput(const PlanArgs& args) {
  PlanInput input;
  if (args.graph.empty()) {
    GODWIT_TRY_ASSIGN(input.scan, ReadScan(args.scan, args.config));
    input.workload = planner::WorkloadOf(*input.scan, lineage::BuildGraph(*input.scan));
  } else {
    GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(args.graph));
    Result<planner::Workload> workload = planner::ReadGraphFile(text);
    if (!workload.ok()) return Within(args.graph, workload.error());
    input.workload = *std::move(workload);
  }
  GODWIT_TRY(planner::CheckWorkload(input.workload));
  return input;
}

// What only the scan knows.
void Complete(const PlanInput& input, planner::Plan& plan) {
  if (!input.scan) return;
  plan.fingerprint = planner::FingerprintOf(*input.scan);
  planner::NameHazards(*input.scan, lineage::BuildGraph(*input.scan), plan);
}

std::string Summary(const planner::Plan& plan) {
  const planner::Totals& totals = plan.totals;
  return fmt::format(
      "{} units in {} waves, {} to move, at most {} a unit\n"
      "cross-site reads: {:.3f} % of what is read while it lasts ({}); syncs carry {}\n"
      "cut: {} reads ({:.2f} % of bytes read a day), {} of them with the reader first\n"
      "duration {}, frozen {} in all, {} at the longest\n",
      plan.units.size(), plan.waves.size(), FormatBytes(totals.bytes), FormatBytes(plan.unit_bytes_max),
      100 * totals.cost.crossing, FormatBytes(totals.crossing_bytes), FormatBytes(totals.sync_bytes),
      plan.cut_edges.size(), 100 * totals.cost.cut_share, totals.cost.reader_first_reads,
      FormatDuration(totals.duration), FormatDuration(totals.freeze), FormatDuration(totals.longest_freeze));
}

ExitCode RunPlan(const PlanArgs& args, const Output& output) {
  Result<planner::Request> request = MakeRequest(args);
  if (!request.ok()) return output.Fail(request.error());
  const Result<PlanInput> input = ReadInput(args);
  if (!input.ok()) return output.Fail(input.error());
  Result<planner::Plan> plan = planner::MakePlan(input->workload, *request, {});
  if (!plan.ok()) return output.Fail(plan.error());
  Complete(*input, *plan);
  for (const std::string& warning : plan->warnings) output.Warn(warning);
  if (args.out.empty() && output.json) {
    output.Print(planner::PlanText(*plan));
    return kExitDone;
  }
  if (!args.out.empty()) {
    const Status written =
        WriteTextFile(args.out, [&](const TextSink& sink) { planner::WritePlan(*plan, sink); });
    if (!written.ok()) return output.Fail(written.error());
  }
  output.Print(Summary(*plan));
  if (!args.out.empty()) output.NextStep("godwit report " + args.out + " -o report/");
  return kExitDone;
}

}  // namespace

void AddPlan(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "plan", "Cut a warehouse into units and put them in order",
                                 "godwit plan --graph warehouse.lg --cap 1% -o plan.json");
  auto args = std::make_shared<PlanArgs>();
  CLI::Option* graph = command->add_option("--graph", args->graph, "a lineage graph (.lg) instead of a scan");
  command->add_option("--scan", args->scan, "default: .godwit/scan.json beside the configuration")
      ->excludes(graph);
  command->add_option("--config", args->config, "default: godwit.yaml, if it is here");
  command->add_option("--cap", args->cap, "most bytes in a unit: a share such as 1%, or 2TB")
      ->capture_default_str();
  command->add_option("--alpha", args->alpha, "price of a reader that moves before its table")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1e6));
  command->add_flag("--upstream-first", args->upstream_first, "no reader moves before its table");
  command->add_option("--effort", args->effort, "default or high")->check(CLI::IsMember({"default", "high"}));
  command->add_option("--seed", args->seed, "another seed gives another plan of about the same cost");
  command->add_option("-o,--output", args->out, "where the plan goes");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunPlan(*args, output); };
  });
}

}  // namespace godwit::cli
