#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "cli/command.h"

namespace godwit::cli {
namespace {

constexpr char kExitCodes[] =
    "Exit codes: 0 done, 1 failed, 2 wrong use, 3 incomplete (gaps in lineage, or units left).";

// Ends the process at once, as kill -9 would: what was decided is in the state file, and the next one goes on
// from there. Takes no memory.
[[noreturn]] void EndFor(std::string_view what) {
  for (const std::string_view part : {std::string_view("error: "), what, std::string_view("\n")})
    (void)!write(STDERR_FILENO, part.data(), part.size());
  _exit(kExitFailed);
}

[[noreturn]] void OnNoMemory() {
  EndFor("no memory is left; start again with more, or with fewer --threads");
}

// What is thrown and not caught is the system's refusal of a thread or a lock; or a bug.
[[noreturn]] void OnTerminate() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::system_error& error) {
    EndFor(error.code() == std::errc::resource_unavailable_try_again
               ? "no thread can be started: too many run already, or no memory is left"
               : error.what());
  } catch (const std::exception& error) {
    (void)!write(STDERR_FILENO, error.what(), std::strlen(error.what()));
  }
  std::abort();
}

int Main(int argc, char** argv) {
  std::set_new_handler(OnNoMemory);
  std::set_terminate(OnTerminate);
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
