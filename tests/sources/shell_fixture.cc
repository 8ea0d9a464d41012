// Cases: files ("=== path" before each), read as shell scripts; expected: what they hand to engines and
// tools.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "sources/shell/shell.h"
#include "tests/fixture/fixture.h"
#include "tests/sources/file_texts.h"

namespace godwit::sources {
namespace {

std::string Where(const ScriptFacts& facts, Place place) {
  return fmt::format("{}:{}", facts.files[static_cast<size_t>(place.file)], place.line);
}

std::string Ends(const std::vector<Endpoint>& ends) {
  std::vector<std::string> names;
  for (const Endpoint& end : ends) {
    const char* kind = end.kind == Endpoint::Kind::kTable  ? ""
                       : end.kind == Endpoint::Kind::kPath ? "path "
                                                           : "external ";
    names.push_back(kind + end.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string Print(const ScriptFacts& facts) {
  std::string text;
  for (const SqlText& sql : facts.sql) {
    text +=
        fmt::format("{} @{}{}{}", EngineName(sql.engine), Where(facts, sql.text.PlaceAt(0)),
                    sql.database.empty() ? "" : " database=" + sql.database, sql.guessed ? " guessed" : "");
    for (const auto& [name, value] : sql.variables) text += fmt::format(" {}={}", name, value);
    std::istringstream lines(sql.text.text());
    for (std::string line; std::getline(lines, line);) text += "\n  | " + line;
    text += "\n";
  }
  for (const Transfer& each : facts.transfers) {
    text += fmt::format("{} @{}: {} -> {}\n", each.tool, Where(facts, each.place), Ends(each.reads),
                        Ends(each.writes));
  }
  for (const Program& each : facts.programs) {
    text += fmt::format("program {} {} @{}: {}\n", each.tool, each.name, Where(facts, each.place),
                        fmt::join(each.arguments, " "));
  }
  for (const Diagnostic& each : facts.diagnostics) {
    text += fmt::format("{} {}: {}\n", DiagnosticKindName(each.kind), Where(facts, each.place), each.message);
  }
  return text.empty() ? "(nothing)" : text;
}

// Options: args=a,b calls the first file with them; set=name:value,… gives variables.
std::string Make(const fixture::Case& each) {
  const std::vector<std::pair<std::string, std::string>> files = FileTexts(each.input, "x.sh");
  const SourceTree tree = SourceTree::OfTexts({files.begin(), files.end()});
  std::vector<Value> arguments;
  for (const std::string& word : Words(each.Option("args")))
    arguments.push_back(Value::Of(TracedText(word, {})));
  Variables variables;
  for (const std::string& word : Words(each.Option("set"))) {
    variables[word.substr(0, word.find(':'))] = word.substr(word.find(':') + 1);
  }
  const bool called = each.options.count("args") != 0;
  return Print(ReadShellFile(tree, *tree.At(files.front().first), called ? &arguments : nullptr, variables));
}

}  // namespace
}  // namespace godwit::sources

int main(int argc, char** argv) {
  return godwit::fixture::RunAllTests(argc, argv, "sources/shell", godwit::sources::Make);
}
