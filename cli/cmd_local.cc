#include "cli/command.h"
#include "executor/adapters/local/copy_worker.h"

namespace godwit::cli {
namespace {

namespace local = executor::local;

// `godwit local copy SITE TAG`: started by godwit itself for each copy between local sites.
void AddCopy(CLI::App& app, Invocation& invocation) {
  auto site = std::make_shared<std::string>();
  auto tag = std::make_shared<std::string>();
  CLI::App* command = AddCommand(app, invocation, "copy", "Work on a copy (godwit starts this itself)",
                                 "godwit local copy build/demo/target godwit:u1:1:copy");
  command->group("");  // not in the help
  command->add_option("site", *site, "folder of the receiving site")->required();
  command->add_option("tag", *tag, "the copy's tag")->required();
  command->callback([&invocation, site, tag] {
    invocation.run = [site, tag](const Output& output) {
      const Status status = local::WorkOnCopyDetached(*site, *tag);
      return status.ok() ? kExitDone : output.Fail(status.error());
    };
  });
}

}  // namespace

void AddLocal(CLI::App& app, Invocation& invocation) {
  CLI::App* local = app.add_subcommand("local", "Sites of kind local: folders that play a cluster");
  local->require_subcommand(1);
  AddCopy(*local, invocation);
}

}  // namespace godwit::cli
