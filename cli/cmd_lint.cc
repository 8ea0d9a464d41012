#include <fmt/format.h>

#include <memory>
#include <set>

#include "cli/command.h"
#include "cli/scan_file.h"
#include "lineage/lint.h"
#include "lineage/run_mode.h"

namespace godwit::cli {
namespace {

using lineage::Finding;
using lineage::Severity;

struct LintArgs {
  std::string scan;
  std::string config;
  std::string output_form = "text";
  std::string owner;
  std::string severity = "note";
  std::vector<std::string> codes;
  bool allowed = false;
  bool modes = false;
};

bool Wanted(const LintArgs& args, const Finding& finding) {
  if (!args.allowed && !finding.allowed.empty()) return false;
  if (!args.owner.empty() && finding.owner != args.owner &&
      !(args.owner == "nobody" && finding.owner.empty()))
    return false;
  if (!args.codes.empty() &&
      std::find(args.codes.begin(), args.codes.end(), finding.rule->code) == args.codes.end())
    return false;
  const Severity least = args.severity == "error"     ? Severity::kError
                         : args.severity == "warning" ? Severity::kWarning
                                                      : Severity::kNote;
  return finding.rule->severity <= least;
}

std::string Place(const Finding& finding) {
  if (finding.file.empty()) return finding.table.empty() ? finding.job : finding.table;
  return finding.line == 0 ? finding.file : fmt::format("{}:{}", finding.file, finding.line);
}

std::string AsText(const std::vector<Finding>& findings) {
  std::string text;
  std::set<std::string> codes;
  for (const Finding& each : findings) {
    text +=
        fmt::format("{}: {} {}: {}{}{}\n", Place(each), lineage::SeverityName(each.rule->severity),
                    each.rule->code, each.detail, each.owner.empty() ? "" : fmt::format(" [{}]", each.owner),
                    each.allowed.empty() ? "" : fmt::format(" (allowed: {})", each.allowed));
    codes.insert(each.rule->code);
  }
  if (!codes.empty()) text += "\n";
  for (const std::string& code : codes) {
    const lineage::LintRule& rule = *lineage::FindRule(code);
    text += fmt::format("{} {}. {} {}\n", rule.code, rule.title, rule.reason, rule.remedy);
  }
  const std::vector<lineage::OwnerCount> owners = lineage::ByOwner(findings);
  if (!owners.empty()) text += fmt::format("\n{:<28} errors warnings notes\n", "owner");
  for (const lineage::OwnerCount& each : owners) {
    text += fmt::format("{:<28} {:>6} {:>8} {:>5}\n", each.owner.empty() ? "(nobody)" : each.owner,
                        each.errors, each.warnings, each.notes);
  }
  return text.empty() ? "no findings\n" : text;
}

Json AsJson(const std::vector<Finding>& findings) {
  Json rows = Json::array(), owners = Json::array();
  for (const Finding& each : findings) {
    Json row{{"code", each.rule->code},
             {"severity", lineage::SeverityName(each.rule->severity)},
             {"detail", each.detail},
             {"reason", each.rule->reason},
             {"remedy", each.rule->remedy}};
    if (!each.file.empty()) row["file"] = each.file;
    if (each.line > 0) row["line"] = each.line;
    if (!each.job.empty()) row["job"] = each.job;
    if (!each.table.empty()) row["table"] = each.table;
    row["owner"] = each.owner;
    if (!each.allowed.empty()) row["allowed"] = each.allowed;
    rows.push_back(std::move(row));
  }
  for (const lineage::OwnerCount& each : lineage::ByOwner(findings)) {
    owners.push_back(
        {{"owner", each.owner}, {"errors", each.errors}, {"warnings", each.warnings}, {"notes", each.notes}});
  }
  return {{"version", 1}, {"findings", rows}, {"owners", owners}};
}

// SARIF 2.1.0, for code review tools.
Json AsSarif(const std::vector<Finding>& findings) {
  Json rules = Json::array(), results = Json::array();
  for (const lineage::LintRule& rule : lineage::LintRules()) {
    rules.push_back({{"id", rule.code},
                     {"shortDescription", {{"text", rule.title}}},
                     {"fullDescription", {{"text", rule.reason}}},
                     {"help", {{"text", rule.remedy}}},
                     {"defaultConfiguration", {{"level", lineage::SeverityName(rule.severity)}}}});
  }
  for (const Finding& each : findings) {
    Json result{{"ruleId", each.rule->code},
                {"level", lineage::SeverityName(each.rule->severity)},
                {"message", {{"text", each.detail}}}};
    if (!each.file.empty()) {
      Json place{{"artifactLocation", {{"uri", each.file}}}};
      if (each.line > 0) place["region"] = {{"startLine", each.line}};
      result["locations"] = Json::array({{{"physicalLocation", place}}});
    }
    if (!each.allowed.empty()) {
      result["suppressions"] = Json::array({{{"kind", "external"}, {"justification", each.allowed}}});
    }
    results.push_back(std::move(result));
  }
  Json driver{{"name", "godwit"}, {"version", GODWIT_VERSION}, {"rules", rules}};
  Json run{{"tool", {{"driver", driver}}}, {"results", results}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({run})}};
}

ExitCode ShowModes(const lineage::Scan& scan, const lineage::Graph& graph, const Output& output) {
  Json rows = Json::array();
  std::string text;
  for (const lineage::Advice& each : lineage::AdviseRunModes(scan, graph)) {
    const std::string& job = graph.job(each.job).name;
    rows.push_back({{"job", job}, {"mode", lineage::RunModeName(each.mode)}, {"reason", each.reason}});
    text += fmt::format("{:<4}  {}: {}\n", lineage::RunModeName(each.mode), job, each.reason);
  }
  output.json ? output.PrintJson({{"version", 1}, {"modes", rows}}) : output.Print(text);
  return kExitDone;
}

ExitCode RunLint(const LintArgs& args, const Output& output) {
  Result<lineage::Scan> scan = ReadScan(args.scan, args.config);
  if (!scan.ok()) return output.Fail(scan.error());
  const lineage::Graph graph = lineage::BuildGraph(*scan);
  if (args.modes) return ShowModes(*scan, graph, output);
  std::vector<Finding> findings = lineage::Lint(*scan, graph);
  std::erase_if(findings, [&](const Finding& each) { return !Wanted(args, each); });
  if (args.output_form == "sarif") {
    output.PrintJson(AsSarif(findings));
  } else {
    output.json ? output.PrintJson(AsJson(findings)) : output.Print(AsText(findings));
  }
  const bool gap = std::any_of(findings.begin(), findings.end(), [](const Finding& each) {
    return each.allowed.empty() && each.rule->severity == Severity::kError;
  });
  output.NextStep(gap ? "mend the errors, or declare lineage in lineage.yaml, then `godwit scan` again"
                      : "godwit plan -o plan.json");
  return gap ? kExitIncomplete : kExitDone;
}

}  // namespace

void AddLint(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<LintArgs>();
  CLI::App* command =
      AddCommand(app, invocation, "lint", "Is the warehouse ready to move: findings with reason and remedy",
                 "godwit lint --severity warning --owner ann");
  command->get_option("--format")->description("text, json or sarif");
  command->remove_option(command->get_option("--format"));
  command
      ->add_option_function<std::string>(
          "--format",
          [&invocation, args](const std::string& form) {
            invocation.output.json = form != "text";
            args->output_form = form;
          },
          "text, json or sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}));
  command->add_option("--scan", args->scan, "default: .godwit/scan.json beside the configuration");
  command->add_option("--config", args->config, "default: godwit.yaml, if it is here");
  command->add_option("--owner", args->owner, "of this owner only; `nobody` for those without");
  command->add_option("--severity", args->severity, "at least: error, warning or note")
      ->check(CLI::IsMember({"error", "warning", "note"}));
  command->add_option("--code", args->codes, "of this code only; may be repeated");
  command->add_flag("--allowed", args->allowed, "also what was allowed, with its reason");
  command->add_flag("--modes", args->modes, "advice for each job: run old, both or new, and why");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunLint(*args, output); };
  });
}

}  // namespace godwit::cli
