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

ScheduledJob ReadJob(const YamlValue& value, const ScheduledJob& workflow, YamlProblems& problems) {
  YamlMap map(value, "a job", problems);
  ScheduledJob job = workflow;
  job.line = static_cast<uint32_t>(value.place.line);
  job.name = map.RequiredText("name");
  map.Required("kind");
  if (const auto kind = map.Choice("kind", kKinds)) job.kind = *JobKindOf(*kind);
  job.owner = map.Text("owner").value_or(job.owner);
  job.at = map.Text("at").value_or(job.at);
  if (job.at.empty())
    problems.Add(value.place, fmt::format("{} needs 'at', here or in its workflow", job.name));
  job.script = map.RequiredText("script");
  map.Required("command");
  job.command = map.Texts("command");
  job.command_line = static_cast<uint32_t>(map.PlaceOf("command").line);
  if (!job.command.empty() &&
      std::find(job.command.begin(), job.command.end(), job.script) == job.command.end()) {
    problems.Add(map.PlaceOf("command"),
                 fmt::format("command of {} does not run its script {}", job.name, job.script));
  }
  job.waits_for = map.Texts("waits_for");
  map.Finish();
  return job;
}

void ReadWorkflow(const config::YamlEntry& entry, std::set<std::string>& names, YamlProblems& problems,
                  std::vector<ScheduledJob>& found) {
  YamlMap map(entry.value, "a workflow", problems);
  ScheduledJob workflow;
  workflow.workflow = entry.key;
  workflow.owner = map.Text("owner").value_or("");
  workflow.at = map.Text("at").value_or("");
  map.Required("jobs");
  for (const YamlValue& item : map.List("jobs")) {
    ScheduledJob job = ReadJob(item, workflow, problems);
    if (!job.name.empty() && !names.insert(job.name).second) {
      problems.Add(item.place, fmt::format("two jobs are named {}: a name is unique in the file", job.name));
    }
    found.push_back(std::move(job));
  }
  map.Finish();
}

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

Definition DefinitionOf(const ScheduledJob& job) {
  Definition definition;
  definition.name = job.name;
  definition.plain_name = true;
  definition.workflow = job.workflow;
  definition.owner = job.owner;
  definition.schedule = job.at;
  definition.kind = job.kind;
  definition.line = job.line;
  for (const std::string& wait : job.waits_for)
    definition.waits_for.push_back(wait.substr(0, wait.find('@')));
  Work work;
  work.text = CommandLine(job.command, {FileId{0}, job.command_line});
  definition.work.push_back(std::move(work));
  return definition;
}

}  // namespace

Result<std::vector<ScheduledJob>> ReadScheduledJobs(const std::string& file, std::string_view text) {
  GODWIT_TRY_ASSIGN(const YamlValue root, config::ParseYaml(file, text));
  YamlProblems problems(file);
  std::vector<ScheduledJob> found;
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

Result<Definitions> ReadJobsYaml(const std::string& file, std::string_view text) {
  GODWIT_TRY_ASSIGN(const std::vector<ScheduledJob> jobs, ReadScheduledJobs(file, text));
  Definitions found;
  for (const ScheduledJob& job : jobs) found.jobs.push_back(DefinitionOf(job));
  return found;
}

}  // namespace godwit::sources
