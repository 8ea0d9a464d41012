#include "sources/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sources/jinja.h"
#include "sources/python_program.h"
#include "sources/shell/shell.h"
#include "sources/sql_text.h"
#include "sources/text_file.h"

namespace godwit::sources {
namespace {

constexpr int kSourceDepthMax = 8;  // of files that name others by "source"

bool HasEnding(const std::string& path, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

bool IsShellScript(const std::string& path) { return HasEnding(path, {".sh", ".bash", ".ksh"}); }

// 'word' for a shell.
std::string Quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

FileId AddFile(ScriptFacts& facts, const std::string& path) {
  const auto found = std::find(facts.files.begin(), facts.files.end(), path);
  if (found != facts.files.end()) return FileId(found - facts.files.begin());
  facts.files.push_back(path);
  return FileId(facts.files.size() - 1);
}

void AddSqlFile(const SourceTree& tree, size_t file, const Work& work, const Variables& variables,
                ScriptFacts& facts) {
  const FileId id = AddFile(facts, tree.files()[file].path);
  Result<DecodedText> decoded = ReadText(tree, file);
  if (!decoded.ok()) {
    facts.diagnostics.push_back({Diagnostic::Kind::kUnread, {id, 1}, decoded.error().message});
    return;
  }
  SqlText sql{work.engine, TracedText(decoded->text, {id, 1}), work.database, variables, false};
  if (sql.database.empty()) sql.database = UsageDatabase(decoded->text);
  for (const auto& [name, value] : UsageVariables(decoded->text)) sql.variables.try_emplace(name, value);
  facts.sql.push_back(std::move(sql));
}

void Do(const SourceTree& tree, const JobSource& source, const Work& work, const Variables& variables,
        ScriptFacts& facts) {
  const auto file_named = [&](const std::string& name) -> std::optional<size_t> {
    facts.lookups.push_back(name);
    const auto file = tree.Resolve(name, source.file);
    if (file) return file;
    facts.missing.push_back(name);
    facts.diagnostics.push_back(
        {Diagnostic::Kind::kUnread, work.text.PlaceAt(0),
         fmt::format("runs {}, which no scanned folder has: add its folder to the scan", name)});
    return std::nullopt;
  };
  switch (work.kind) {
    case Work::Kind::kCommand:
      ReadShellCommand(tree, WithoutJinja(work.text, variables), variables, facts);
      break;
    case Work::Kind::kSql:
      facts.sql.push_back({work.engine, work.text, work.database, variables, false});
      break;
    case Work::Kind::kSqlFile:
      if (const auto file = file_named(WithoutJinja(work.text, variables).text()))
        AddSqlFile(tree, *file, work, variables, facts);
      break;
    case Work::Kind::kScript: {
      std::string command = "bash " + Quoted(work.text.text());
      for (const std::string& argument : work.arguments) command += " " + Quoted(argument);
      ReadShellCommand(tree, WithoutJinja(TracedText(command, work.text.PlaceAt(0)), variables), variables,
                       facts);
      break;
    }
    case Work::Kind::kTransfer: facts.transfers.push_back(work.transfer); break;
    case Work::Kind::kProgram: facts.programs.push_back(work.program); break;
    case Work::Kind::kNothing: break;
  }
}

// Python programs that the tree has are read as a part of the job; so is SQL in files that a program is
// given.
void FollowPrograms(const SourceTree& tree, const JobSource& source, const Variables& variables,
                    ScriptFacts& facts) {
  const std::vector<Program> programs = std::exchange(facts.programs, {});
  for (const Program& program : programs) {
    const size_t diagnostics = facts.diagnostics.size();
    const size_t before = facts.sql.size() + facts.transfers.size();
    for (size_t i = 0; i < program.arguments.size(); ++i) {
      const std::string& argument = program.arguments[i];
      const bool python = i == 0 && argument.ends_with(".py"), sql = HasEnding(argument, {".hql", ".sql"});
      if (!python && !sql) continue;
      facts.lookups.push_back(argument);
      const auto file = tree.Resolve(argument, source.file);
      if (!file) continue;
      if (python) ReadPythonProgram(tree, *file, variables, facts);
      if (sql) {
        Work work;
        work.engine = Engine::kSpark;
        AddSqlFile(tree, *file, work, variables, facts);
        facts.sql.back().guessed = true;
      }
    }
    const bool read = facts.sql.size() + facts.transfers.size() > before;
    if (!read) facts.programs.push_back(program);
    // What the program does with a text that it does not know, the SQL that it is given tells.
    if (!read || facts.sql.empty() || !facts.sql.back().guessed) continue;
    facts.diagnostics.resize(diagnostics);
  }
}

// The file that a line "source FILE;" of Hive's names; empty if it is none.
std::string SourcedFile(std::string line) {
  std::erase(line, '\r');
  while (!line.empty() && (std::isspace(static_cast<unsigned char>(line.back())) || line.back() == ';'))
    line.pop_back();
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  std::string word = line.substr(begin, 7);
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string name = line.size() > begin + 7 ? line.substr(begin + 7) : "";
  return word == "source " && name.find(' ') == std::string::npos ? name : "";
}

// With the files that "source FILE;" names in their place.
TracedText WithSourced(const SourceTree& tree, const TracedText& text, ScriptFacts& facts, int depth) {
  if (depth > kSourceDepthMax) return text;
  const std::string& all = text.text();
  TracedText result;
  size_t kept = 0;
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find('\n', at), all.size());
    const std::string name = SourcedFile(all.substr(at, end - at));
    const Place place = text.PlaceAt(at);
    if (const size_t line = std::exchange(at, end + 1); !name.empty()) {
      facts.lookups.push_back(name);
      const auto file = tree.Resolve(name, facts.files[static_cast<size_t>(place.file)]);
      Result<DecodedText> decoded = file ? ReadText(tree, *file) : Result<DecodedText>(InvalidInput(""));
      if (!decoded.ok()) {
        facts.diagnostics.push_back(
            {Diagnostic::Kind::kUnread, place,
             fmt::format("runs {}, which no scanned folder has: add its folder to the scan", name)});
        continue;
      }
      const FileId id = AddFile(facts, tree.files()[*file].path);
      result.Append(text.Slice(kept, line - kept));
      result.Append(WithSourced(tree, TracedText(decoded->text, {id, 1}), facts, depth + 1));
      result.Append("\n;\n", place);
      kept = end;
    }
  }
  result.Append(text.Slice(std::min(kept, all.size())));
  return result;
}

JobKind KindOf(const ScriptFacts& facts) {
  const auto moves = [&](Transfer::Kind kind) {
    return std::any_of(facts.transfers.begin(), facts.transfers.end(),
                       [&](const Transfer& transfer) { return transfer.kind == kind; });
  };
  if (moves(Transfer::Kind::kExport)) return JobKind::kExport;
  for (const Program& program : facts.programs) {
    if (program.kind == Program::Kind::kJar) return JobKind::kJar;
    if (program.kind == Program::Kind::kMapReduce) return JobKind::kMapReduce;
  }
  if (moves(Transfer::Kind::kImport)) return JobKind::kImport;
  return facts.sql.empty() ? JobKind::kScript : JobKind::kSql;
}

void ReadLone(const SourceTree& tree, const JobSource& source, const SourceOptions& options,
              ScriptFacts& facts) {
  if (IsShellScript(source.file)) {
    facts = ReadShellFile(tree, source.file_index, nullptr, options.variables);
  } else if (source.file.ends_with(".py")) {
    ReadPythonProgram(tree, source.file_index, options.variables, facts);
  } else {
    Work work;
    work.engine = source.file.ends_with(".hql") ? Engine::kHive : options.engine;
    AddSqlFile(tree, source.file_index, work, options.variables, facts);
    const std::string other = facts.sql.empty() ? "" : OtherDialect(facts.sql.back().text.text());
    if (other.empty()) return;
    facts.sql.clear();
    facts.diagnostics.push_back(
        {Diagnostic::Kind::kUnread,
         {FileId{0}, 1},
         fmt::format("{} by its words, so not read: --exclude it, or say in jobs.yaml that Hive or Spark "
                     "runs it",
                     other)});
  }
}

}  // namespace

