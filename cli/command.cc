#include "cli/command.h"

#include <filesystem>

namespace godwit::cli {

CLI::App* AddCommand(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& help,
                     const std::string& example) {
  CLI::App* command = app.add_subcommand(name, help);
  command->footer("Example:\n  " + example);
  command
      ->add_option_function<std::string>(
          "--format", [&invocation](const std::string& format) { invocation.output.json = format == "json"; },
          "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_flag("-q,--quiet", invocation.output.quiet, "no progress and no hints on stderr");
  return command;
}

std::string ProgramPath() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "godwit" : path.string();
}

}  // namespace godwit::cli
