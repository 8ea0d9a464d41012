#include "sources/oozie.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "sources/oozie_launch.h"
#include "sources/text_file.h"

namespace godwit::sources {
namespace {

constexpr int kSubWorkflowDepthMax = 5;
constexpr size_t kWorkMax = 1000;  // of one action, with what its sub-workflows do

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// A workflow's file, parsed.
struct Workflow {
  std::string path;
  std::string text;
  pugi::xml_document document;
  std::optional<Error> error;

  pugi::xml_node root() const { return document.document_element(); }
  uint32_t LineOf(const pugi::xml_node& node) const {
    const auto offset = std::clamp<ptrdiff_t>(node.offset_debug(), 0, static_cast<ptrdiff_t>(text.size()));
    return 1 + static_cast<uint32_t>(std::count(text.begin(), text.begin() + offset, '\n'));
  }
};

using Workflows = std::map<std::string, Workflow>;  // by path

// What the actions of one workflow do, started with these variables.
struct Reader {
  const SourceTree& tree;
  const Workflows& workflows;
  const Workflow& workflow;
  Variables variables;
  std::vector<std::string>& files;  // FileId → path
  std::set<std::string>& called;    // workflows that are run as a part of another one
  int depth = 0;

  std::string Filled(const std::string& value) const { return FilledIn(value, variables); }

  FileId File() const {
    const auto found = std::find(files.begin(), files.end(), workflow.path);
    if (found != files.end()) return FileId(found - files.begin());
    files.push_back(workflow.path);
    return FileId(files.size() - 1);
  }

  Place PlaceOf(const pugi::xml_node& node) const { return {File(), workflow.LineOf(node)}; }
  TracedText At(const pugi::xml_node& node) const { return TracedText(Filled(TextOf(node)), PlaceOf(node)); }

  // A script's name is relative to the workflow's folder.
  TracedText ScriptAt(const pugi::xml_node& node) const {
    const TracedText name = At(node);
    const std::string beside = FolderOf(workflow.path) + name.text();
    return tree.At(beside) ? TracedText(beside, PlaceOf(node)) : name;
  }

  void AddWork(Definition& job, Work::Kind kind, TracedText what, Engine engine = Engine::kHive) {
    Work work;
    work.kind = kind;
    work.engine = engine;
    work.text = std::move(what);
    job.work.push_back(std::move(work));
  }

  void Parameters(const pugi::xml_node& kind, Definition& job) {
    bool defines = false;  // <argument>--hivevar</argument><argument>a=b</argument>
    for (const pugi::xml_node& child : kind.children()) {
      const std::string_view name = LocalName(child);
      const std::string definition = Filled(TextOf(child));
      const size_t equals = definition.find('=');
      const bool given = name == "param" || name == "env-var" || (name == "argument" && defines);
      if (given && equals != std::string::npos)
        job.variables[definition.substr(0, equals)] = definition.substr(equals + 1);
      defines = definition == "--hivevar" || definition == "--hiveconf" || definition == "-hivevar" ||
                definition == "-hiveconf" || definition == "-d" || definition == "--define";
    }
  }

  std::vector<std::string> Arguments(const pugi::xml_node& kind) {
    std::vector<std::string> arguments;
    for (const pugi::xml_node& child : kind.children()) {
      const std::string_view name = LocalName(child);
      if (name == "argument" || name == "arg") arguments.push_back(Filled(TextOf(child)));
    }
    return arguments;
  }

  void Shell(const pugi::xml_node& kind, Definition& job) {
    Work work;
    work.kind = Work::Kind::kScript;
    work.text = At(ChildOf(kind, "exec"));
    work.arguments = Arguments(kind);
    const std::string& exec = work.text.text();
    const std::string name = exec.substr(exec.rfind('/') + 1);
    if (!name.ends_with(".sh")) {  // a command, or a script without an ending: the first <file> may name it
      std::string command = exec;
      for (const std::string& argument : work.arguments) command += " '" + argument + "'";
      return AddWork(job, Work::Kind::kCommand, TracedText(command, work.text.PlaceAt(0)));
    }
    job.work.push_back(std::move(work));
  }

  void Sqoop(const pugi::xml_node& kind, Definition& job) {
    const pugi::xml_node command = ChildOf(kind, "command");
    if (command)
      return AddWork(job, Work::Kind::kCommand,
                     TracedText("sqoop " + Filled(TextOf(command)), PlaceOf(command)));
    std::string line = "sqoop";
    for (const std::string& argument : Arguments(kind)) line += " '" + argument + "'";
    AddWork(job, Work::Kind::kCommand, TracedText(line, PlaceOf(kind)));
  }

