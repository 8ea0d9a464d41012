// cli/command.h — how commands join the program. A command lives in one file, cmd_NAME.cc, which adds its
// subcommand to the application and, when chosen, sets `Invocation::run` to the function that does the work.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "cli/exit_code.h"
#include "cli/output.h"

namespace godwit::cli {

struct Invocation {
  Output output;
  std::function<ExitCode(const Output&)> run;
};

// Adds a subcommand with its help, an example and the common options (--format, --quiet).
CLI::App* AddCommand(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& help,
                     const std::string& example);

// The path of this program, to be started again (a copy between local sites runs in a process of its own).
std::string ProgramPath();

// One per command.
void AddApply(CLI::App& app, Invocation& invocation);
void AddApprove(CLI::App& app, Invocation& invocation);
void AddLocal(CLI::App& app, Invocation& invocation);
void AddDoctor(CLI::App& app, Invocation& invocation);
void AddExtract(CLI::App& app, Invocation& invocation);
void AddLineage(CLI::App& app, Invocation& invocation);
void AddLint(CLI::App& app, Invocation& invocation);
void AddPlan(CLI::App& app, Invocation& invocation);
void AddLog(CLI::App& app, Invocation& invocation);
void AddNotify(CLI::App& app, Invocation& invocation);
void AddMode(CLI::App& app, Invocation& invocation);
void AddStatus(CLI::App& app, Invocation& invocation);
void AddUnit(CLI::App& app, Invocation& invocation);
void AddReport(CLI::App& app, Invocation& invocation);
void AddScan(CLI::App& app, Invocation& invocation);
void AddSnapshot(CLI::App& app, Invocation& invocation);
void AddWatchdog(CLI::App& app, Invocation& invocation);
void AddVersion(CLI::App& app, Invocation& invocation);

}  // namespace godwit::cli
