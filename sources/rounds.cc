// Which files are jobs of their own: those that no other job runs.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "sources/job.h"

namespace godwit::sources {
namespace {

constexpr std::array<std::string_view, 4> kPrograms = {".sh", ".bash", ".ksh", ".py"};
constexpr std::array<std::string_view, 5> kStatements = {".sql", ".hql", ".q", ".ddl", ".hive"};

bool EndsWithAny(const std::string& path, std::span<const std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

JobSource LoneScript(const SourceTree& tree, size_t file) {
  JobSource source;
  source.file = tree.files()[file].path;
  source.file_index = file;
  source.definition.name = source.file;
  source.lone = true;
  return source;
}

std::vector<JobSource> LoneScripts(const SourceTree& tree, std::span<const std::string_view> endings,
                                   const std::set<std::string>& read) {
  std::vector<JobSource> sources;
  for (size_t i = 0; i < tree.files().size(); ++i) {
    const std::string& path = tree.files()[i].path;
    if (EndsWithAny(path, endings) && read.count(path) == 0) sources.push_back(LoneScript(tree, i));
  }
  return sources;
}

void AddFiles(const std::vector<Footprint>& footprints, std::set<std::string>& read) {
  for (const Footprint& footprint : footprints) read.insert(footprint.files.begin(), footprint.files.end());
}

// Of lone scripts, those that no other one runs; of two that run each other, the first.
std::vector<JobSource> NotRunByOthers(std::vector<JobSource> sources,
                                      const std::vector<Footprint>& footprints) {
  std::map<std::string, std::set<std::string>> runs;
  for (size_t i = 0; i < sources.size(); ++i)
    runs[sources[i].file] = {footprints[i].files.begin(), footprints[i].files.end()};
  std::map<std::string, std::vector<std::string>> run_by;
  for (const auto& [file, others] : runs) {
    for (const std::string& other : others) {
      if (other != file) run_by[other].push_back(file);
    }
  }
  std::vector<JobSource> kept;
  for (size_t i = 0; i < sources.size(); ++i) {
    const std::string& file = sources[i].file;
    const std::vector<std::string>& callers = run_by[file];
    const bool run = std::any_of(callers.begin(), callers.end(), [&](const std::string& caller) {
      return runs[file].count(caller) == 0 || caller < file;
    });
    if (!run && !footprints[i].nothing) kept.push_back(std::move(sources[i]));
  }
  return kept;
}

}  // namespace

bool IsScript(const std::string& path) {
  return EndsWithAny(path, kPrograms) || EndsWithAny(path, kStatements);
}

std::vector<JobSource> ReadInRounds(
    const SourceTree& tree, const SchedulerReading& scheduled,
    const std::function<std::vector<Footprint>(const std::vector<JobSource>&)>& read) {
  std::set<std::string> files(scheduled.files.begin(), scheduled.files.end());
  AddFiles(read(scheduled.sources), files);
  std::vector<JobSource> jobs = scheduled.sources;

  std::vector<JobSource> programs = LoneScripts(tree, kPrograms, files);
  const std::vector<Footprint> footprints = read(programs);
  AddFiles(footprints, files);
  for (JobSource& source : NotRunByOthers(std::move(programs), footprints)) jobs.push_back(std::move(source));

  std::vector<JobSource> statements = LoneScripts(tree, kStatements, files);
  const std::vector<Footprint> of_statements = read(statements);
  for (JobSource& source : NotRunByOthers(std::move(statements), of_statements))
    jobs.push_back(std::move(source));
  std::sort(jobs.begin(), jobs.end(), [](const JobSource& a, const JobSource& b) {
    return JobName(a.definition) < JobName(b.definition);
  });
  return jobs;
}

}  // namespace godwit::sources
