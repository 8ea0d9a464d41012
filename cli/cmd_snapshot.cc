// cli/cmd_snapshot.cc — `godwit snapshot`: sizes and run history of a living site, for planning without it.
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/live_snapshot.h"
#include "cli/opened_world.h"
#include "cli/text_file.h"

namespace godwit::cli {
namespace {

struct SnapshotArgs {
  std::string config = "godwit.yaml";
  std::string side = "source";
  std::string output = "snapshot.json";
};

std::string Now() {
  return FormatTimestamp(
      std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()));
}

Result<lineage::Snapshot> Take(const SnapshotArgs& args, const Output& output) {
  GODWIT_TRY_ASSIGN(const config::Settings settings, config::ReadSettings(args.config));
  GODWIT_TRY_ASSIGN(const std::unique_ptr<OpenedWorld> opened, OpenWorld(settings, ProgramPath()));
  executor::Site& site =
      opened->world().At(args.side == "source" ? executor::Side::kSource : executor::Side::kTarget);
  Progress progress("snapshot", 0, output.quiet);
  return TakeSnapshot(site, Now(), [&](size_t done, size_t all) {
    progress.SetTotal(all);
    progress.Set(done);
  });
}

ExitCode Run(const SnapshotArgs& args, const Output& output) {
  const Result<lineage::Snapshot> snapshot = Take(args, output);
  if (!snapshot.ok()) return output.Fail(snapshot.error());
  if (const Status written = WriteTextFile(args.output, lineage::SnapshotToJson(*snapshot)); !written.ok()) {
    return output.Fail(written.error());
  }
  int64_t bytes = 0;
  for (const lineage::CatalogTable& table : snapshot->tables) bytes += table.bytes;
  if (output.json) {
    output.PrintJson({{"snapshot", args.output},
                      {"tables", snapshot->tables.size()},
                      {"bytes", bytes},
                      {"jobs", snapshot->jobs.size()},
                      {"runs", snapshot->runs.size()}});
  } else if (args.output != "-") {
    output.Print(fmt::format("{} tables with {} bytes, {} jobs with {} runs; wrote {}\n",
                             snapshot->tables.size(), bytes, snapshot->jobs.size(), snapshot->runs.size(),
                             args.output));
  }
  output.NextStep(fmt::format("godwit scan --offline {}", args.output));
  return kExitDone;
}

}  // namespace

void AddSnapshot(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<SnapshotArgs>();
  CLI::App* command =
      AddCommand(app, invocation, "snapshot", "Sizes and run history of a site, for planning without it",
                 "godwit snapshot -o snapshot.json");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->add_option("--site", args->side, "source or target")
      ->check(CLI::IsMember({"source", "target"}))
      ->capture_default_str();
  command->add_option("-o,--output", args->output, "where it goes; - is stdout")->capture_default_str();
  command->callback(
      [&invocation, args] { invocation.run = [args](const Output& output) { return Run(*args, output); }; });
}

}  // namespace godwit::cli
