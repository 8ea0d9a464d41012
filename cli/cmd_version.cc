#include "cli/command.h"

namespace godwit::cli {

void AddVersion(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "version", "Print the version", "godwit version");
  command->callback([&invocation] {
    invocation.run = [](const Output& output) {
      if (output.json) {
        output.PrintJson({{"version", GODWIT_VERSION}});
      } else {
        output.Print("godwit " GODWIT_VERSION "\n");
      }
      return kExitDone;
    };
  });
}

}  // namespace godwit::cli