  void AddProgram(const pugi::xml_node& kind, Definition& job) {
    Work work;
    work.kind = Work::Kind::kProgram;
    work.program.tool = LocalName(kind);
    work.program.kind = LocalName(kind) == "map-reduce" || LocalName(kind) == "pig"
                            ? Program::Kind::kMapReduce
                            : Program::Kind::kJar;
    for (const char* name : {"class", "main-class", "jar", "script", "name"}) {
      if (work.program.name.empty()) work.program.name = Filled(TextOf(ChildOf(kind, name)));
    }
    work.program.arguments = Arguments(kind);
    if (const pugi::xml_node jar = ChildOf(kind, "jar"))
      work.program.arguments.insert(work.program.arguments.begin(), Filled(TextOf(jar)));
    work.program.place = PlaceOf(kind);
    job.work.push_back(std::move(work));
  }

  // What an <action> runs.
  void Action(const pugi::xml_node& action, Definition& job) {
    for (const pugi::xml_node& kind : action.children()) {
      const std::string_view name = LocalName(kind);
      if (name == "ok" || name == "error") continue;
      for (const auto& [property, value] : PropertiesOf(ChildOf(kind, "configuration"), variables))
        job.variables.try_emplace(property, value);
      Parameters(kind, job);
      if (name == "hive" || name == "hive2") {
        if (const pugi::xml_node script = ChildOf(kind, "script"))
          AddWork(job, Work::Kind::kSqlFile, ScriptAt(script));
        if (const pugi::xml_node query = ChildOf(kind, "query")) AddWork(job, Work::Kind::kSql, At(query));
      } else if (name == "shell") {
        Shell(kind, job);
      } else if (name == "ssh") {
        std::string command = Filled(TextOf(ChildOf(kind, "command")));
        for (const pugi::xml_node& each : kind.children()) {
          if (LocalName(each) == "args" || LocalName(each) == "arg") command += " " + Filled(TextOf(each));
        }
        AddWork(job, Work::Kind::kCommand, TracedText(command, PlaceOf(kind)));
      } else if (name == "sqoop") {
        Sqoop(kind, job);
      } else if (name == "distcp") {
        std::string command = "hadoop distcp";
        for (const std::string& argument : Arguments(kind)) command += " '" + argument + "'";
        AddWork(job, Work::Kind::kCommand, TracedText(command, PlaceOf(kind)));
      } else if (name == "spark" || name == "java" || name == "map-reduce" || name == "pig" ||
                 name == "spark2") {
        AddProgram(kind, job);
      } else if (name == "sub-workflow") {
        SubWorkflow(kind, job);
      }
    }
  }

