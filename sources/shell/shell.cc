#include "sources/shell/shell.h"

#include <algorithm>

#include "sources/shell/run.h"

namespace godwit::sources {
namespace {

void Finish(ScriptFacts& facts) {
  for (std::vector<std::string>* names : {&facts.missing, &facts.lookups}) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
}

void SetVariables(const Variables& variables, shell::Run& run) {
  for (const auto& [name, value] : variables) {
    run.environment().variables[name] = Value::Of(TracedText(value, {}));
  }
}

}  // namespace

ScriptFacts ReadShellFile(const SourceTree& tree, size_t file, const std::vector<Value>* arguments,
                          const Variables& variables) {
  ScriptFacts facts;
  shell::Run run(tree, facts, variables);
  run.AddFile(tree.files()[file].path);
  SetVariables(variables, run);
  if (arguments != nullptr) {
    run.environment().arguments = *arguments;
    run.environment().arguments_known = true;
  }
  run.RunText(run.ParseFile(file), {});
  Finish(facts);
  return facts;
}

void ReadShellCommand(const SourceTree& tree, const TracedText& command, const Variables& variables,
                      ScriptFacts& facts) {
  shell::Run run(tree, facts, variables);
  SetVariables(variables, run);
  const std::string from =
      facts.files.empty() ? "" : facts.files[static_cast<size_t>(command.PlaceAt(0).file)];
  run.RunText(run.ParseText(command, from), {});
  Finish(facts);
}

}  // namespace godwit::sources
