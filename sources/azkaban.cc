#include "sources/azkaban.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "config/yaml.h"

namespace godwit::sources {
namespace {

using config::YamlValue;

constexpr int kCommandsMax = 200;

std::string Trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return std::string(text);
}

std::string Stem(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

std::string FolderName(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return Stem(path);
  const std::string folder = path.substr(0, slash);
  return folder.substr(folder.rfind('/') + 1);
}

std::string At(const Variables& properties, const std::string& key) {
  const auto found = properties.find(key);
  return found == properties.end() ? "" : found->second;
}

// What a job of this type and with these properties does.
void AddWork(const std::string& type, const Variables& properties, uint32_t line, Definition& job) {
  const auto add = [&](Work::Kind kind, const std::string& text) {
    Work work;
    work.kind = kind;
    work.text = TracedText(text, {FileId{0}, line});
    job.work.push_back(std::move(work));
  };
  if (const std::string command = At(properties, "command"); !command.empty())
    add(Work::Kind::kCommand, command);
  for (int i = 1; i < kCommandsMax; ++i) {
    const std::string command = At(properties, "command." + std::to_string(i));
    if (command.empty()) break;
    add(Work::Kind::kCommand, command);
  }
  if (const std::string script = At(properties, "script"); !script.empty()) add(Work::Kind::kScript, script);
  if (const std::string script = At(properties, "hive.script"); !script.empty())
    add(Work::Kind::kSqlFile, script);
  if (const std::string query = At(properties, "hive.query"); !query.empty()) add(Work::Kind::kSql, query);
  if (!job.work.empty() || type == "noop" || type == "flow" || type.empty()) return;
  Work work;
  work.kind = Work::Kind::kProgram;
  work.program.kind = Program::Kind::kJar;
  work.program.tool = type;
  for (const char* key : {"java.class", "job.class", "class", "main.class"}) {
    if (work.program.name.empty()) work.program.name = At(properties, key);
  }
  work.program.place = {FileId{0}, line};
  job.work.push_back(std::move(work));
}

// A flow inside of the flow: no job, but all of its jobs.
struct InnerFlow {
  std::string name;
  std::vector<std::string> upstream;
};

struct Flow {
  Definitions found;
  std::vector<InnerFlow> inner;  // outer ones first
};

void ReadNodes(const YamlValue& nodes, const Definition& inherited, int depth, Flow& flow) {
  if (depth > config::kYamlDepthMax) return;
  for (const YamlValue& node : nodes.items) {
    const YamlValue* name = node.Find("name");
    if (name == nullptr) continue;
    Definition job = inherited;
    job.name = inherited.name.empty() ? name->text : inherited.name + "." + name->text;
    job.line = static_cast<uint32_t>(node.place.line);
    const YamlValue* type = node.Find("type");
    if (const YamlValue* after = node.Find("dependsOn")) {
      for (const YamlValue& each : after->items) {
        job.upstream.push_back(inherited.name.empty() ? each.text : inherited.name + "." + each.text);
      }
    }
    Variables properties;
    uint32_t line = job.line;
    if (const YamlValue* settings = node.Find("config")) {
      for (const config::YamlEntry& entry : settings->entries) {
        properties[entry.key] = entry.value.text;
        if (entry.key == "command") line = static_cast<uint32_t>(entry.value.place.line);
        if (entry.key.find('.') == std::string::npos && entry.key != "command")
          job.variables[entry.key] = entry.value.text;
      }
    }
    if (const YamlValue* inner = node.Find("nodes")) {
      flow.inner.push_back({job.name, std::move(job.upstream)});
      job.upstream.clear();
      ReadNodes(*inner, job, depth + 1, flow);
      continue;
    }
    AddWork(type == nullptr ? "" : type->text, properties, line, job);
    flow.found.jobs.push_back(std::move(job));
  }
}

// Who waits for an inner flow waits for those of its jobs that no other one of it waits for; who is in one
// waits for what it waits for, if for nothing inside of it.
void OrderInnerFlows(Flow& flow) {
  std::vector<Definition>& jobs = flow.found.jobs;
  const auto inside = [](const std::string& job, const InnerFlow& outer) {
    return job.starts_with(outer.name + ".");
  };
  for (auto outer = flow.inner.rbegin(); outer != flow.inner.rend(); ++outer) {  // inner ones first
    std::vector<std::string> last;
    std::set<std::string> waited_for;
    for (Definition& job : jobs) {
      if (!inside(job.name, *outer)) continue;
      const bool first = std::none_of(job.upstream.begin(), job.upstream.end(),
                                      [&](const std::string& each) { return inside(each, *outer); });
      waited_for.insert(job.upstream.begin(), job.upstream.end());
      if (first) job.upstream.insert(job.upstream.end(), outer->upstream.begin(), outer->upstream.end());
    }
    for (const Definition& job : jobs) {
      if (inside(job.name, *outer) && waited_for.count(job.name) == 0) last.push_back(job.name);
    }
    const auto replace = [&](std::vector<std::string>& upstream) {
      const auto found = std::find(upstream.begin(), upstream.end(), outer->name);
      if (found == upstream.end()) return;
      upstream.erase(found);
      upstream.insert(upstream.end(), last.begin(), last.end());
    };
    for (Definition& job : jobs) replace(job.upstream);
    for (InnerFlow& other : flow.inner) replace(other.upstream);
  }
}

}  // namespace

Variables ReadProperties(std::string_view text) {
  Variables properties;
  for (size_t at = 0; at < text.size();) {
    std::string line;
    bool more = true;
    while (more && at < text.size()) {
      const size_t end = std::min(text.find('\n', at), text.size());
      std::string part = Trim(text.substr(at, end - at));
      at = end + 1;
      more = part.ends_with('\\');
      if (more) part.pop_back();
      line += part;
    }
    if (line.empty() || line[0] == '#' || line[0] == '!') continue;
    const size_t mark = line.find_first_of("=:");
    if (mark == std::string::npos) continue;
    properties[Trim(line.substr(0, mark))] = Trim(std::string_view(line).substr(mark + 1));
  }
  return properties;
}

Result<Definitions> ReadAzkabanFlow(const std::string& file, std::string_view text) {
  GODWIT_TRY_ASSIGN(const YamlValue root, config::ParseYaml(file, text, config::YamlUse::kForeign));
  Definition inherited;
  inherited.workflow = Stem(file);
  if (const YamlValue* settings = root.Find("config")) {
    for (const config::YamlEntry& entry : settings->entries) {
      inherited.variables[entry.key] = entry.value.text;
      if (entry.key == "user.to.proxy" || entry.key == "owner") inherited.owner = entry.value.text;
    }
  }
  const YamlValue* nodes = root.Find("nodes");
  if (nodes == nullptr) return InvalidInput(file + ":1:1: not an Azkaban flow: it has no nodes");
  Flow flow;
  ReadNodes(*nodes, inherited, 0, flow);
  OrderInnerFlows(flow);
  return std::move(flow.found);
}

Definitions ReadAzkabanJob(const std::string& file, std::string_view text) {
  const Variables properties = ReadProperties(text);
  Definition job;
  job.name = Stem(file);
  job.workflow = FolderName(file);
  job.owner = At(properties, "user.to.proxy");
  const std::string after =
      At(properties, "dependencies").empty() ? At(properties, "dependson") : At(properties, "dependencies");
  for (size_t at = 0; at < after.size();) {
    const size_t end = std::min(after.find(',', at), after.size());
    const std::string name = Trim(std::string_view(after).substr(at, end - at));
    if (!name.empty()) job.upstream.push_back(name);
    at = end + 1;
  }
  uint32_t line = 1;
  if (const size_t at = text.find("command"); at != std::string_view::npos) {
    line += static_cast<uint32_t>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
  }
  for (const auto& [key, value] : properties) {
    if (key.find('.') == std::string::npos && key != "command" && key != "type" && key != "dependencies")
      job.variables[key] = value;
  }
  AddWork(At(properties, "type"), properties, line, job);
  Definitions found;
  found.jobs.push_back(std::move(job));
  return found;
}

}  // namespace godwit::sources