  // The actions of another workflow, as a part of this job.
  void SubWorkflow(const pugi::xml_node& kind, Definition& job) {
    if (depth >= kSubWorkflowDepthMax) return;
    const auto file =
        FindApplication(tree, Filled(TextOf(ChildOf(kind, "app-path"))), workflow.path, "workflow.xml");
    const auto found = file ? workflows.find(tree.files()[*file].path) : workflows.end();
    if (found == workflows.end() || found->second.error || &found->second == &workflow) return;
    called.insert(found->first);
    Variables inner = PropertiesOf(ChildOf(kind, "configuration"), variables);
    if (!ChildOf(kind, "propagate-configuration").empty()) inner.insert(variables.begin(), variables.end());
    for (const auto& [name, value] : PropertiesOf(ChildOf(found->second.root(), "parameters"), inner))
      inner.try_emplace(name, value);
    Reader reader{tree, workflows, found->second, inner, files, called, depth + 1};
    for (const pugi::xml_node& action : found->second.root().children()) {
      if (LocalName(action) != "action" || job.work.size() > kWorkMax) continue;
      Definition part;
      part.variables = inner;
      reader.Action(action, part);
      for (Work& work : part.work) {
        work.variables.insert(part.variables.begin(), part.variables.end());
        job.work.push_back(std::move(work));
      }
    }
  }
};

// The nearest actions before each node of the workflow, over its control nodes.
std::map<std::string, std::set<std::string>> ActionsBefore(const pugi::xml_node& workflow) {
  std::map<std::string, std::vector<std::string>> next;
  std::set<std::string> actions;
  for (const pugi::xml_node& node : workflow.children()) {
    const std::string name = node.attribute("name").value();
    const std::string_view kind = LocalName(node);
    if (kind == "action") actions.insert(name);
    if (kind == "start" || kind == "join")
      next[kind == "start" ? "" : name].push_back(node.attribute("to").value());
    for (const pugi::xml_node& child : node.children()) {
      if (LocalName(child) == "ok") next[name].push_back(child.attribute("to").value());
      if (LocalName(child) == "path") next[name].push_back(child.attribute("start").value());
      if (LocalName(child) == "switch") {
        for (const pugi::xml_node& arm : child.children()) next[name].push_back(arm.attribute("to").value());
      }
    }
  }
  std::map<std::string, std::set<std::string>> before;
  for (const std::string& action : actions) {
    std::set<std::string> seen;
    std::vector<std::string> open = next[action];
    for (size_t i = 0; i < open.size(); ++i) {
      const std::string to = open[i];
      if (!seen.insert(to).second) continue;
      if (actions.count(to) != 0) {
        before[to].insert(action);
      } else {
        open.insert(open.end(), next[to].begin(), next[to].end());
      }
    }
  }
  return before;
}

// A <case>'s condition, as far as comparisons of known values go: ${job eq "daily"}.
std::optional<bool> TruthOf(std::string condition, const Variables& variables) {
  std::erase_if(condition,
                [](char c) { return std::string_view(" \t\r\n(){}$").find(c) != std::string_view::npos; });
  for (const auto& [mark, equal] : {std::pair{"==", true}, std::pair{"!=", false}}) {
    const size_t at = condition.find(mark);
    if (at == std::string::npos) continue;
    const std::string name = condition.substr(0, at), text = condition.substr(at + 2);
    const auto known = variables.find(name);
    const bool quoted = text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
    if (known == variables.end() || !quoted || known->second.find("${") != std::string::npos)
      return std::nullopt;
    return (known->second == text.substr(1, text.size() - 2)) == equal;
  }
  return std::nullopt;
}

// Where a <decision> may go.
std::vector<std::string> WaysOf(const pugi::xml_node& decision, const Variables& variables) {
  std::vector<std::string> ways;
  for (const pugi::xml_node& arm : ChildOf(decision, "switch").children()) {
    const std::optional<bool> truth =
        LocalName(arm) == "case" ? TruthOf(TextOf(arm), variables) : std::nullopt;
    if (truth && !*truth) continue;
    ways.push_back(arm.attribute("to").value());
    if (truth) break;
  }
  return ways;
}

// The nodes that a run from the start may come to.
std::set<std::string> Reached(const pugi::xml_node& workflow, const Variables& variables) {
  std::map<std::string, std::vector<std::string>> next;
  std::vector<std::string> open;
  for (const pugi::xml_node& node : workflow.children()) {
    const std::string name = node.attribute("name").value();
    if (LocalName(node) == "start") open.push_back(node.attribute("to").value());
    if (LocalName(node) == "decision") next[name] = WaysOf(node, variables);
    if (LocalName(node) == "join") next[name].push_back(node.attribute("to").value());
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view kind = LocalName(child);
      if (kind == "ok" || kind == "error") next[name].push_back(child.attribute("to").value());
      if (kind == "path") next[name].push_back(child.attribute("start").value());
    }
  }
  std::set<std::string> reached;
  for (size_t i = 0; i < open.size(); ++i) {
    const std::string node = open[i];
    if (!reached.insert(node).second) continue;
    open.insert(open.end(), next[node].begin(), next[node].end());
  }
  return reached;
}

// Without the parts that only a run fills in: "load-wf-${year}-${month}" is load-wf.
std::string WithoutOpenParts(const std::string& name) {
  std::string kept;
  for (size_t i = 0; i < name.size();) {
    const size_t end = name.compare(i, 2, "${") == 0 ? name.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      kept += name[i++];
      continue;
    }
    while (!kept.empty() && std::string_view("-_. ").find(kept.back()) != std::string_view::npos)
      kept.pop_back();
    i = end + 1;
  }
  return kept;
}

std::string WorkflowName(const Workflow& workflow, const Variables& variables) {
  const std::string name = WithoutOpenParts(FilledIn(workflow.root().attribute("name").value(), variables));
  if (!name.empty()) return name;
  const std::string folder = FolderOf(workflow.path);
  return folder.empty()
             ? "workflow"
             : folder.substr(0, folder.size() - 1).substr(folder.rfind('/', folder.size() - 2) + 1);
}

