#include "sources/operator_yaml.h"

#include <algorithm>
#include <array>
#include <optional>

#include "config/yaml.h"
#include "sources/sql_text.h"

namespace godwit::sources {
namespace {

using config::YamlEntry;
using config::YamlValue;

constexpr size_t kJobsMax = 20'000;  // that loops of one file may make

const YamlValue* First(const YamlValue& map, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const YamlValue* value = map.Find(key)) return value;
  }
  return nullptr;
}

std::string OperatorOf(const YamlValue& map) {
  const YamlValue* value = First(map, {"operator", "type", "class", "operator_type", "task_type"});
  if (value == nullptr || value->kind != YamlValue::Kind::kScalar) return "";
  std::string name = value->text.substr(value->text.rfind('.') + 1);
  return name.ends_with("Operator") || name.ends_with("Sensor") ? name : "";
}

std::string Stem(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

// "dag" or "a/b/dag.yaml" in one list item: names of other tasks.
void AddNames(const YamlValue& value, std::vector<std::string>& names) {
  if (value.kind == YamlValue::Kind::kScalar) {
    for (size_t at = 0; at <= value.text.size();) {
      const size_t end = std::min(value.text.find(',', at), value.text.size());
      std::string name = value.text.substr(at, end - at);
      std::erase(name, ' ');
      if (!name.empty()) names.push_back(name);
      at = end + 1;
    }
  }
  for (const YamlValue& item : value.items) {
    const YamlValue* inner = First(item, {"name", "id", "task_id", "task"});
    AddNames(inner != nullptr ? *inner : item, names);
  }
  for (const YamlEntry& entry : value.entries) {
    if (value.items.empty() && entry.value.kind != YamlValue::Kind::kScalar) names.push_back(entry.key);
  }
}

TracedText TextAt(const YamlValue& value) {
  const bool block = value.quoted && value.text.find('\n') != std::string::npos;
  return TracedText(value.text, {FileId{0}, static_cast<uint32_t>(value.place.line + (block ? 1 : 0))});
}

bool EndsWithAny(const std::string& text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return text.ends_with(ending); });
}

Engine EngineOf(const std::string& operator_name) {
  const auto names = [&](std::string_view part) { return operator_name.find(part) != std::string::npos; };
  if (names("Spark")) return Engine::kSpark;
  if (names("Trino") || names("Presto")) return Engine::kPresto;
  return names("Impala") ? Engine::kImpala : Engine::kHive;
}

// What one text under `key` makes an operator do, if it is a program, a script or SQL.
std::optional<Work> WorkOf(const std::string& operator_name, const std::string& key, const YamlValue& value) {
  constexpr std::array<std::string_view, 7> kCommands = {"bash_command", "command", "cmd",  "shell_command",
                                                         "run",          "bash",    "shell"};
  constexpr std::array<std::string_view, 5> kSqls = {"sql", "hql", "query", "queries", "statements"};
  constexpr std::array<std::string_view, 14> kFiles = {
      "path",     "file",        "script",   "hql_path", "sql_path",    "sql_file",       "hql_file",
      "template", "script_path", "filename", "scripts",  "application", "application_py", "python_file"};
  const auto has = [&](const auto& list) { return std::find(list.begin(), list.end(), key) != list.end(); };
  const std::string& text = value.text;
  if (value.kind != YamlValue::Kind::kScalar || text.empty()) return std::nullopt;
  Work work;
  work.text = TextAt(value);
  work.engine = EngineOf(operator_name);
  const bool file = text.find_first_of(" \n") == std::string::npos;
  if (has(kCommands)) {
    work.kind = Work::Kind::kCommand;
  } else if (!has(kSqls) && !has(kFiles)) {
    return std::nullopt;
  } else if (file && EndsWithAny(text, {".py", ".jar"})) {
    const bool python = text.ends_with(".py");
    work.kind = Work::Kind::kProgram;
    work.program = {python ? Program::Kind::kScript : Program::Kind::kJar,
                    operator_name,
                    text,
                    {text},
                    work.text.PlaceAt(0)};
  } else if (file && text.ends_with(".sh")) {
    work.kind = Work::Kind::kScript;
  } else if (file && EndsWithAny(text, {".sql", ".hql", ".q", ".hive", ".ddl"})) {
    work.kind = Work::Kind::kSqlFile;
  } else if (has(kSqls)) {
    work.kind = file ? Work::Kind::kSqlFile : Work::Kind::kSql;
  } else {
    return std::nullopt;
  }
  return work;
}

