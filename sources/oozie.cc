#include "sources/oozie.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "sources/azkaban.h"
#include "sources/sql_text.h"
#include "sources/text_file.h"

namespace godwit::sources {
namespace {

constexpr int kNestedValuesMax = 8;
constexpr int kSiblingFilesMax = 50;

// Names come with or without a namespace prefix.
std::string_view LocalName(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node Child(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children()) {
    if (LocalName(child) == name) return child;
  }
  return {};
}

std::string TextOf(const pugi::xml_node& node) {
  std::string text = node.child_value();
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

void AddProperties(const pugi::xml_node& parent, Variables& variables) {
  for (const pugi::xml_node& property : parent.children()) {
    if (LocalName(property) != "property") continue;
    const std::string name = TextOf(Child(property, "name")), value = TextOf(Child(property, "value"));
    if (!name.empty() && !value.empty()) variables.try_emplace(name, value);
  }
}

struct Reader {
  std::string_view text;
  Variables variables;
  Definitions found;

  // ${name} filled in, also inside values.
  std::string Filled(const std::string& value) const {
    std::string now = value;
    for (int i = 0; i < kNestedValuesMax && now.find("${") != std::string::npos; ++i) {
      const std::string next =
          FillPatterns(TracedText(now, {}), [&](const std::string& name) -> std::optional<TracedText> {
            const auto known = variables.find(name);
            if (known == variables.end() || known->second == "${" + name + "}") return std::nullopt;
            return TracedText(known->second, {});
          }).text();
      if (next == now) break;
      now = next;
    }
    return now;
  }

  uint32_t LineOf(const pugi::xml_node& node) const {
    const auto offset = std::clamp<ptrdiff_t>(node.offset_debug(), 0, static_cast<ptrdiff_t>(text.size()));
    return 1 + static_cast<uint32_t>(std::count(text.begin(), text.begin() + offset, '\n'));
  }

  TracedText At(const pugi::xml_node& node) const {
    return TracedText(Filled(TextOf(node)), {FileId{0}, LineOf(node)});
  }

  void AddWork(Definition& job, Work::Kind kind, TracedText what, Engine engine = Engine::kHive) {
    Work work;
    work.kind = kind;
    work.engine = engine;
    work.text = std::move(what);
    job.work.push_back(std::move(work));
  }

  void Parameters(const pugi::xml_node& kind, Definition& job) {
    for (const pugi::xml_node& child : kind.children()) {
      const std::string_view name = LocalName(child);
      if (name != "param" && name != "env-var") continue;
      const std::string definition = Filled(TextOf(child));
      const size_t equals = definition.find('=');
      if (equals != std::string::npos)
        job.variables[definition.substr(0, equals)] = definition.substr(equals + 1);
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
    work.text = At(Child(kind, "exec"));
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
    const pugi::xml_node command = Child(kind, "command");
    if (command)
      return AddWork(job, Work::Kind::kCommand,
                     TracedText("sqoop " + Filled(TextOf(command)), {FileId{0}, LineOf(command)}));
    std::string line = "sqoop";
    for (const std::string& argument : Arguments(kind)) line += " '" + argument + "'";
    AddWork(job, Work::Kind::kCommand, TracedText(line, {FileId{0}, LineOf(kind)}));
  }

  void AddProgram(const pugi::xml_node& kind, Definition& job) {
    Work work;
    work.kind = Work::Kind::kProgram;
    work.program.tool = LocalName(kind);
    work.program.kind = LocalName(kind) == "map-reduce" || LocalName(kind) == "pig"
                            ? Program::Kind::kMapReduce
                            : Program::Kind::kJar;
    for (const char* name : {"class", "main-class", "jar", "script", "name"}) {
      if (work.program.name.empty()) work.program.name = Filled(TextOf(Child(kind, name)));
    }
    work.program.arguments = Arguments(kind);
    if (const pugi::xml_node jar = Child(kind, "jar"))
      work.program.arguments.insert(work.program.arguments.begin(), Filled(TextOf(jar)));
    work.program.place = {FileId{0}, LineOf(kind)};
    job.work.push_back(std::move(work));
  }

  // What an <action> runs.
  void Action(const pugi::xml_node& action, Definition& job) {
    for (const pugi::xml_node& kind : action.children()) {
      const std::string_view name = LocalName(kind);
      if (name == "ok" || name == "error") continue;
      AddProperties(Child(kind, "configuration"), job.variables);
      Parameters(kind, job);
      if (name == "hive" || name == "hive2") {
        if (const pugi::xml_node script = Child(kind, "script"))
          AddWork(job, Work::Kind::kSqlFile, At(script));
        if (const pugi::xml_node query = Child(kind, "query")) AddWork(job, Work::Kind::kSql, At(query));
      } else if (name == "shell") {
        Shell(kind, job);
      } else if (name == "ssh") {
        std::string command = Filled(TextOf(Child(kind, "command")));
        for (const pugi::xml_node& each : kind.children()) {
          if (LocalName(each) == "args" || LocalName(each) == "arg") command += " " + Filled(TextOf(each));
        }
        AddWork(job, Work::Kind::kCommand, TracedText(command, {FileId{0}, LineOf(kind)}));
      } else if (name == "sqoop") {
        Sqoop(kind, job);
      } else if (name == "distcp") {
        std::string command = "hadoop distcp";
        for (const std::string& argument : Arguments(kind)) command += " '" + argument + "'";
        AddWork(job, Work::Kind::kCommand, TracedText(command, {FileId{0}, LineOf(kind)}));
      } else if (name == "spark" || name == "java" || name == "map-reduce" || name == "pig" ||
                 name == "spark2") {
        AddProgram(kind, job);
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

std::string Folder(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// Properties, coordinators and bundles of the same folder.
void ReadSiblings(const SourceTree& tree, const std::string& path, Variables& variables,
                  std::string& schedule, Definitions& found) {
  const std::string folder = Folder(path);
  const auto& files = tree.files();
  auto at =
      std::lower_bound(files.begin(), files.end(), folder,
                       [](const SourceFile& file, const std::string& wanted) { return file.path < wanted; });
  int count = 0;
  for (; at != files.end() && at->path.starts_with(folder) && count < kSiblingFilesMax; ++at) {
    const std::string name = at->path.substr(folder.size());
    const bool xml = name.ends_with(".xml"), properties = name.ends_with(".properties");
    if (name.find('/') != std::string::npos || at->path == path || (!xml && !properties)) continue;
    Result<DecodedText> decoded = ReadText(tree, static_cast<size_t>(at - files.begin()));
    if (!decoded.ok()) continue;
    ++count;
    found.files.push_back(at->path);
    if (properties) {
      for (const auto& [key, value] : ReadProperties(decoded->text)) variables.try_emplace(key, value);
      continue;
    }
    pugi::xml_document document;
    if (!document.load_buffer(decoded->text.data(), decoded->text.size())) continue;
    const pugi::xml_node root = document.document_element();
    if (LocalName(root) == "coordinator-app") {
      schedule = root.attribute("frequency").value();
      AddProperties(Child(Child(Child(root, "action"), "workflow"), "configuration"), variables);
      AddProperties(Child(root, "parameters"), variables);
    } else if (LocalName(root) == "bundle-app") {
      for (const pugi::xml_node& child : root.children())
        AddProperties(Child(child, "configuration"), variables);
    }
  }
}

}  // namespace

bool LooksLikeOozieWorkflow(std::string_view text) {
  return text.find("workflow-app") != std::string_view::npos;
}

Result<Definitions> ReadOozie(const SourceTree& tree, size_t file, std::string_view text,
                              const Variables& variables) {
  const std::string& path = tree.files()[file].path;
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) {
    const auto offset = std::clamp<ptrdiff_t>(parsed.offset, 0, static_cast<ptrdiff_t>(text.size()));
    const auto line = 1 + std::count(text.begin(), text.begin() + offset, '\n');
    return InvalidInput(fmt::format("{}:{}: XML: {}", path, line, parsed.description()));
  }
  const pugi::xml_node workflow = document.document_element();
  if (LocalName(workflow) != "workflow-app") return InvalidInput(path + ":1: not an Oozie workflow");
  Reader reader{text, variables, {}};
  Definition inherited;
  AddProperties(Child(workflow, "parameters"), reader.variables);
  ReadSiblings(tree, path, reader.variables, inherited.schedule, reader.found);
  for (auto& [name, value] : reader.variables) value = reader.Filled(value);
  inherited.schedule = reader.Filled(inherited.schedule);
  inherited.workflow = reader.Filled(workflow.attribute("name").value());
  const auto owner = reader.variables.find("user");
  if (owner != reader.variables.end()) inherited.owner = owner->second;
  const auto before = ActionsBefore(workflow);
  for (const pugi::xml_node& action : workflow.children()) {
    if (LocalName(action) != "action") continue;
    Definition job = inherited;
    job.name = action.attribute("name").value();
    job.line = reader.LineOf(action);
    job.variables = reader.variables;
    if (const auto found = before.find(job.name); found != before.end())
      job.upstream.assign(found->second.begin(), found->second.end());
    reader.Action(action, job);
    reader.found.jobs.push_back(std::move(job));
  }
  return std::move(reader.found);
}

}  // namespace godwit::sources
