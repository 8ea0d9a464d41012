// cli/cmd_doctor.cc — `godwit doctor`: looks at both sites before anything is moved. Changes nothing.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/command.h"
#include "cli/diagnose_sites.h"
#include "cli/state_folder.h"

namespace godwit::cli {
namespace {

using executor::Severity;

struct DoctorArgs {
  std::string config = "godwit.yaml";
  std::string plan;
  bool all = false;
};

const char* Word(Severity severity) {
  switch (severity) {
    case Severity::kGood: return "good";
    case Severity::kNote: return "note";
    case Severity::kWarning: return "warning";
    case Severity::kProblem: return "problem";
  }
  return "";
}

size_t Count(const std::vector<PlacedFinding>& findings, Severity severity) {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(), [&](const PlacedFinding& each) {
    return each.finding.severity == severity;
  }));
}

// Only what the plan moves is looked at.
Result<Moving> MovingOf(const std::string& path) {
  Moving moving;
  if (path.empty()) return moving;
  GODWIT_TRY_ASSIGN(const PlanFile file, ReadPlanFile(path));
  std::set<std::string> databases;
  for (const planner::Unit& unit : file.plan.units) {
    for (const planner::TableId id : unit.tables) {
      const planner::PlannedTable& table = file.plan.tables[planner::Index(id)];
      const std::string database = table.name.substr(0, table.name.find('.'));
      databases.insert(database);
      moving.bytes[database] += table.bytes;
    }
  }
  moving.databases = {databases.begin(), databases.end()};
  return moving;
}

std::string Text(const std::vector<PlacedFinding>& findings, bool all) {
  std::string text;
  for (const auto& [place, finding] : findings) {
    if (finding.severity == Severity::kGood && !all) continue;
    text +=
        fmt::format("{:<8} {:<8} {:<22} {}\n", Word(finding.severity), place, finding.check, finding.text);
    if (!finding.remedy.empty()) text += fmt::format("{:41}remedy: {}\n", "", finding.remedy);
  }
  return text + fmt::format("{} problems, {} warnings, {} notes, {} checks are good\n",
                            Count(findings, Severity::kProblem), Count(findings, Severity::kWarning),
                            Count(findings, Severity::kNote), Count(findings, Severity::kGood));
}

Json AsJson(const std::vector<PlacedFinding>& findings) {
  Json list = Json::array();
  for (const auto& [place, finding] : findings) {
    list.push_back({{"severity", Word(finding.severity)},
                    {"place", place},
                    {"check", finding.check},
                    {"text", finding.text},
                    {"remedy", finding.remedy}});
  }
  return {{"version", 1}, {"problems", Count(findings, Severity::kProblem)}, {"findings", list}};
}

ExitCode Run(const DoctorArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  if (!settings->source || !settings->target) {
    return output.Fail(InvalidInput(args.config + ": `sites` with a `source` and a `target` are needed"));
  }
  Result<Moving> moving = MovingOf(args.plan);
  if (!moving.ok()) return output.Fail(moving.error());
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const std::vector<PlacedFinding> findings = DiagnoseSites(*settings, *std::move(moving), now);
  if (output.json) {
    output.PrintJson(AsJson(findings));
  } else {
    output.Print(Text(findings, args.all));
  }
  if (Count(findings, Severity::kProblem) > 0) return kExitIncomplete;
  output.NextStep("godwit snapshot -o snapshot.json");
  return kExitDone;
}

}  // namespace

void AddDoctor(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<DoctorArgs>();
  CLI::App* command =
      AddCommand(app, invocation, "doctor",
                 "Look at both sites: connections, versions, rights, clocks, space (exit code 3: problems)",
                 "godwit doctor --plan plan.json");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->add_option("--plan", args->plan, "look only at what this plan moves");
  command->add_flag("--all", args->all, "also say what is good");
  command->callback(
      [&invocation, args] { invocation.run = [args](const Output& output) { return Run(*args, output); }; });
}

}  // namespace godwit::cli