// One text, or a list of them.
void AddWork(const std::string& operator_name, const std::string& key, const YamlValue& value,
             Definition& job) {
  if (auto work = WorkOf(operator_name, key, value)) job.work.push_back(std::move(*work));
  for (const YamlValue& item : value.items) {
    if (auto work = WorkOf(operator_name, key, item)) job.work.push_back(std::move(*work));
  }
}

// A program's arguments and main class; a sensor's task; the database of what is run.
void AddSettings(const YamlValue& map, Definition& job) {
  const YamlValue* arguments = First(map, {"application_args", "py_files_args", "arguments", "args"});
  const YamlValue* name = First(map, {"java_class", "main_class"});
  const YamlValue* database = First(map, {"schema", "database"});
  for (Work& work : job.work) {
    if (work.kind == Work::Kind::kProgram && arguments != nullptr) {
      for (const YamlValue& each : arguments->items) work.program.arguments.push_back(each.text);
    }
    if (work.kind == Work::Kind::kProgram && name != nullptr) work.program.name = name->text;
    if (database != nullptr && database->text != "default") work.database = database->text;
  }
  if (const YamlValue* outside = map.Find("external_dag_id")) {
    const YamlValue* task = map.Find("external_task_id");
    if (!outside->text.empty())
      job.upstream.push_back(task == nullptr ? outside->text : outside->text + "." + task->text);
    for (const YamlEntry& entry : outside->entries)
      job.upstream.push_back(entry.value.text.empty() ? entry.key : entry.key + "." + entry.value.text);
  }
}

Definition ReadTask(const YamlValue& map, const std::string& operator_name, const std::string& key,
                    const Definition& inherited) {
  Definition job = inherited;
  const YamlValue* name = First(map, {"task_id", "name", "id", "task_name"});
  job.name = name != nullptr ? name->text : key;
  job.line = static_cast<uint32_t>(map.place.line);
  if (const YamlValue* owner = map.Find("owner")) job.owner = owner->text;
  for (const std::string_view list : {"upstream", "upstreams", "dependencies", "depends_on", "upstream_tasks",
                                      "depend_on", "parents", "after"}) {
    if (const YamlValue* value = map.Find(list)) AddNames(*value, job.upstream);
  }
  for (const YamlEntry& entry : map.entries) {
    AddWork(operator_name, entry.key, entry.value, job);
    const bool settings = entry.key == "params" || entry.key == "parameters" || entry.key == "variables" ||
                          entry.key == "args" || entry.key == "hiveconfs" || entry.key == "config" ||
                          entry.key == "kwargs" || entry.key == "op_kwargs";
    for (const YamlEntry& inner : entry.value.entries) {
      if (settings && inner.value.kind == YamlValue::Kind::kScalar)
        job.variables[inner.key] = inner.value.text;
      if (settings) AddWork(operator_name, inner.key, inner.value, job);
    }
    if (settings) AddSettings(entry.value, job);
  }
  AddSettings(map, job);
  return job;
}

// "dependencies: {a: b, b: [c, d]}" beside the tasks: each key before what stands behind it.
void AddOrder(const YamlValue& order, std::vector<Definition>& jobs, size_t first) {
  for (const YamlEntry& entry : order.entries) {
    std::vector<std::string> after;
    AddNames(entry.value, after);
    for (size_t i = first; i < jobs.size(); ++i) {
      if (std::find(after.begin(), after.end(), jobs[i].name) != after.end())
        jobs[i].upstream.push_back(entry.key);
    }
  }
}

TracedText WithValue(const TracedText& text, const std::string& name, const std::string& value) {
  return FillPatterns(text, [&](const std::string& found) -> std::optional<TracedText> {
    if (found != name) return std::nullopt;
    return TracedText(value, text.PlaceAt(0));
  });
}

std::string WithValue(const std::string& text, const std::string& name, const std::string& value) {
  return WithValue(TracedText(text, {}), name, value).text();
}

