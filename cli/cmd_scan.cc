#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include "cli/command.h"
#include "cli/scan_file.h"
#include "config/scan_settings.h"
#include "lineage/scan_run.h"

namespace godwit::cli {
namespace {

struct ScanArgs {
  std::vector<std::string> paths;
  std::string config;
  std::string snapshot;
  std::string output;
  std::vector<std::string> exclude;
  std::vector<std::string> variables;
  std::string engine;
  std::string database;
  std::vector<std::string> lineage;
  std::vector<std::string> logs;
  int threads = 0;
  bool fresh = false;
};

std::atomic<bool> stop_scan{false};
void OnSignal(int) { stop_scan = true; }

Result<lineage::ScanOptions> OptionsOf(const ScanArgs& args) {
  config::ScanSettings settings;
  const std::string config = FindConfig(args.config);
  if (!config.empty()) {
    GODWIT_TRY_ASSIGN(settings, config::ReadScanSettings(config));
  }
  lineage::ScanOptions options;
  options.paths = args.paths.empty() ? settings.paths : args.paths;
  if (options.paths.empty()) {
    return InvalidInput("nothing to scan: name folders of scripts, or `scan: paths:` in godwit.yaml");
  }
  options.exclude = settings.exclude;
  options.exclude.insert(options.exclude.end(), args.exclude.begin(), args.exclude.end());
  for (const auto& [name, value] : settings.variables) options.sources.variables[name] = value;
  for (const std::string& definition : args.variables) {
    const size_t equals = definition.find('=');
    if (equals == 0 || equals == std::string::npos)
      return InvalidInput("--var " + definition + ": write NAME=VALUE");
    options.sources.variables[definition.substr(0, equals)] = definition.substr(equals + 1);
  }
  const std::string engine = args.engine.empty() ? settings.engine : args.engine;
  options.sources.engine = engine == "spark" ? sources::Engine::kSpark : sources::Engine::kHive;
  options.sources.database = args.database.empty() ? settings.database : args.database;
  options.declarations = settings.lineage;
  options.declarations.insert(options.declarations.end(), args.lineage.begin(), args.lineage.end());
  options.logs = settings.logs;
  options.logs.insert(options.logs.end(), args.logs.begin(), args.logs.end());
  options.snapshot = args.snapshot.empty() ? settings.snapshot : args.snapshot;
  for (const config::LintAllowance& each : settings.allowances)
    options.allows.push_back({each.code, each.object, each.reason});
  const std::string state = FolderOfScan(config);
  options.output = args.output.empty() ? state + "/scan.json" : args.output;
  options.cache = options.output + ".cache";
  options.threads = args.threads > 0 ? args.threads : static_cast<int>(std::thread::hardware_concurrency());
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(options.output).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return InvalidInput(fmt::format("cannot make {}: {}", folder.string(), error.message()));
  if (args.fresh) {
    std::filesystem::remove(options.cache, error);
    std::filesystem::remove(options.cache + ".state", error);
  }
  return options;
}

ExitCode RunScanCommand(const ScanArgs& args, const Output& output) {
  Result<lineage::ScanOptions> options = OptionsOf(args);
  if (!options.ok()) return output.Fail(options.error());
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  options->stop = &stop_scan;
  Result<lineage::ScanSummary> summary = [&] {
    Progress progress("scan", 0, output.quiet);
    options->progress = [&](uint64_t done, uint64_t total, const std::string&) {
      progress.SetTotal(total);
      progress.Set(done);
    };
    return lineage::RunScan(*options);
  }();
  if (!summary.ok()) return output.Fail(summary.error());
  if (output.json) {
    output.PrintJson({{"version", 1},
                      {"scan", options->output},
                      {"fingerprint", summary->fingerprint},
                      {"unchanged", summary->unchanged},
                      {"files", summary->files},
                      {"files_read", summary->scripts},
                      {"jobs", summary->jobs},
                      {"jobs_read", summary->jobs_read},
                      {"statements", summary->statements},
                      {"unread", summary->unread}});
  } else {
    const std::string gaps = summary->unread == 0
                                 ? "everything was read"
                                 : fmt::format("{} places could not be read", summary->unread);
    const std::string done = summary->unchanged
                                 ? "nothing changed since the last scan; kept"
                                 : fmt::format("{} jobs were read anew; wrote", summary->jobs_read);
    output.Print(fmt::format("{} jobs from {} files, {} statements; {}\n{} {} (fingerprint {})\n",
                             summary->jobs, summary->scripts, summary->statements, gaps, done,
                             options->output, summary->fingerprint));
  }
  const std::string named = args.output.empty() ? "" : " --scan " + args.output;
  output.NextStep(summary->unread == 0
                      ? "godwit lineage stats" + named
                      : fmt::format("godwit lint{} --code GW040, to see what was not read", named));
  return summary->unread == 0 ? kExitDone : kExitIncomplete;
}

}  // namespace

void AddScan(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<ScanArgs>();
  CLI::App* command =
      AddCommand(app, invocation, "scan", "Read job scripts, schedulers and the catalog into a scan file",
                 "godwit scan warehouse/ --offline snapshot.json");
  command->add_option("PATH", args->paths, "folders and files; default: scan.paths of godwit.yaml");
  command->add_option("--config", args->config, "default: godwit.yaml, if it is here");
  command->add_option("--offline", args->snapshot,
                      "catalog and run history from this file (docs/snapshot_format.md)");
  command->add_option("-o,--output", args->output, "default: .godwit/scan.json beside the configuration");
  command->add_option("--exclude", args->exclude, "a glob of paths that are left out; may be repeated");
  command->add_option("--var", args->variables, "NAME=VALUE for scripts; may be repeated");
  command->add_option("--engine", args->engine, "of .sql files that nobody calls: hive or spark")
      ->check(CLI::IsMember({"hive", "spark"}));
  command->add_option("--database", args->database, "of sessions that do not say");
  command->add_option("--lineage", args->lineage,
                      "a file of declared lineage (docs/lineage_yaml.md); may be repeated");
  command->add_option("--log", args->logs, "OpenLineage events or Hive's lineage log; may be repeated");
  command->add_option("--threads", args->threads, "default: as many as there are cores");
  command->add_flag("--fresh", args->fresh, "read everything anew");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunScanCommand(*args, output); };
  });
}

}  // namespace godwit::cli
