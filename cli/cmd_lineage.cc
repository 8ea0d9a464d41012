#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/bytes.h"
#include "base/nearest.h"
#include "cli/command.h"
#include "cli/lineage_view.h"
#include "cli/scan_file.h"

namespace godwit::cli {
namespace {

using lineage::Graph;
using lineage::TableId;

struct LineageArgs {
  std::string name;
  std::string scan;
  std::string config;
  std::string form = "text";
  int up = 1;
  int down = 1;
  bool columns = false;
};

// The tables that a name means: the table, or those that a job reads and writes. Errors: kInvalidInput, with
// the nearest name.
Result<std::vector<TableId>> Named(const Graph& graph, const std::string& name, bool* is_job) {
  if (const lineage::Table* table = graph.FindTable(name)) return std::vector<TableId>{graph.IdOf(*table)};
  if (const lineage::Job* job = graph.FindJob(name)) {
    *is_job = true;
    std::set<TableId> tables;
    for (const lineage::Access& access : graph.accesses) {
      if (access.job == graph.IdOf(*job)) tables.insert(access.table);
    }
    return std::vector<TableId>{tables.begin(), tables.end()};
  }
  std::vector<std::string> known;
  for (const lineage::Table& table : graph.tables) known.push_back(table.name);
  for (const lineage::Job& job : graph.jobs) known.push_back(job.name);
  const auto nearest = NearestWord(name, known);
  return InvalidInput(
      fmt::format("no table or job is named {}{}", name, nearest ? ": did you mean " + *nearest + "?" : ""));
}

ExitCode RunLineage(const LineageArgs& args, const Output& output) {
  Result<lineage::Scan> scan = ReadScan(args.scan, args.config);
  if (!scan.ok()) return output.Fail(scan.error());
  const Graph graph = lineage::BuildGraph(*scan);
  if (args.name == "stats") {
    const lineage::Shape shape = lineage::ShapeOf(graph);
    output.json ? output.PrintJson(StatsJson(*scan, graph, shape))
                : output.Print(StatsText(*scan, graph, shape));
    output.NextStep("godwit lint");
    return kExitDone;
  }
  std::vector<uint32_t> edges;
  if (args.name.empty()) {
    for (uint32_t i = 0; i < graph.edges.size(); ++i) edges.push_back(i);
  } else {
    bool is_job = false;
    const Result<std::vector<TableId>> tables = Named(graph, args.name, &is_job);
    if (!tables.ok()) return output.Fail(tables.error());
    edges = is_job && args.up == 1 && args.down == 1 ? EdgesOfJob(graph, *graph.FindJob(args.name))
                                                     : lineage::Around(graph, *tables, args.up, args.down);
  }
  if (args.form == "dot") {
    output.Print(EdgesDot(graph, edges));
  } else if (args.form == "openlineage") {
    output.Print(OpenLineageText(*scan, graph, edges, args.columns));
  } else if (output.json) {
    output.PrintJson(EdgesJson(*scan, graph, edges, args.columns));
  } else {
    output.Print(EdgesText(*scan, graph, edges, args.name, args.columns));
  }
  return kExitDone;
}

}  // namespace

void AddLineage(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<LineageArgs>();
  CLI::App* command = AddCommand(app, invocation, "lineage", "Who reads and writes what, from the last scan",
                                 "godwit lineage dw.orders --up 2 --down 2\n  godwit lineage stats");
  command->remove_option(command->get_option("--format"));
  command
      ->add_option_function<std::string>(
          "--format",
          [&invocation, args](const std::string& form) {
            invocation.output.json = form == "json";
            args->form = form;
          },
          "text, json, dot or openlineage")
      ->check(CLI::IsMember({"text", "json", "dot", "openlineage"}));
  command->add_option("NAME", args->name, "a table or job, or `stats`; default: everything");
  command->add_option("--up", args->up, "steps towards the sources; -1: all");
  command->add_option("--down", args->down, "steps towards the readers; -1: all");
  command->add_flag("--columns", args->columns, "columns too");
  command->add_option("--scan", args->scan, "default: .godwit/scan.json beside the configuration");
  command->add_option("--config", args->config, "default: godwit.yaml, if it is here");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunLineage(*args, output); };
  });
}

}  // namespace godwit::cli