// The workflow's jobs in one launch; `definitions.files[0]` is its file.
Definitions JobsOf(const SourceTree& tree, const Workflows& workflows, const Workflow& workflow,
                   const OozieLaunch& launch, const Variables& given, std::set<std::string>& called) {
  Definitions found;
  found.files.push_back(workflow.path);
  for (const std::string& file : launch.files) found.files.push_back(file);
  Variables variables = launch.variables;
  for (const auto& [name, value] : PropertiesOf(ChildOf(workflow.root(), "parameters"), variables))
    variables.try_emplace(name, value);
  for (const auto& [name, value] : given) variables[name] = value;
  Reader reader{tree, workflows, workflow, variables, found.files, called};
  Definition inherited;
  inherited.schedule = launch.schedule;
  inherited.workflow = WorkflowName(workflow, variables);
  if (const auto owner = variables.find("user"); owner != variables.end()) inherited.owner = owner->second;
  const auto before = ActionsBefore(workflow.root());
  const std::set<std::string> reached = Reached(workflow.root(), variables);
  for (const pugi::xml_node& action : workflow.root().children()) {
    const std::string name = action.attribute("name").value();
    if (LocalName(action) != "action" || (!reached.empty() && reached.count(name) == 0)) continue;
    Definition job = inherited;
    job.name = name;
    job.line = workflow.LineOf(action);
    job.variables = variables;
    if (const auto after = before.find(job.name); after != before.end()) {
      for (const std::string& each : after->second) {
        if (reached.empty() || reached.count(each) != 0) job.upstream.push_back(each);
      }
    }
    reader.Action(action, job);
    found.jobs.push_back(std::move(job));
  }
  return found;
}

// What the jobs do, whatever they are called: a second launch that does the same is no second workflow.
std::string Doing(const Definitions& found) {
  std::string text;
  for (const Definition& job : found.jobs) {
    text += job.workflow + "\n" + job.name + "\n";
    for (const Work& work : job.work) {
      text += work.text.text() + "\n" + work.program.name + "\n";
      for (const std::string& argument : work.arguments) text += argument + "\n";
      for (const std::string& argument : work.program.arguments) text += argument + "\n";
    }
    for (const auto& [name, value] : job.variables) text += name + "=" + value + "\n";
  }
  return text;
}

// One workflow's jobs in all its launches, those of the same name told apart by who starts them.
std::vector<Definitions> AllLaunches(const SourceTree& tree, const Workflows& workflows,
                                     const Workflow& workflow, const std::vector<OozieLaunch>& launches,
                                     const Variables& given, std::set<std::string>& called) {
  std::vector<std::pair<Definitions, std::string>> all;  // with who starts it
  std::set<std::string> seen;
  std::map<std::string, int> named;
  for (const OozieLaunch& launch : launches) {
    Definitions found = JobsOf(tree, workflows, workflow, launch, given, called);
    if (found.jobs.empty() || !seen.insert(Doing(found)).second) continue;
    ++named[found.jobs.front().workflow];
    all.emplace_back(std::move(found), WithoutOpenParts(launch.name));
  }
  std::vector<Definitions> result;
  for (auto& [found, starter] : all) {
    const std::string name = found.jobs.front().workflow;
    for (Definition& job : found.jobs) {
      if (named[name] > 1 && !starter.empty()) job.workflow = name + "@" + starter;
    }
    result.push_back(std::move(found));
  }
  return result;
}

Workflow Parsed(const std::string& path, std::string text) {
  Workflow workflow;
  workflow.path = path;
  workflow.text = std::move(text);
  const std::string& all = workflow.text;
  const pugi::xml_parse_result parsed = workflow.document.load_buffer(all.data(), all.size());
  if (!parsed) {
    const auto offset = std::clamp<ptrdiff_t>(parsed.offset, 0, static_cast<ptrdiff_t>(all.size()));
    const auto line = 1 + std::count(all.begin(), all.begin() + offset, '\n');
    workflow.error = InvalidInput(fmt::format("{}:{}: XML: {}", path, line, parsed.description()));
  } else if (LocalName(workflow.root()) != "workflow-app") {
    workflow.error = InvalidInput(path + ":1: not an Oozie workflow");
  }
  return workflow;
}

}  // namespace

bool LooksLikeOozieWorkflow(std::string_view text) {
  return text.find("workflow-app") != std::string_view::npos;
}

std::vector<OozieWorkflow> ReadOozie(const SourceTree& tree, std::map<std::string, std::string> texts,
                                     const Variables& variables) {
  Workflows workflows;
  std::vector<std::string> paths;
  for (auto& [path, text] : texts) {
    workflows.emplace(path, Parsed(path, std::move(text)));
    paths.push_back(path);
  }
  if (workflows.empty()) return {};
  const std::map<std::string, std::vector<OozieLaunch>> launches = FindOozieLaunches(tree, paths);
  std::set<std::string> called;
  std::vector<OozieWorkflow> found;
  for (const auto& [path, workflow] : workflows) {
    if (workflow.error) {
      found.push_back({path, *workflow.error});
      continue;
    }
    for (Definitions& each : AllLaunches(tree, workflows, workflow, launches.at(path), variables, called))
      found.push_back({path, std::move(each)});
  }
  // A part of others that nobody starts alone is no workflow of its own.
  std::erase_if(found, [&](const OozieWorkflow& each) {
    return called.count(each.path) != 0 && launches.at(each.path).front().name.empty();
  });
  return found;
}

}  // namespace godwit::sources
