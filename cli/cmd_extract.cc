#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "cli/command.h"
#include "cli/extract_jsonl.h"
#include "cli/json_text.h"
#include "cli/ordered_pool.h"
#include "cli/statement_json.h"
#include "cli/text_file.h"
#include "parser/script.h"

namespace godwit::cli {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::string dialect = "hive";
  std::string database;
  std::vector<std::string> variables;  // name=value
  bool jsonl = false;
  bool columns = false;
  size_t jobs = 0;
};

struct FileAnswer {
  std::string text;  // JSON object of the file
  bool incomplete = false;
};

FileAnswer AnswerFile(const std::string& path, const parser::ReadOptions& options) {
  FileAnswer answer;
  answer.text = "{\"file\":";
  AppendJsonString(path, answer.text);
  const Result<std::string> script = ReadTextFile(path);
  if (!script.ok()) {
    answer.text += ",\"error\":";
    AppendJsonString(script.error().message, answer.text);
    answer.text += '}';
    answer.incomplete = true;
    return answer;
  }
  const parser::LineIndex lines(*script);
  answer.text += ",\"statements\":[";
  bool first = true;
  parser::Workspace workspace;
  const parser::ScriptEnd end = parser::ReadStatements(
      *script, options,
      [&](parser::Statement& statement) {
        answer.text += first ? "\n  " : ",\n  ";
        first = false;
        AppendStatement(statement, lines, answer.text);
      },
      workspace);
  answer.text += "],\"diagnostics\":";
  AppendDiagnostics(end.diagnostics, answer.text);
  answer.text += '}';
  for (const parser::Diagnostic& diagnostic : end.diagnostics) {
    answer.incomplete |= SeverityOf(diagnostic.code) == parser::Severity::kError;
  }
  return answer;
}

Result<parser::ReadOptions> OptionsOf(const Arguments& arguments) {
  parser::ReadOptions options;
  options.dialect = arguments.dialect == "spark" ? parser::Dialect::kSpark : parser::Dialect::kHive;
  options.session.database = arguments.database;
  for (const std::string& variable : arguments.variables) {
    const size_t equals = variable.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidInput(fmt::format("--var {}: write it as NAME=VALUE", variable));
    }
    options.session.variables[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  return options;
}

ExitCode ExtractFiles(const Arguments& arguments, const Output& output) {
  const Result<parser::ReadOptions> options = OptionsOf(arguments);
  if (!options.ok()) return output.Fail(options.error());
  size_t next = 0;
  bool first = true;
  bool incomplete = false;
  output.Print("{\"version\":1,\"files\":[");
  RunOrdered<std::string, FileAnswer>(
      std::min(arguments.jobs, arguments.files.size()),
      [&]() -> std::optional<std::string> {
        if (next == arguments.files.size()) return std::nullopt;
        return arguments.files[next++];
      },
      [&](size_t, std::string path) { return AnswerFile(path, *options); },
      [&](FileAnswer answer) {
        output.Print(first ? "\n" : ",\n");
        output.Print(answer.text);
        first = false;
        incomplete |= answer.incomplete;
      });
  output.Print("\n]}\n");
  if (incomplete)
    output.Note(
        "some statements could not be read: see \"diagnostics\"; facts marked \"guessed\" come from their "
        "tokens");
  return incomplete ? kExitIncomplete : kExitDone;
}

ExitCode Extract(const Arguments& arguments, const Output& output) {
  if (arguments.jsonl) {
    const Status status = ExtractJsonLines(STDIN_FILENO, STDOUT_FILENO, arguments.columns, arguments.jobs);
    return status.ok() ? kExitDone : output.Fail(status.error());
  }
  if (arguments.files.empty()) {
    return output.Fail(
        InvalidInput("extract: name the scripts to read, or use --jsonl to read statements from stdin"));
  }
  return ExtractFiles(arguments, output);
}

}  // namespace

void AddExtract(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      AddCommand(app, invocation, "extract", "Tables and columns that SQL scripts read and write, as JSON",
                 "godwit extract --dialect spark jobs/*.sql\n"
                 "  echo '{\"id\":1,\"dialect\":\"hive\",\"sql\":\"insert into a select * from b\"}' | "
                 "godwit extract --jsonl\n"
                 "Exit codes: 0 done, 1 failed, 2 wrong use, 3 some statements could not be read (not with "
                 "--jsonl, whose\n"
                 "answers say so line by line).");
  const auto arguments = std::make_shared<Arguments>();
  arguments->jobs = std::max(1u, std::thread::hardware_concurrency());
  command->add_option("files", arguments->files, "scripts");
  command->add_option("--dialect", arguments->dialect, "hive or spark")
      ->check(CLI::IsMember({"hive", "spark"}));
  command->add_option("--database", arguments->database, "current database at the start of each script");
  command->add_option("--var", arguments->variables,
                      "NAME=VALUE for ${NAME}, ${hivevar:NAME}, {{ NAME }} …; repeatable");
  command->add_flag(
      "--jsonl", arguments->jsonl,
      "read {\"id\", \"dialect\", \"sql\"} a line from stdin, answer {\"id\", \"input_tables\", "
      "\"inserted_tables\", \"diagnostics\"} a line");
  command->add_flag("--columns", arguments->columns, "with --jsonl: column lineage too");
  command->add_option("--jobs", arguments->jobs, "threads; one per core unless told")
      ->check(CLI::Range(1, 256));
  command->callback([&invocation, arguments] {
    invocation.run = [arguments](const Output& output) { return Extract(*arguments, output); };
  });
}

}  // namespace godwit::cli
