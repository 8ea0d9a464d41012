// Cases: a small tree of files ("=== path" before each); expected: the jobs that schedulers and lone scripts
// make of it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <sstream>

#include "sources/job.h"
#include "tests/fixture/fixture.h"
#include "tests/sources/file_texts.h"

namespace godwit::sources {
namespace {

std::string Where(const Job& job, Place place) {
  return fmt::format("{}:{}", job.facts.files[static_cast<size_t>(place.file)], place.line);
}

std::string Ends(const std::vector<Endpoint>& ends) {
  std::vector<std::string> names;
  for (const Endpoint& end : ends) {
    names.push_back((end.kind == Endpoint::Kind::kTable  ? ""
                     : end.kind == Endpoint::Kind::kPath ? "path "
                                                         : "external ") +
                    end.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string Print(const Job& job) {
  std::string text = fmt::format("{} {} @{}:{}", JobKindName(job.kind), job.name, job.file, job.line);
  if (!job.owner.empty()) text += " owner=" + job.owner;
  if (!job.schedule.empty()) text += fmt::format(" schedule=\"{}\"", job.schedule);
  if (!job.upstream.empty()) text += fmt::format(" after [{}]", fmt::join(job.upstream, ", "));
  text += "\n";
  if (job.declared)
    text += fmt::format("  declared: {} -> {}\n", fmt::join(job.declared_reads, ", "),
                        fmt::join(job.declared_writes, ", "));
  for (const SqlText& sql : job.facts.sql) {
    text +=
        fmt::format("  {} @{}{}{}", EngineName(sql.engine), Where(job, sql.text.PlaceAt(0)),
                    sql.database.empty() ? "" : " database=" + sql.database, sql.guessed ? " guessed" : "");
    for (const auto& [name, value] : sql.variables) text += fmt::format(" {}={}", name, value);
    text += "\n";
    std::istringstream lines(sql.text.text());
    for (std::string line; std::getline(lines, line);) text += "    | " + line + "\n";
  }
  for (const Transfer& each : job.facts.transfers) {
    text += fmt::format("  {} @{}: {} -> {}{}\n", each.tool, Where(job, each.place), Ends(each.reads),
                        Ends(each.writes), each.from_queries ? " (from its queries)" : "");
  }
  for (const Program& each : job.facts.programs) {
    text += fmt::format("  program {} {} @{}: {}\n", each.tool, each.name, Where(job, each.place),
                        fmt::join(each.arguments, " "));
  }
  for (const Diagnostic& each : job.facts.diagnostics) {
    text += fmt::format("  {} {}: {}\n", DiagnosticKindName(each.kind), Where(job, each.place), each.message);
  }
  return text;
}

std::string Make(const fixture::Case& each) {
  const std::vector<std::pair<std::string, std::string>> files = FileTexts(each.input, "x");
  const SourceTree tree = SourceTree::OfTexts({files.begin(), files.end()});
  SourceOptions options;
  for (const std::string& word : Words(each.Option("set"))) {
    options.variables[word.substr(0, word.find(':'))] = word.substr(word.find(':') + 1);
  }
  Result<SchedulerReading> scheduled = ReadSchedulerFiles(tree, options);
  if (!scheduled.ok()) return "error: " + scheduled.error().message;
  std::map<std::string, Job> jobs;
  const auto read = [&](const std::vector<JobSource>& sources) {
    std::vector<Footprint> footprints;
    for (const JobSource& source : sources) {
      Job job = ReadJob(tree, source, options);
      footprints.push_back(FootprintOf(job));
      jobs[job.name] = std::move(job);
    }
    return footprints;
  };
  std::string text;
  for (const JobSource& source : ReadInRounds(tree, *scheduled, read))
    text += Print(jobs[JobName(source.definition)]);
  for (const auto& [file, diagnostic] : scheduled->diagnostics) {
    text += fmt::format("{} {}:{}: {}\n", DiagnosticKindName(diagnostic.kind), file, diagnostic.place.line,
                        diagnostic.message);
  }
  return text.empty() ? "(no jobs)" : text;
}

}  // namespace
}  // namespace godwit::sources

int main(int argc, char** argv) {
  return godwit::fixture::RunAllTests(argc, argv, "sources/jobs", godwit::sources::Make);
}
