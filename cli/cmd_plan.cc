// `godwit plan`: from a scan, a graph or a workload file to a plan.
#include <fmt/format.h>

#include <memory>

#include "cli/plan_commands.h"
#include "cli/plan_request.h"
#include "cli/plan_source.h"
#include "cli/plan_view.h"
#include "cli/scan_file.h"
#include "cli/text_file.h"
#include "planner/alternatives.h"
#include "planner/edits_json.h"
#include "planner/make_plan.h"
#include "planner/plan_json.h"
#include "planner/request_json.h"

namespace godwit::cli {
namespace {

// Up to here alternatives are weighed without being asked for: it takes about a second.
constexpr size_t kWeighedUnasked = 10'000;  // tables, jobs and accesses

struct PlanArgs {
  std::string graph;     // a .lg file; empty: the scan
  std::string workload;  // a workload file
  std::string scan;      // empty: the last one
  std::string config;
  std::string request;
  std::vector<std::string> wishes;  // as ChangeRequest takes them, in the order given
  bool cut_at_unknown = false;
  std::string edits;
  std::string what_if;
  bool alternatives = false;
  std::string out;
};

Result<LoadedWorkload> Load(const PlanArgs& args) {
  if (!args.graph.empty()) return LoadGraph(args.graph);
  if (!args.workload.empty()) return LoadWorkloadFile(args.workload);
  return LoadFromScan(args.scan, args.config);
}

// The configuration, overruled by the request file, overruled by the command line.
Result<planner::Request> MakeRequest(const PlanArgs& args) {
  const bool bare = !args.graph.empty() && args.config.empty();  // a graph is planned as it stands
  GODWIT_TRY_ASSIGN(planner::Request request, RequestFromConfig(bare ? "" : FindConfig(args.config)));
  if (!args.request.empty()) {
    GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(args.request));
    const Status read = planner::ReadOntoRequest(text, request);
    if (!read.ok()) return Within(args.request, read.error());
  }
  for (const std::string& wish : args.wishes) GODWIT_TRY(planner::ChangeRequest(wish, request));
  request.cut_at_unknown = request.cut_at_unknown || args.cut_at_unknown;
  return request;
}

Result<std::vector<planner::Edit>> LoadEdits(const PlanArgs& args, const planner::Workload& workload) {
  if (args.edits.empty()) return std::vector<planner::Edit>{};
  GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(args.edits));
  Result<std::vector<planner::Edit>> edits = planner::ReadEdits(text, workload);
  if (!edits.ok()) return Within(args.edits, edits.error());
  return edits;
}

bool WeighsAlternatives(const PlanArgs& args, const planner::Workload& workload) {
  const size_t size = workload.tables.size() + workload.jobs.size() + workload.accesses.size();
  return args.alternatives || (args.graph.empty() && size <= kWeighedUnasked);
}

struct Made {
  planner::Plan plan;
  std::vector<planner::WhatIf> what_if;
};

Result<Made> Make(const PlanArgs& args) {
  GODWIT_TRY_ASSIGN(const planner::Request request, MakeRequest(args));
  GODWIT_TRY_ASSIGN(LoadedWorkload loaded, Load(args));
  GODWIT_TRY_ASSIGN(const std::vector<planner::Edit> edits, LoadEdits(args, loaded.workload));
  Made made;
  GODWIT_TRY_ASSIGN(made.plan, planner::MakePlan(loaded.workload, request, edits));
  made.plan.source = loaded.source;
  made.plan.fingerprint = std::move(loaded.fingerprint);
  if (!args.what_if.empty()) {
    GODWIT_TRY_ASSIGN(made.what_if, planner::TryWishes(loaded.workload, made.plan, args.what_if));
  } else if (WeighsAlternatives(args, loaded.workload)) {
    made.plan.alternatives = planner::WeighAlternatives(loaded.workload, made.plan);
  }
  return made;
}

void Show(const PlanArgs& args, const Made& made, const Output& output) {
  if (!args.what_if.empty()) {
    if (output.json) return output.PrintJson(SideBySideJson(made.plan, made.what_if));
    return output.Print(SideBySideText(made.plan, made.what_if));
  }
  if (output.json && args.out.empty()) return output.Print(planner::PlanText(made.plan));
  output.Print(SummaryText(made.plan));
}

