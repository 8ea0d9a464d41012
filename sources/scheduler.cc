// Which files define jobs: told by their names and a look at their text.
#include <algorithm>
#include <map>
#include <set>

#include "sources/airflow.h"
#include "sources/azkaban.h"
#include "sources/dbt_manifest.h"
#include "sources/dolphin_scheduler.h"
#include "sources/job.h"
#include "sources/jobs_yaml.h"
#include "sources/oozie.h"
#include "sources/operator_yaml.h"
#include "sources/text_file.h"

namespace godwit::sources {
namespace {

std::string_view Name(const std::string& path) { return std::string_view(path).substr(path.rfind('/') + 1); }

bool MayDefineJobs(const std::string& path) {
  for (const std::string_view ending : {".yaml", ".yml", ".py", ".json", ".xml", ".flow", ".job"}) {
    if (path.ends_with(ending)) return true;
  }
  return false;
}

bool IsJobsYaml(const std::string& path) {
  return Name(path) == "jobs.yaml" || Name(path) == "jobs.yml" || path.ends_with(".jobs.yaml");
}

// What the file defines; an empty list if it is no scheduler's.
Result<Definitions> ReadFile(const SourceTree& tree, size_t file, const std::string& text,
                             const Variables& variables) {
  const std::string& path = tree.files()[file].path;
  if (IsJobsYaml(path)) return ReadJobsYaml(path, text);
  if (path.ends_with(".flow")) return ReadAzkabanFlow(path, text);
  if (path.ends_with(".job")) return ReadAzkabanJob(path, text);
  if (path.ends_with(".py") && LooksLikeAirflow(text)) return ReadAirflow(tree, file, variables);
  if (path.ends_with(".json") && LooksLikeDolphinScheduler(text)) return ReadDolphinScheduler(path, text);
  if (path.ends_with(".json") && LooksLikeDbtManifest(text)) return ReadDbtManifest(path, text);
  if ((path.ends_with(".yaml") || path.ends_with(".yml")) && LooksLikeOperatorYaml(text))
    return ReadOperatorYaml(path, text);
  return Definitions{};
}

// Upstream names without a workflow mean the job's own; a name of a whole workflow means its last jobs.
void QualifyUpstream(std::vector<JobSource>& sources) {
  std::set<std::string> names;
  std::map<std::string, std::vector<std::string>> jobs_of;
  std::map<std::string, std::vector<std::string>> by_task;
  std::set<std::string> waited_for;
  for (const JobSource& source : sources) {
    names.insert(JobName(source.definition));
    jobs_of[source.definition.workflow].push_back(JobName(source.definition));
    by_task[source.definition.name].push_back(JobName(source.definition));
  }
  for (const JobSource& source : sources) {
    for (const std::string& upstream : source.definition.upstream)
      waited_for.insert(source.definition.workflow + "." + upstream);
  }
  for (JobSource& source : sources) {
    std::vector<std::string> upstream;
    for (const std::string& name : source.definition.upstream) {
      const std::string own = source.definition.workflow + "." + name;
      if (names.count(own) != 0) {
        upstream.push_back(own);
      } else if (names.count(name) != 0) {
        upstream.push_back(name);
      } else if (const auto workflow = jobs_of.find(name); workflow != jobs_of.end()) {
        for (const std::string& job : workflow->second) {
          if (waited_for.count(job) == 0) upstream.push_back(job);
        }
      } else if (const auto task = by_task.find(name); task != by_task.end() && task->second.size() == 1) {
        upstream.push_back(task->second.front());
      } else {
        upstream.push_back(name);  // outside of what was scanned
      }
    }
    source.definition.upstream = std::move(upstream);
  }
}

// Two jobs of one name: the second is told apart by its file, a third by its line too.
void MakeNamesUnique(std::vector<JobSource>& sources) {
  std::set<std::string> taken;
  for (JobSource& source : sources) {
    Definition& job = source.definition;
    const std::string wanted = job.name;
    for (int i = 2; !taken.insert(JobName(job)).second; ++i) job.name = wanted + "#" + std::to_string(i);
  }
}

void Keep(const SourceTree& tree, size_t file, Result<Definitions> found, SchedulerReading& reading) {
  const std::string& path = tree.files()[file].path;
  if (!found.ok()) {
    reading.diagnostics.push_back({path, {Diagnostic::Kind::kUnread, {}, found.error().message}});
    return;
  }
  if (found->jobs.empty() && found->diagnostics.empty()) return;
  if (reading.files.empty() || reading.files.back() != path) reading.files.push_back(path);
  if (found->files.empty() || found->files.front() != path) found->files.insert(found->files.begin(), path);
  for (const Diagnostic& diagnostic : found->diagnostics) {
    reading.diagnostics.push_back({found->files[static_cast<size_t>(diagnostic.place.file)], diagnostic});
  }
  for (Definition& job : found->jobs)
    reading.sources.push_back({path, file, std::move(job), false, found->files});
}

}  // namespace

Result<SchedulerReading> ReadSchedulerFiles(const SourceTree& tree, const SourceOptions& options) {
  SchedulerReading reading;
  std::map<std::string, std::string> oozie;  // workflows by path: who starts whom is seen over all of them
  for (size_t file = 0; file < tree.files().size(); ++file) {
    const std::string& path = tree.files()[file].path;
    if (!MayDefineJobs(path)) continue;
    Result<DecodedText> decoded = ReadText(tree, file);
    if (!decoded.ok()) {
      if (IsJobsYaml(path)) return Within(path, decoded.error());
      continue;
    }
    if (path.ends_with(".xml")) {
      if (LooksLikeOozieWorkflow(decoded->text)) oozie[path] = std::move(decoded->text);
      continue;
    }
    Result<Definitions> found = ReadFile(tree, file, decoded->text, options.variables);
    if (!found.ok() && IsJobsYaml(path)) return found.error();
    Keep(tree, file, std::move(found), reading);
  }
  for (OozieWorkflow& workflow : ReadOozie(tree, std::move(oozie), options.variables))
    Keep(tree, *tree.At(workflow.path), std::move(workflow.jobs), reading);
  std::sort(reading.files.begin(), reading.files.end());
  MakeNamesUnique(reading.sources);
  QualifyUpstream(reading.sources);
  return reading;
}

}  // namespace godwit::sources
