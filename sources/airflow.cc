#include "sources/airflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sources/python/run.h"
#include "sources/sql_text.h"

namespace godwit::sources {
namespace {

using python::Entry;
using python::Object;
using python::Task;

const Object* Argument(const std::vector<Entry>& arguments, std::string_view key) {
  for (const auto& [name, value] : arguments) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string TextOf(const Object* object) {
  return object == nullptr || !object->is(Object::Kind::kText) ? "" : object->text.text();
}

// The task's argument, or the DAG's default for it.
const Object* Default(const Task& task, const python::Dag& dag, std::string_view key) {
  if (const Object* own = Argument(task.arguments, key)) return own;
  const Object* defaults = Argument(dag.arguments, "default_args");
  return defaults == nullptr ? nullptr : defaults->Find(key);
}

bool IsFileName(const std::string& text) {
  return text.find('\n') == std::string::npos && text.find(' ') == std::string::npos &&
         (text.ends_with(".sql") || text.ends_with(".hql") || text.ends_with(".sh") || text.ends_with(".q"));
}

Engine EngineOf(const std::string& name) {
  if (name.find("Spark") != std::string::npos || name.find("Databricks") != std::string::npos)
    return Engine::kSpark;
  if (name.find("Presto") != std::string::npos || name.find("Trino") != std::string::npos)
    return Engine::kPresto;
  if (name.find("Impala") != std::string::npos) return Engine::kImpala;
  return Engine::kHive;
}

void AddSql(const Object& sql, Engine engine, const std::string& database, Definition& job) {
  for (const Object& item : sql.items) AddSql(item, engine, database, job);
  if (!sql.is(Object::Kind::kText)) return;
  for (const TracedText& text : sql.text.alternatives) {
    Work work;
    work.kind = IsFileName(text.text()) ? Work::Kind::kSqlFile : Work::Kind::kSql;
    work.engine = engine;
    work.database = database;
    work.text = text;
    job.work.push_back(std::move(work));
  }
}

void AddCommand(const Object& command, Definition& job) {
  for (const TracedText& text : command.text.alternatives) {
    Work work;
    // A lone file name is a template that Airflow reads.
    const TracedText trimmed = text.Trimmed();
    const bool script = IsFileName(trimmed.text()) && trimmed.text().ends_with(".sh");
    work.kind = script ? Work::Kind::kScript : Work::Kind::kCommand;
    work.text = script ? trimmed : text;
    job.work.push_back(std::move(work));
  }
}

void AddProgram(const Task& task, Program::Kind kind, std::string_view file, std::string_view name,
                std::string_view arguments, Definition& job) {
  Work work;
  work.kind = Work::Kind::kProgram;
  work.program.kind = kind;
  work.program.tool = task.operator_name;
  work.program.place = task.place;
  work.program.name = TextOf(Argument(task.arguments, name));
  const std::string path = TextOf(Argument(task.arguments, file));
  if (work.program.name.empty()) work.program.name = path.substr(path.rfind('/') + 1);
  if (!path.empty()) work.program.arguments.push_back(path);
  if (const Object* list = Argument(task.arguments, arguments)) {
    for (const Object& item : list->items) work.program.arguments.push_back(item.text.text());
  }
  job.work.push_back(std::move(work));
}

// HiveToMySqlOperator and MySqlToHiveOperator: rows leave or enter by the operator's name.
bool AddTransfer(const Task& task, Definition& job) {
  const size_t to = task.operator_name.find("To");
  if (to == std::string::npos || (task.operator_name.find("Hive") == std::string::npos)) return false;
  const std::string from = task.operator_name.substr(0, to);
  const bool exports = from.find("Hive") != std::string::npos;
  Work work;
  work.kind = Work::Kind::kTransfer;
  work.transfer.tool = task.operator_name;
  work.transfer.place = task.place;
  work.transfer.kind = exports ? Transfer::Kind::kExport : Transfer::Kind::kImport;
  std::string table;
  for (const auto& [name, value] : task.arguments) {
    if (name.ends_with("_table") || name == "table") table = TextOf(&value);
  }
  if (exports) {
    std::string target = task.operator_name.substr(to + 2);
    if (target.ends_with("Operator")) target.resize(target.size() - 8);
    work.transfer.writes.push_back(
        {Endpoint::Kind::kExternal, table.empty() ? target : target + " " + table});
    work.transfer.from_queries = true;
    for (const std::string_view key : {"sql", "hql"}) {
      if (const Object* sql = Argument(task.arguments, key)) AddSql(*sql, Engine::kHive, "", job);
    }
  } else {
    work.transfer.reads.push_back({Endpoint::Kind::kExternal, from});
    const std::string hive_table = TextOf(Argument(task.arguments, "hive_table"));
    work.transfer.writes.push_back({Endpoint::Kind::kTable, hive_table.empty() ? table : hive_table});
  }
  job.work.push_back(std::move(work));
  job.kind = exports ? JobKind::kExport : JobKind::kImport;
  return true;
}

// Operators that only order others.
bool DoesNothing(const std::string& name) {
  constexpr std::array<std::string_view, 14> kWords = {
      "Dummy",  "Empty", "Sensor",     "Branch",       "ShortCircuit", "Trigger", "Email",
      "Latest", "Slack", "SimpleHttp", "HttpOperator", "SubDag",       "Notify",  "DingTalk"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

// By the names of the arguments: what an operator of someone's own is given.
bool AddByArguments(const Task& task, Definition& job) {
  const std::string database = TextOf(Argument(task.arguments, "schema"));
  bool found = false;
  for (const auto& [name, value] : task.arguments) {
    const bool sql = name == "sql" || name == "hql" || name == "query" || name == "sql_file" ||
                     name == "hql_file" || name == "sql_path" || name == "hql_path" || name == "statement" ||
                     name == "queries";
    const bool command = name == "bash_command" || name == "command" || name == "cmd" || name == "script" ||
                         name == "shell_command";
    const std::string text = TextOf(&value);
    const bool file = IsFileName(text);
    if (sql || ((file || LooksLikeSql(text)) && !text.ends_with(".sh") && !command)) {
      AddSql(value, EngineOf(task.operator_name), database, job);
      found = true;
    } else if (command || file) {
      if (value.is(Object::Kind::kText)) AddCommand(value, job);
      found = true;
    }
  }
  return found;
}

void AddWork(python::Run& run, const Task& task, Definition& job, Definitions& found) {
  if (AddTransfer(task, job)) return;
  const std::string& name = task.operator_name;
  if (name.find("SparkSubmit") != std::string::npos)
    return AddProgram(task, Program::Kind::kJar, "application", "java_class", "application_args", job);
  if (name.find("Jar") != std::string::npos || name.find("Flink") != std::string::npos)
    return AddProgram(task, Program::Kind::kJar, "jar", "main_class", "args", job);
  const Object* callable = Argument(task.arguments, "python_callable");
  if (callable != nullptr && callable->is(Object::Kind::kFunction)) {
    ScriptFacts facts;
    std::vector<TracedText> commands;
    run.Collect(facts, commands);
    run.RunFunction(callable->index);
    for (const SqlText& sql : facts.sql) {
      Work work;
      work.kind = Work::Kind::kSql;
      work.engine = sql.engine;
      work.text = sql.text;
      job.work.push_back(std::move(work));
    }
    for (const Transfer& transfer : facts.transfers) {
      Work work;
      work.kind = Work::Kind::kTransfer;
      work.transfer = transfer;
      job.work.push_back(std::move(work));
    }
    for (const TracedText& command : commands) AddCommand(Object::Text(Value::Of(command)), job);
    job.kind = job.work.empty() ? JobKind::kScript : JobKind::kSql;
    return;
  }
  if (AddByArguments(task, job) || DoesNothing(name)) return;
  if (name.find("Python") != std::string::npos) {
    job.kind = JobKind::kScript;
    return;
  }
  found.diagnostics.push_back(
      {Diagnostic::Kind::kUnread, task.place,
       fmt::format("task {}: what {} runs is not known: declare its lineage", task.id, name)});
}

Definition DefinitionOf(python::Run& run, const Task& task, Definitions& found) {
  const python::Dag& dag = run.dags()[task.dag];
  Definition job;
  job.name = task.id.empty() ? fmt::format("line_{}", task.place.line) : task.id;
  job.workflow = dag.id;
  job.owner = TextOf(Default(task, dag, "owner"));
  for (const std::string_view key : {"schedule", "schedule_interval", "timetable"}) {
    if (job.schedule.empty()) job.schedule = TextOf(Argument(dag.arguments, key));
  }
  job.line = task.place.line;
  for (const size_t up : task.upstream) job.upstream.push_back(run.tasks()[up].id);
  for (const std::string& outside : task.outside) job.upstream.push_back(outside);
  for (const std::string_view key : {"params", "hiveconfs", "hive_conf", "parameters", "env"}) {
    const Object* values = Default(task, dag, key);
    if (values == nullptr) continue;
    for (const auto& [name, value] : values->entries) {
      if (value.is(Object::Kind::kText)) job.variables[name] = value.text.text();
    }
  }
  if (const Object* params = Argument(dag.arguments, "params")) {
    for (const auto& [name, value] : params->entries) job.variables.try_emplace(name, value.text.text());
  }
  AddWork(run, task, job, found);
  return job;
}

}  // namespace

bool LooksLikeAirflow(std::string_view text) {
  return text.find("airflow") != std::string_view::npos &&
         (text.find("DAG") != std::string_view::npos || text.find("@dag") != std::string_view::npos);
}

Definitions ReadAirflow(const SourceTree& tree, size_t file, const Variables& variables) {
  Definitions found;
  ScriptFacts facts;
  python::Run run(tree, variables, facts);
  run.RunFile(file);
  for (const Task& task : run.tasks()) found.jobs.push_back(DefinitionOf(run, task, found));
  // A loop that runs once with an unknown variable may make a task's name twice.
  std::stable_sort(found.jobs.begin(), found.jobs.end(), [](const Definition& a, const Definition& b) {
    return std::tie(a.workflow, a.name) < std::tie(b.workflow, b.name);
  });
  found.files = facts.files;
  found.diagnostics.insert(found.diagnostics.end(), facts.diagnostics.begin(), facts.diagnostics.end());
  return found;
}

}  // namespace godwit::sources
