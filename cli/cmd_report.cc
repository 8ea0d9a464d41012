// `godwit report`: what a review board reads and signs.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/command.h"
#include "cli/forecast.h"
#include "cli/scan_file.h"
#include "cli/state_folder.h"
#include "cli/text_file.h"
#include "lineage/lint.h"
#include "report/csv.h"
#include "report/html.h"
#include "report/markdown.h"
#include "report/runbook.h"

namespace godwit::cli {
namespace {

struct ReportArgs {
  std::string plan;
  std::string folder = "report";
  std::string scan;
  std::string config;
  std::string simulation;
};

// Larger plans are simulated by `godwit plan simulate`, which takes its time.
constexpr size_t kSimulatedUnitsMax = 500;
constexpr int kSimulatedRuns = 5;

std::vector<report::Finding> FindingsOf(const lineage::Scan& scan, const lineage::Graph& graph) {
  std::vector<report::Finding> findings;
  std::vector<lineage::Finding> found = lineage::Lint(scan, graph);
  std::erase_if(found, [](const lineage::Finding& each) { return !each.allowed.empty(); });
  std::ranges::stable_sort(found, std::less<>(),
                           [](const lineage::Finding& each) { return each.rule->severity; });
  for (const lineage::Finding& each : found) {
    const std::string place = each.file.empty() ? (each.table.empty() ? each.job : each.table)
                                                : fmt::format("{}:{}", each.file, each.line);
    findings.push_back({each.rule->code, lineage::SeverityName(each.rule->severity), each.rule->title,
                        each.detail, place, each.owner, each.rule->remedy});
  }
  return findings;
}

// What nobody could read, as the scan tells it.
std::vector<std::string> UnreadOf(const std::vector<report::Finding>& findings) {
  std::vector<std::string> unread;
  for (const report::Finding& each : findings) {
    if (each.code == "GW040" || each.code == "GW042") unread.push_back(each.place + ": " + each.detail);
  }
  return unread;
}

Result<report::Readiness> ReadinessOf(const ReportArgs& args, const planner::Plan& plan) {
  report::Readiness readiness;
  if (plan.source.kind != "scan") return readiness;
  const std::string& fingerprint = plan.source.digest;
  GODWIT_TRY_ASSIGN(const lineage::Scan scan, ReadScan(args.scan, args.config));
  readiness.known = true;
  if (scan.fingerprint != fingerprint) {
    readiness.stale =
        fmt::format("the plan was made from scan {}, this is scan {}", fingerprint, scan.fingerprint);
  }
  readiness.findings = FindingsOf(scan, lineage::BuildGraph(scan));
  readiness.unread = UnreadOf(readiness.findings);
  return readiness;
}

// What is given; else a few runs, where that is quick and the plan can be carried out at all.
Result<std::optional<report::Forecast>> ForecastOf(const ReportArgs& args, const PlanFile& file) {
  if (!args.simulation.empty()) {
    GODWIT_TRY_ASSIGN(report::Forecast read, ReadForecast(args.simulation, file));
    return std::optional(std::move(read));
  }
  if (!file.plan.named || file.plan.units.size() > kSimulatedUnitsMax)
    return std::optional<report::Forecast>();
  simulator::SimulationOptions options;
  options.runs = kSimulatedRuns;
  GODWIT_TRY_ASSIGN(const simulator::PlanForecast made, Simulate(file, args.config, options));
  return std::optional(ForecastForReport(made));
}

struct Page {
  const char* name;
  std::string text;
};

Status WritePages(const std::string& folder, const std::vector<Page>& pages) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return InvalidInput(folder + ": " + error.message());
  for (const Page& page : pages) GODWIT_TRY(WriteTextFile(folder + "/" + page.name, page.text));
  std::filesystem::permissions(folder + "/commands.sh", std::filesystem::perms::owner_exec,
                               std::filesystem::perm_options::add, error);
  return Ok();
}

// "17 4f9c…" of the journal beside the configuration: printed and filed, it shows later that nothing was cut
// off.
std::string LogHead(const ReportArgs& args) {
  const Result<config::Settings> settings =
      config::ReadSettings(args.config.empty() ? "godwit.yaml" : args.config);
  if (!settings.ok()) return "";
  const Result<StateFolder> folder = StateFolder::Find(settings->state_folder);
  if (!folder.ok()) return "";
  const auto journal = state::OpenSqliteJournal(folder->JournalPath(), {.read_only = true});
  if (!journal.ok()) return "";
  const Result<state::Journal::Head> head = (*journal)->GetHead();
  return head.ok() && head->sequence > 0 ? fmt::format("{} {}", head->sequence, head->hash) : "";
}

ExitCode Run(const ReportArgs& args, const Output& output) {
  const Result<PlanFile> plan = ReadPlanFile(args.plan);
  if (!plan.ok()) return output.Fail(plan.error());
  Result<report::Readiness> readiness = ReadinessOf(args, plan->plan);
  if (!readiness.ok()) return output.Fail(readiness.error());
  Result<std::optional<report::Forecast>> forecast = ForecastOf(args, *plan);
  if (!forecast.ok()) return output.Fail(forecast.error());
  report::Board board = report::MakeBoard(plan->plan, {args.plan, plan->hash, GODWIT_VERSION, LogHead(args)},
                                          *std::move(readiness));
  board.forecast = *std::move(forecast);
  std::vector<Page> pages = {{"report.html", report::HtmlPage(board)},
                             {"report.md", report::MarkdownPage(board)},
                             {"runbook.md", report::RunbookMarkdown(board)},
                             {"commands.sh", report::CommandsScript(board)},
                             {"units.csv", report::UnitsCsv(plan->plan)},
                             {"cut_edges.csv", report::CutEdgesCsv(plan->plan)},
                             {"plan.json", plan->text}};
  if (plan->plan.named) pages.push_back({"tables.csv", report::TablesCsv(plan->plan)});
  if (const Status written = WritePages(args.folder, pages); !written.ok())
    return output.Fail(written.error());
  const auto high = std::ranges::count(board.risks, report::Weight::kHigh, &report::Risk::weight);
  if (output.json) {
    Json names = Json::array();
    for (const Page& page : pages) names.push_back(page.name);
    output.PrintJson(
        {{"report", args.folder}, {"plan_hash", plan->hash}, {"files", names}, {"high_risks", high}});
  } else {
    output.Print(fmt::format("{}/report.html and {} more files; {} risks, {} of them high\n", args.folder,
                             pages.size() - 1, board.risks.size(), high));
  }
  output.NextStep(
      fmt::format("let the board read {}/report.html, then godwit approve {}", args.folder, args.plan));
  return high > 0 ? kExitIncomplete : kExitDone;
}

}  // namespace

void AddReport(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<ReportArgs>();
  CLI::App* command =
      AddCommand(app, invocation, "report", "What a review board reads and signs; executes nothing",
                 "godwit report plan.json -o report/");
  command->add_option("plan", args->plan, "the plan file")->required();
  command->add_option("-o,--output", args->folder, "the folder")->capture_default_str();
  command->add_option("--scan", args->scan, "default: .godwit/scan.json beside the configuration");
  command->add_option("--simulation", args->simulation,
                      "what `godwit plan simulate -o` wrote; default: five runs, up to 500 units");
  command->add_option("--config", args->config, "default: godwit.yaml, if it is here");
  command->callback(
      [&invocation, args] { invocation.run = [args](const Output& output) { return Run(*args, output); }; });
}

}  // namespace godwit::cli
