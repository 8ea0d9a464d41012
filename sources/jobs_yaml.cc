#include "sources/jobs_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "config/yaml_reader.h"

namespace godwit::sources {
namespace {

using config::YamlMap;
using config::YamlProblems;
using config::YamlValue;

const std::vector<std::string> kKinds = {"sql", "import", "export", "jar", "mapreduce", "script"};

// The words as a shell would be given them: none of them means anything to it.
TracedText CommandLine(const std::vector<std::string>& words, Place place) {
  std::string line;
  for (const std::string& word : words) {
    line += line.empty() ? "'" : " '";
    for (const char c : word) line += c == '\'' ? "'\\''" : std::string(1, c);
    line += "'";
  }
  return TracedText(line, place);
}

Definition ReadJob(const YamlValue& value, const Definition& workflow, YamlProblems& problems) {
  YamlMap map(value, "a job", problems);
  Definition job = workflow;
  job.line = static_cast<uint32_t>(value.place.line);
  job.name = map.RequiredText("name");
  job.plain_name = true;
  map.Required("kind");
  if (const auto kind = map.Choice("kind", kKinds)) job.kind = JobKindOf(*kind);
  job.owner = map.Text("owner").value_or(job.owner);
  job.schedule = map.Text("at").value_or(job.schedule);
  if (job.schedule.empty())
    problems.Add(value.place, fmt::format("{} needs 'at', here or in its workflow", job.name));
  const std::string script = map.RequiredText("script");
  map.Required("command");
  const std::vector<std::string> command = map.Texts("command");
  if (!command.empty() && std::find(command.begin(), command.end(), script) == command.end()) {
    problems.Add(map.PlaceOf("command"),
                 fmt::format("command of {} does not run its script {}", job.name, script));
  }
  for (const std::string& wait : map.Texts("waits_for"))
    job.waits_for.push_back(wait.substr(0, wait.find('@')));
  map.Finish();
  Work work;
  work.text = CommandLine(command, {FileId{0}, static_cast<uint32_t>(map.PlaceOf("command").line)});
  job.work.push_back(std::move(work));
  return job;
}

void ReadWorkflow(const config::YamlEntry& entry, std::set<std::string>& names, YamlProblems& problems,
                  Definitions& found) {
  YamlMap map(entry.value, "a workflow", problems);
  Definition workflow;
  workflow.workflow = entry.key;
  workflow.owner = map.Text("owner").value_or("");
  workflow.schedule = map.Text("at").value_or("");
  map.Required("jobs");
  for (const YamlValue& item : map.List("jobs")) {
    Definition job = ReadJob(item, workflow, problems);
    if (!job.name.empty() && !names.insert(job.name).second) {
      problems.Add(item.place, fmt::format("two jobs are named {}: a name is unique in the file", job.name));
    }
    found.jobs.push_back(std::move(job));
  }
  map.Finish();
}

}  // namespace

Result<Definitions> ReadJobsYaml(const std::string& file, std::string_view text) {
  GODWIT_TRY_ASSIGN(const YamlValue root, config::ParseYaml(file, text));
  YamlProblems problems(file);
  Definitions found;
  YamlMap map(root, "jobs.yaml", problems);
  map.Int("version", 1, 1);
  map.Required("workflows");
  std::set<std::string> names;
  for (const config::YamlEntry& workflow : map.Map("workflows"))
    ReadWorkflow(workflow, names, problems, found);
  map.Finish();
  GODWIT_TRY(problems.Verdict());
  return found;
}

}  // namespace godwit::sources
