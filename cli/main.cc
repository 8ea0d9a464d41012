#include <fmt/format.h>

#include <exception>

#include "cli/command.h"

namespace godwit::cli {
namespace {

constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 failed, 2 wrong use, 3 incomplete (gaps in lineage, or units left).";

int Main(int argc, char** argv) {
  CLI::App app("godwit moves a Hive/Spark warehouse to another site while it keeps running.", "godwit");
  app.require_subcommand(1);
  app.footer(kExitCodes);
  Invocation invocation;
  AddDoctor(app, invocation);
  AddSnapshot(app, invocation);
  AddScan(app, invocation);
  AddExtract(app, invocation);
  AddLineage(app, invocation);
  AddLint(app, invocation);
  AddPlan(app, invocation);
  AddReport(app, invocation);
  AddApprove(app, invocation);
  AddApply(app, invocation);
  AddStatus(app, invocation);
  AddUnit(app, invocation);
  AddMode(app, invocation);
  AddLog(app, invocation);
  AddNotify(app, invocation);
  AddWatchdog(app, invocation);
  AddLocal(app, invocation);
  AddVersion(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kExitDone : kExitWrongUse;
  }
  return invocation.run(invocation.output);
}

}  // namespace
}  // namespace godwit::cli

int main(int argc, char** argv) { return godwit::cli::Main(argc, argv); }
