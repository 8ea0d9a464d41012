#include "sources/operator_yaml.h"

#include <algorithm>
#include <array>

#include "config/yaml.h"

namespace godwit::sources {
namespace {

using config::YamlEntry;
using config::YamlValue;

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

void AddWork(const std::string& name, const std::string& key, const YamlValue& value, Definition& job) {
  if (value.kind != YamlValue::Kind::kScalar || value.text.empty()) return;
  constexpr std::array<std::string_view, 7> kCommands = {"bash_command", "command", "cmd",  "shell_command",
                                                         "run",          "bash",    "shell"};
  constexpr std::array<std::string_view, 13> kSqls = {
      "sql",      "hql",      "query",    "path",        "file",     "script",  "hql_path",
      "sql_path", "sql_file", "hql_file", "script_path", "template", "filename"};
  Work work;
  work.text = TextAt(value);
  if (name.find("Spark") != std::string::npos) work.engine = Engine::kSpark;
  if (name.find("Trino") != std::string::npos || name.find("Presto") != std::string::npos)
    work.engine = Engine::kPresto;
  if (name.find("Impala") != std::string::npos) work.engine = Engine::kImpala;
  const auto has = [&](const auto& list) { return std::find(list.begin(), list.end(), key) != list.end(); };
  const std::string& text = value.text;
  if (has(kCommands)) {
    work.kind = Work::Kind::kCommand;
  } else if (has(kSqls)) {
    const bool file = text.find_first_of(" \n") == std::string::npos;
    if (file && (text.ends_with(".py") || text.ends_with(".jar"))) {
      work.kind = Work::Kind::kProgram;
      work.program = {text.ends_with(".py") ? Program::Kind::kScript : Program::Kind::kJar,
                      name,
                      text,
                      {},
                      work.text.PlaceAt(0)};
    } else {
      work.kind =
          file ? (text.ends_with(".sh") ? Work::Kind::kScript : Work::Kind::kSqlFile) : Work::Kind::kSql;
    }
  } else {
    return;
  }
  job.work.push_back(std::move(work));
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
  }
  return job;
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
    } else if (value.Find("tasks") != nullptr && !top) {
      inherited.workflow = key;  // dag-factory: the DAG's name is the key
    }
    if (const YamlValue* schedule = First(value, {"schedule", "schedule_interval", "cron"}))
      inherited.schedule = schedule->text;
    const YamlValue* defaults = value.Find("default_args");
    const YamlValue* owner = defaults != nullptr ? defaults->Find("owner") : value.Find("owner");
    if (owner != nullptr && owner->kind == YamlValue::Kind::kScalar) inherited.owner = owner->text;
  }
  for (const YamlEntry& entry : value.entries) Walk(entry.value, entry.key, inherited, false, found);
  for (const YamlValue& item : value.items) Walk(item, key, inherited, false, found);
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
  GODWIT_TRY_ASSIGN(const YamlValue root, config::ParseYaml(file, text));
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