const char* JobKindName(JobKind kind) {
  switch (kind) {
    case JobKind::kSql: return "sql";
    case JobKind::kImport: return "import";
    case JobKind::kExport: return "export";
    case JobKind::kJar: return "jar";
    case JobKind::kMapReduce: return "mapreduce";
    case JobKind::kScript: return "script";
    case JobKind::kView: return "view";
  }
  return "";
}

std::optional<JobKind> JobKindOf(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(JobKind::kView); ++i) {
    if (name == JobKindName(JobKind(i))) return JobKind(i);
  }
  return std::nullopt;
}

std::string JobName(const Definition& definition) {
  const bool plain = definition.plain_name || definition.workflow.empty();
  return plain ? definition.name : definition.workflow + "." + definition.name;
}

Footprint FootprintOf(const Job& job) {
  const bool unread =
      std::any_of(job.facts.diagnostics.begin(), job.facts.diagnostics.end(),
                  [](const Diagnostic& each) { return each.kind == Diagnostic::Kind::kUnread; });
  const ScriptFacts& facts = job.facts;
  return {facts.files, facts.sql.empty() && facts.transfers.empty() && facts.programs.empty() && !unread};
}

Job ReadJob(const SourceTree& tree, const JobSource& source, const SourceOptions& options) {
  const Definition& definition = source.definition;
  Job job;
  job.name = JobName(definition);
  job.workflow = definition.workflow;
  job.owner = definition.owner;
  job.schedule = definition.schedule;
  job.upstream = definition.upstream;
  std::sort(job.upstream.begin(), job.upstream.end());
  job.upstream.erase(std::unique(job.upstream.begin(), job.upstream.end()), job.upstream.end());
  job.waits_for = definition.waits_for;
  job.file = source.file;
  job.line = definition.line;
  job.declared_reads = definition.reads;
  job.declared_writes = definition.writes;
  job.declared = definition.declared;
  job.facts.files = source.files.empty() ? std::vector<std::string>{source.file} : source.files;
  Variables variables = definition.variables;
  for (const auto& [name, value] : options.variables) variables[name] = value;
  if (source.lone) ReadLone(tree, source, options, job.facts);
  for (const Work& work : definition.work) {
    Variables all = work.variables;
    if (all.empty()) {
      Do(tree, source, work, variables, job.facts);
      continue;
    }
    all.insert(variables.begin(), variables.end());
    for (const auto& [name, value] : options.variables) all[name] = value;
    Do(tree, source, work, all, job.facts);
  }
  FollowPrograms(tree, source, variables, job.facts);
  for (SqlText& sql : job.facts.sql) {
    if (sql.engine == Engine::kHive) sql.text = WithSourced(tree, sql.text, job.facts, 0);
    sql.text = WithoutOuterQuotes(WithoutJinja(sql.text, sql.variables));
    if (sql.engine == Engine::kImpala) sql.text = WithoutImpalaWords(sql.text);
    if (sql.database.empty()) sql.database = options.database;
  }
  job.kind = definition.kind.value_or(KindOf(job.facts));
  std::sort(job.facts.lookups.begin(), job.facts.lookups.end());
  job.facts.lookups.erase(std::unique(job.facts.lookups.begin(), job.facts.lookups.end()),
                          job.facts.lookups.end());
  return job;
}

}  // namespace godwit::sources