ExitCode RunPlan(const PlanArgs& args, const Output& output) {
  const Result<Made> made = Make(args);
  if (!made.ok()) return output.Fail(made.error());
  for (const std::string& warning : made->plan.warnings) output.Warn(warning);
  if (!args.out.empty()) {
    const Status written =
        WriteTextFile(args.out, [&](const TextSink& sink) { planner::WritePlan(made->plan, sink); });
    if (!written.ok()) return output.Fail(written.error());
  }
  Show(args, *made, output);
  output.NextStep(args.out.empty()
                      ? "the same with -o plan.json, to keep the plan"
                      : "godwit plan explain NAME --plan " + args.out + ", or godwit report " + args.out);
  return kExitDone;
}

void AddWish(CLI::App* command, const std::shared_ptr<PlanArgs>& args, const std::string& flag,
             const std::string& key, const std::string& help) {
  command->add_option_function<std::vector<std::string>>(
      flag,
      [args, key](const std::vector<std::string>& values) {
        for (const std::string& value : values) args->wishes.push_back(key + "=" + value);
      },
      help);
}

void AddInputs(CLI::App* command, const std::shared_ptr<PlanArgs>& args) {
  CLI::Option* graph = command->add_option("--graph", args->graph, "a lineage graph (.lg) instead of a scan");
  command->add_option("--workload", args->workload, "a workload file instead of a scan")->excludes(graph);
  command->add_option("--scan", args->scan, "default: .godwit/scan.json beside the configuration")
      ->excludes(graph);
  command->add_option("--config", args->config,
                      "default: godwit.yaml, if it is here; its section `plan:` counts");
  command->add_option("--request", args->request, "a JSON file of wishes, see docs/planning.md");
  command->add_option("--edits", args->edits, "what people changed, as `godwit plan edit` keeps it");
}

void AddWishes(CLI::App* command, const std::shared_ptr<PlanArgs>& args) {
  AddWish(command, args, "--cap", "cap", "most bytes in a unit: a share such as 1% (the default), or 2TB");
  AddWish(command, args, "--alpha", "alpha", "price of a reader that moves before its table (1)");
  command->add_flag_callback(
      "--upstream-first", [args] { args->wishes.push_back("order=upstream-first"); },
      "no reader moves before its table");
  AddWish(command, args, "--tie", "tie",
          "keep together what has the same workflow, owner or group; repeatable");
  AddWish(command, args, "--objective", "objective", "reads (default), sync-once or dual-run");
  AddWish(command, args, "--bandwidth", "bandwidth", "of the link, such as 5GB/s");
  AddWish(command, args, "--start", "start", "when the move begins, such as 2026-12-07");
  AddWish(command, args, "--effort", "effort", "default or high");
  AddWish(command, args, "--seed", "seed", "another one gives another plan of about the same cost");
  command->add_flag("--cut-at-unknown", args->cut_at_unknown, "cut even above what could not be read");
}

}  // namespace

void AddPlan(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "plan", "Cut a warehouse into units and put them in order",
                                 "godwit plan -o plan.json\n"
                                 "  godwit plan --graph warehouse.lg --cap 1% --effort high -o plan.json\n"
                                 "  godwit plan --what-if bandwidth=5GB/s,cap=2TB,alpha=5,tie=workflow");
  auto args = std::make_shared<PlanArgs>();
  AddInputs(command, args);
  AddWishes(command, args);
  command->add_option("--what-if", args->what_if,
                      "wishes with commas between: plans with each and all, side by side");
  command->add_flag("--alternatives", args->alternatives,
                    "weigh what was not chosen, also where that takes long");
  command->add_option("-o,--output", args->out, "where the plan goes");
  AddPlanExplain(*command, invocation);
  AddPlanDiff(*command, invocation);
  AddPlanEdit(*command, invocation);
  command->callback([&invocation, args, command] {
    if (!command->get_subcommands().empty()) return;
    invocation.run = [args](const Output& output) { return RunPlan(*args, output); };
  });
}

}  // namespace godwit::cli
