#include "lineage/disagreements.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace godwit::lineage {
namespace {

constexpr size_t kAncestorsMax = 20'000;  // of one job that are walked

// Accesses known from one source only, of jobs that both sources tell about.
void CompareSources(const Graph& graph, std::set<Disagreement>& found) {
  std::map<JobId, Provenances> sources_of;
  for (const Access& access : graph.accesses) sources_of[access.job].Add(access.provenance);
  for (const Access& access : graph.accesses) {
    if (access.via != access.table) continue;
    const Job& job = graph.job(access.job);
    const Provenances all = sources_of[access.job];
    const char* verb = access.kind == AccessKind::kRead ? "reads" : "writes";
    const std::string& table = graph.table(access.table).name;
    const bool told = access.provenance.Has(Provenance::kDeclared) || access.provenance.Has(Provenance::kLog);
    const bool parsed =
        access.provenance.Has(Provenance::kParsed) || access.provenance.Has(Provenance::kGuessed);
    if (told && !parsed && all.Has(Provenance::kParsed) && !job.unread) {
      found.insert(
          {job.name, fmt::format("{} {} {}, its script does not", access.provenance.Text(), verb, table)});
    }
    // A declaration beside a program adds to what the script shows.
    const bool has_program = job.kind == sources::JobKind::kJar || job.kind == sources::JobKind::kMapReduce ||
                             job.kind == sources::JobKind::kScript;
    if (parsed && !told && !has_program && (all.Has(Provenance::kDeclared) || all.Has(Provenance::kLog))) {
      found.insert({job.name, fmt::format("its script {} {}, which is not {}", verb, table,
                                          all.Has(Provenance::kDeclared) ? "declared" : "in the log")});
    }
    if (access.provenance.Only(Provenance::kScheduler) && !job.unread && !job.opaque) {
      found.insert(
          {job.name, fmt::format("the scheduler makes it wait for {}, which it does not read", table)});
    }
  }
}

std::set<JobId> Ancestors(const Graph& graph, JobId job) {
  std::set<JobId> seen;
  std::vector<JobId> open{job};
  for (size_t i = 0; i < open.size() && open.size() < kAncestorsMax; ++i) {
    for (const JobId before : graph.job(open[i]).after) {
      if (seen.insert(before).second) open.push_back(before);
    }
  }
  return seen;
}

// A job of a workflow that reads what another one of it writes, without running after it.
void CompareOrder(const Graph& graph, std::set<Disagreement>& found) {
  std::map<TableId, std::vector<JobId>> writers;
  for (const Access& access : graph.accesses) {
    if (access.kind == AccessKind::kWrite && access.rows) writers[access.table].push_back(access.job);
  }
  std::map<std::string, size_t> ordered;  // workflows in which some job waits for another
  for (const Job& job : graph.jobs) ordered[job.workflow] += job.after.size();
  std::set<JobId> ancestors;
  JobId of{UINT32_MAX};
  for (const Access& access : graph.accesses) {
    const Job& job = graph.job(access.job);
    if (access.kind != AccessKind::kRead || job.workflow.empty() || ordered[job.workflow] == 0) continue;
    for (const JobId writer : writers[access.table]) {
      if (writer == access.job || graph.job(writer).workflow != job.workflow) continue;
      if (of != access.job) {
        ancestors = Ancestors(graph, access.job);
        of = access.job;
      }
      if (ancestors.count(writer) != 0) continue;
      found.insert({job.name, fmt::format("reads {}, which {} writes, but is not ordered after it",
                                          graph.table(access.table).name, graph.job(writer).name)});
    }
  }
}

}  // namespace

std::vector<Disagreement> FindDisagreements(const Graph& graph) {
  std::set<Disagreement> found;
  CompareSources(graph, found);
  CompareOrder(graph, found);
  return {found.begin(), found.end()};
}

}  // namespace godwit::lineage