// "loop: {iterator: e, values: [x, y]}": the tasks once for each value, with ${e} replaced and the value
// behind their names.
void Repeat(const YamlValue& loop, std::vector<Definition>& jobs, size_t first) {
  const YamlValue* values = loop.Find("values");
  const YamlValue* iterator = loop.Find("iterator");
  if (values == nullptr || iterator == nullptr || values->items.empty()) return;
  const std::vector<Definition> tasks(jobs.begin() + static_cast<long>(first), jobs.end());
  jobs.resize(first);
  for (const YamlValue& item : values->items) {
    for (Definition job : tasks) {
      if (jobs.size() > kJobsMax) return;
      const auto fill = [&](auto& text) { text = WithValue(text, iterator->text, item.text); };
      for (Work& work : job.work) {
        fill(work.text);
        fill(work.program.name);
        for (std::string& argument : work.program.arguments) fill(argument);
      }
      for (auto& [name, value] : job.variables) fill(value);
      const bool named = job.name.find("${" + iterator->text + "}") != std::string::npos;
      fill(job.name);
      if (!named) job.name += "_" + item.text;
      for (std::string& upstream : job.upstream) {
        const bool own = std::any_of(tasks.begin(), tasks.end(),
                                     [&](const Definition& task) { return task.name == upstream; });
        fill(upstream);
        if (own && !named) upstream += "_" + item.text;
      }
      jobs.push_back(std::move(job));
    }
  }
}

void Walk(const YamlValue& value, const std::string& key, Definition inherited, bool top,
          Definitions& found) {
  if (const std::string name = OperatorOf(value); !name.empty()) {
    found.jobs.push_back(ReadTask(value, name, key, inherited));
    return;
  }
  if (value.kind == YamlValue::Kind::kMap) {
    if (const YamlValue* dag = First(value, {"dag_id", "dag"});
        dag != nullptr && dag->kind == YamlValue::Kind::kScalar) {
      inherited.workflow = dag->text;
    } else if (const YamlValue* tasks = value.Find("tasks"); tasks != nullptr) {
      const YamlValue* name = value.Find("name");
      if (!top) inherited.workflow = key;  // dag-factory: the DAG's name is the key
      if (top && name != nullptr && name->kind == YamlValue::Kind::kScalar) inherited.workflow = name->text;
    }
    if (const YamlValue* schedule = First(value, {"schedule", "schedule_interval", "cron"}))
      inherited.schedule = schedule->text;
    const YamlValue* defaults = value.Find("default_args");
    const YamlValue* owner = defaults != nullptr ? defaults->Find("owner") : value.Find("owner");
    if (owner != nullptr && owner->kind == YamlValue::Kind::kScalar) inherited.owner = owner->text;
  }
  const size_t first = found.jobs.size();
  for (const YamlEntry& entry : value.entries) Walk(entry.value, entry.key, inherited, false, found);
  for (const YamlValue& item : value.items) Walk(item, key, inherited, false, found);
  if (value.Find("tasks") == nullptr) return;
  for (const YamlEntry& entry : value.entries) {
    if (entry.key == "dependencies") AddOrder(entry.value, found.jobs, first);
  }
  if (const YamlValue* loop = value.Find("loop")) Repeat(*loop, found.jobs, first);
}

}  // namespace

bool LooksLikeOperatorYaml(std::string_view text) {
  for (const std::string_view key : {"operator:", "type:", "class:", "operator_type:", "task_type:"}) {
    for (size_t at = 0; (at = text.find(key, at)) != std::string_view::npos; at += key.size()) {
      const std::string_view line = text.substr(at, text.find('\n', at) - at);
      if (line.find("Operator") != std::string_view::npos || line.find("Sensor") != std::string_view::npos)
        return true;
    }
  }
  return false;
}

Result<Definitions> ReadOperatorYaml(const std::string& file, std::string_view text) {
  GODWIT_TRY_ASSIGN(const YamlValue root, config::ParseYaml(file, text, config::YamlUse::kForeign));
  Definitions found;
  Definition inherited;
  const size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : file.substr(0, slash);
  // Files of one task each make a workflow of their folder; a file of many is one itself.
  Walk(root, Stem(file), inherited, true, found);
  for (Definition& job : found.jobs) {
    if (job.workflow.empty())
      job.workflow = found.jobs.size() == 1 ? folder.substr(folder.rfind('/') + 1) : Stem(file);
  }
  return found;
}

}  // namespace godwit::sources
