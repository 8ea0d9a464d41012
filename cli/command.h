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

// One per command.
void AddLocal(CLI::App& app, Invocation& invocation);
void AddExtract(CLI::App& app, Invocation& invocation);
void AddLineage(CLI::App& app, Invocation& invocation);
void AddLint(CLI::App& app, Invocation& invocation);
void AddPlan(CLI::App& app, Invocation& invocation);
void AddScan(CLI::App& app, Invocation& invocation);
void AddVersion(CLI::App& app, Invocation& invocation);

}  // namespace godwit::cli
