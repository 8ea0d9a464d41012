#include "sources/dolphin_scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "sources/datax.h"

namespace godwit::sources {
namespace {

using Json = nlohmann::json;

const Json& At(const Json& json, const char* key) {
  static const Json kNone;
  if (!json.is_object()) return kNone;
  const auto found = json.find(key);
  return found == json.end() ? kNone : *found;
}

std::string Text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return json.is_number() ? json.dump() : "";
}

// Some versions store JSON inside a text.
Json Opened(const Json& json) {
  if (!json.is_string()) return json;
  Json inner = Json::parse(json.get<std::string>(), nullptr, false);
  return inner.is_discarded() ? Json() : inner;
}

void AddParameters(const Json& list, Variables& variables) {
  const Json parameters = Opened(list);
  if (!parameters.is_array()) return;
  for (const Json& each : parameters) {
    const std::string value = Text(At(each, "value"));
    // $[yyyyMMdd-1] is a date; it stays a pattern.
    if (!value.empty() && value.find("$[") == std::string::npos) variables[Text(At(each, "prop"))] = value;
  }
}

struct TaskReader {
  Definition& job;
  Definitions& found;
  uint32_t line;

  void Add(Work::Kind kind, const std::string& text, Engine engine = Engine::kHive) {
    if (text.empty()) return;
    Work work;
    work.kind = kind;
    work.engine = engine;
    work.text = TracedText(text, {FileId{0}, line});
    job.work.push_back(std::move(work));
  }

  void Sql(const Json& parameters) {
    const std::string type = Text(At(parameters, "type"));
    if (type != "HIVE" && type != "SPARK" && type != "PRESTO" && type != "TRINO" && !type.empty()) {
      job.kind = JobKind::kScript;  // another database's SQL
      return;
    }
    const Engine engine = type == "SPARK"                  ? Engine::kSpark
                          : type.empty() || type == "HIVE" ? Engine::kHive
                                                           : Engine::kPresto;
    std::string script;
    for (const char* part : {"preStatements", "sql", "postStatements"}) {
      const Json& value = At(parameters, part);
      for (const Json& statement : value.is_array() ? value : Json::array({value})) {
        if (!Text(statement).empty()) script += Text(statement) + (script.ends_with(";") ? "\n" : ";\n");
      }
    }
    Add(Work::Kind::kSql, script, engine);
  }

  void AddProgram(const std::string& type, const Json& parameters) {
    Work work;
    work.kind = Work::Kind::kProgram;
    work.program.kind = type == "MR" ? Program::Kind::kMapReduce : Program::Kind::kJar;
    work.program.tool = type;
    work.program.name = Text(At(parameters, "mainClass"));
    const std::string jar = Text(At(At(parameters, "mainJar"), "resourceName"));
    if (work.program.name.empty()) work.program.name = jar;
    if (!jar.empty()) work.program.arguments.push_back(jar);
    work.program.place = {FileId{0}, line};
    job.work.push_back(std::move(work));
  }

  void AddTransfer(Transfer transfer) {
    Work work;
    work.kind = Work::Kind::kTransfer;
    transfer.place = {FileId{0}, line};
    work.transfer = std::move(transfer);
    job.work.push_back(std::move(work));
  }

  void Unread(const std::string& what) {
    found.diagnostics.push_back({Diagnostic::Kind::kUnread,
                                 {FileId{0}, line},
                                 fmt::format("task {}: {}: declare its lineage", job.name, what)});
  }

  void DataX(const Json& parameters) {
    if (const std::string json = Text(At(parameters, "json")); !json.empty()) {
      Result<std::vector<Transfer>> transfers = ReadDataXJob(json, job.variables);
      if (!transfers.ok()) return Unread(transfers.error().message);
      for (Transfer& transfer : *transfers) AddTransfer(std::move(transfer));
      return;
    }
    const std::string from = Text(At(parameters, "dsType")), to = Text(At(parameters, "dtType"));
    Transfer transfer;
    transfer.tool = "datax";
    const bool here = to == "HIVE" || to == "SPARK";
    transfer.kind = here ? Transfer::Kind::kImport : Transfer::Kind::kExport;
    const std::string table = Text(At(parameters, "targetTable"));
    transfer.reads.push_back({Endpoint::Kind::kExternal, from});
    transfer.writes.push_back(
        {here ? Endpoint::Kind::kTable : Endpoint::Kind::kExternal, here ? table : to + "." + table});
    if (from == "HIVE") {
      transfer.reads.clear();
      transfer.from_queries = true;
      Add(Work::Kind::kSql, Text(At(parameters, "sql")));
    }
    AddTransfer(std::move(transfer));
  }

  void Sqoop(const Json& parameters) {
    if (const std::string script = Text(At(parameters, "customShell")); !script.empty())
      return Add(Work::Kind::kCommand, script);
    const Json source = Opened(At(parameters, "sourceParams")),
               target = Opened(At(parameters, "targetParams"));
    Transfer transfer;
    const bool exports = Text(At(parameters, "modelType")) == "export";
    transfer.kind = exports ? Transfer::Kind::kExport : Transfer::Kind::kImport;
    transfer.tool = exports ? "sqoop export" : "sqoop import";
    const Json& here = exports ? source : target;
    const Json& there = exports ? target : source;
    const std::string database = Text(At(here, "hiveDatabase")), table = Text(At(here, "hiveTable"));
    Endpoint mine{Endpoint::Kind::kTable, database.empty() ? table : database + "." + table};
    if (table.empty()) mine = {Endpoint::Kind::kPath, Text(At(here, exports ? "exportDir" : "targetPath"))};
    const std::string other = Text(At(there, exports ? "targetTable" : "srcTable"));
    Endpoint outside{Endpoint::Kind::kExternal,
                     Text(At(parameters, exports ? "targetType" : "sourceType")) + "." + other};
    transfer.reads = {exports ? mine : outside};
    transfer.writes = {exports ? outside : mine};
    AddTransfer(std::move(transfer));
  }

