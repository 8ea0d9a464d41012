#include "lineage/run_mode.h"

#include <fmt/format.h>

#include <map>

namespace godwit::lineage {
namespace {

// What the job alone allows.
Advice Alone(const Scan& scan, const Graph& graph, JobId id) {
  const Job& job = graph.job(id);
  const JobRecord& record = scan.jobs[job.record];
  const auto old = [&](Repeatable repeatable, std::string reason) {
    return Advice{id, RunMode::kOld, repeatable, std::move(reason)};
  };
  if (job.kind == sources::JobKind::kExport) {
    return old(Repeatable::kNo, "an export: on both sides it would write twice; it switches with its inputs");
  }
  for (const TransferRecord& transfer : record.transfers) {
    if (transfer.kind == sources::Transfer::Kind::kExport) {
      return old(Repeatable::kNo, fmt::format("{} at {} takes rows out: never on both sides", transfer.tool,
                                              PlaceText(record, transfer.place)));
    }
  }
  if (job.kind == sources::JobKind::kJar || job.kind == sources::JobKind::kMapReduce || job.opaque) {
    return old(Repeatable::kUnknown,
               "a program that cannot be read: its owner decides whether it may run on both sides");
  }
  if (job.unread)
    return old(Repeatable::kUnknown,
               "a part of its script was not read: what a second run would do is not known");
  for (const FindingRecord& finding : record.findings) {
    if (!finding.allowed.empty()) continue;
    const bool changes = finding.code == "GW021" || finding.code == "GW023" || finding.code == "GW052";
    if (changes)
      return old(Repeatable::kNo,
                 fmt::format("not repeatable: {} ({})", finding.detail, PlaceText(record, finding.place)));
    if (finding.code == "GW010")
      return old(Repeatable::kYes, fmt::format("{} ({}): on the new side it would still use the old one",
                                               finding.detail, PlaceText(record, finding.place)));
  }
  if (job.kind == sources::JobKind::kView)
    return {id, RunMode::kNew, Repeatable::kYes, "a view holds no rows: it is made anew on the new side"};
  if (job.kind == sources::JobKind::kImport)
    return {id, RunMode::kBoth, Repeatable::kYes, "an import: both sides fetch the same rows"};
  return {id, RunMode::kBoth, Repeatable::kYes, "repeatable: it overwrites what it writes"};
}

}  // namespace

const char* RunModeName(RunMode mode) {
  switch (mode) {
    case RunMode::kOld: return "old";
    case RunMode::kBoth: return "both";
    case RunMode::kNew: return "new";
  }
  return "";
}

std::vector<Advice> AdviseRunModes(const Scan& scan, const Graph& graph) {
  std::vector<Advice> advice;
  for (const Job& job : graph.jobs) advice.push_back(Alone(scan, graph, graph.IdOf(job)));
  std::map<TableId, std::vector<JobId>> writers, readers;
  for (const Access& access : graph.accesses) {
    if (access.kind == AccessKind::kRead)
      readers[access.table].push_back(access.job);
    else if (access.rows)
      writers[access.table].push_back(access.job);
  }
  // A job that stays on the old side holds its readers there; each job falls at most once.
  std::vector<JobId> fallen;
  for (const Advice& each : advice) {
    if (each.mode == RunMode::kOld) fallen.push_back(each.job);
  }
  std::map<JobId, std::vector<TableId>> written;
  for (const auto& [table, jobs] : writers) {
    for (const JobId job : jobs) written[job].push_back(table);
  }
  for (size_t i = 0; i < fallen.size(); ++i) {
    for (const TableId table : written[fallen[i]]) {
      for (const JobId reader : readers[table]) {
        Advice& each = advice[Index(reader)];
        if (each.mode != RunMode::kBoth || reader == fallen[i]) continue;
        each.mode = RunMode::kOld;
        each.reason = fmt::format("it reads {}, which {} makes on the old side only", graph.table(table).name,
                                  graph.job(fallen[i]).name);
        fallen.push_back(reader);
      }
    }
  }
  return advice;
}

}  // namespace godwit::lineage