  void Read(const std::string& type, const Json& parameters) {
    if (type == "SHELL") return Add(Work::Kind::kCommand, Text(At(parameters, "rawScript")));
    if (type == "SQL") return Sql(parameters);
    if (type == "DATAX") return DataX(parameters);
    if (type == "SQOOP") return Sqoop(parameters);
    if (type == "SPARK" || type == "FLINK" || type == "MR" || type == "JAVA")
      return AddProgram(type, parameters);
    if (type == "HIVECLI") return Add(Work::Kind::kSql, Text(At(parameters, "hiveSqlScript")));
    const bool orders_only = type == "SUB_PROCESS" || type == "SUB_WORKFLOW" || type == "DEPENDENT" ||
                             type == "CONDITIONS" || type == "SWITCH" || type == "HTTP" || type == "BLOCKING";
    if (!orders_only) Unread(fmt::format("what a {} task reads and writes is not known", type));
    job.kind = JobKind::kScript;
  }
};

// The line on which a task's name stands: JSON values do not know their place.
uint32_t LineOf(std::string_view text, const std::string& name) {
  const size_t at = text.find("\"" + name + "\"");
  if (at == std::string_view::npos) return 1;
  return 1 + static_cast<uint32_t>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
}

void ReadTask(const Json& task, const Definition& inherited, std::string_view text, Definitions& found) {
  Definition job = inherited;
  job.name = Text(At(task, "name"));
  job.line = LineOf(text, job.name);
  const Json parameters = Opened(task.contains("taskParams") ? task["taskParams"] : At(task, "params"));
  AddParameters(At(parameters, "localParams"), job.variables);
  const std::string type = Text(task.contains("taskType") ? task["taskType"] : At(task, "type"));
  TaskReader{job, found, job.line}.Read(type, parameters);
  found.jobs.push_back(std::move(job));
}

// 2.x and 3.x: tasks and relations by code.
void ReadProcess(const Json& process, std::string_view text, Definitions& found) {
  Definition inherited;
  const Json& definition = At(process, "processDefinition").is_null() ? At(process, "workflowDefinition")
                                                                      : At(process, "processDefinition");
  inherited.workflow = Text(At(definition, "name"));
  inherited.owner = Text(At(definition, "userName"));
  inherited.schedule = Text(At(At(process, "schedule"), "crontab"));
  AddParameters(At(definition, "globalParams"), inherited.variables);
  std::map<std::string, std::string> name_of;
  for (const Json& task : At(process, "taskDefinitionList"))
    name_of[Text(At(task, "code"))] = Text(At(task, "name"));
  std::map<std::string, std::vector<std::string>> upstream;
  const char* relations =
      process.contains("processTaskRelationList") ? "processTaskRelationList" : "workflowTaskRelationList";
  for (const Json& relation : At(process, relations)) {
    const auto from = name_of.find(Text(At(relation, "preTaskCode"))),
               to = name_of.find(Text(At(relation, "postTaskCode")));
    if (from != name_of.end() && to != name_of.end()) upstream[to->second].push_back(from->second);
  }
  const size_t first = found.jobs.size();
  for (const Json& task : At(process, "taskDefinitionList")) ReadTask(task, inherited, text, found);
  for (size_t i = first; i < found.jobs.size(); ++i) found.jobs[i].upstream = upstream[found.jobs[i].name];
}

// 1.x: a list of tasks that name the ones before them.
void ReadOldProcess(const Json& process, std::string_view text, Definitions& found) {
  const Json definition = Opened(At(process, "processDefinitionJson"));
  Definition inherited;
  inherited.workflow = Text(At(process, "processDefinitionName"));
  if (inherited.workflow.empty()) inherited.workflow = Text(At(process, "name"));
  inherited.schedule = Text(At(process, "scheduleCrontab"));
  AddParameters(At(definition, "globalParams"), inherited.variables);
  for (const Json& task : At(definition, "tasks")) {
    ReadTask(task, inherited, text, found);
    for (const Json& before : Opened(At(task, "preTasks")))
      found.jobs.back().upstream.push_back(Text(before));
  }
}

}  // namespace

bool LooksLikeDolphinScheduler(std::string_view text) {
  return text.find("\"taskDefinitionList\"") != std::string_view::npos ||
         text.find("processDefinitionJson") != std::string_view::npos;
}

Result<Definitions> ReadDolphinScheduler(const std::string& file, std::string_view text) {
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded()) return InvalidInput(file + ":1:1: not JSON");
  Definitions found;
  for (const Json& process : root.is_array() ? root : Json::array({root})) {
    if (process.contains("taskDefinitionList")) ReadProcess(process, text, found);
    if (process.contains("processDefinitionJson")) ReadOldProcess(process, text, found);
  }
  return found;
}

}  // namespace godwit::sources
