#include "lineage/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "lineage/disagreements.h"
#include "lineage/name_table.h"
#include "lineage/names.h"
#include "sources/source_tree.h"

namespace godwit::lineage {
namespace {

struct RawAccess {
  uint32_t job;
  AccessKind kind;
  std::string table;
  Provenances provenance;
  bool whole_table = false;
  bool dynamic = false;
  bool rows = true;
  Place place;
};

struct RawEdge {
  std::string upstream;
  std::string downstream;
  uint32_t job;
  Provenances provenance;
  Place place;
};

// Accesses and edges by name, as the scan's parts say them.
class Gatherer {
 public:
  explicit Gatherer(const Scan& scan) : scan_(scan), names_(scan) {
    for (uint32_t i = 0; i < scan.jobs.size(); ++i) position_[scan.jobs[i].name] = i;
    opaque_.resize(scan.jobs.size());
    for (uint32_t i = 0; i < scan.jobs.size(); ++i) Gather(i);
    for (const LogLineage& log : scan.logs) {
      if (const auto job = position_.find(log.job); job != position_.end()) {
        AddBoth(job->second, log.reads, log.writes, Provenance::kLog, {});
      }
    }
    for (uint32_t i = 0; i < scan.jobs.size(); ++i) SchedulerReads(i);
  }

  std::vector<RawAccess> accesses;
  std::vector<RawEdge> edges;
  std::set<std::string> views;
  std::vector<bool> opaque_;

 private:
  std::string Name(const std::string& written, Provenances& provenance) const {
    ResolvedName resolved = names_.Resolve(written);
    if (resolved.guessed && provenance.Only(Provenance::kParsed)) provenance = Provenance::kGuessed;
    return std::move(resolved.name);
  }

  RawAccess AddAccess(uint32_t job, AccessKind kind, const std::string& written, Provenances provenance,
                      Place place) {
    RawAccess access{job, kind, "", provenance, false, false, true, place};
    access.table = Name(written, access.provenance);
    accesses.push_back(access);
    return access;
  }

  void Link(const std::vector<RawAccess>& reads, const std::vector<RawAccess>& writes, Place place) {
    for (const RawAccess& write : writes) {
      for (const RawAccess& read : reads) {
        Provenances provenance = read.provenance;
        if (write.provenance.Only(Provenance::kGuessed)) provenance = Provenance::kGuessed;
        edges.push_back({read.table, write.table, write.job, provenance, place});
      }
    }
  }

  void AddBoth(uint32_t job, const std::vector<std::string>& reads, const std::vector<std::string>& writes,
               Provenance provenance, Place place) {
    std::vector<RawAccess> from, to;
    for (const std::string& table : reads)
      from.push_back(AddAccess(job, AccessKind::kRead, table, provenance, place));
    for (const std::string& table : writes)
      to.push_back(AddAccess(job, AccessKind::kWrite, table, provenance, place));
    Link(from, to, place);
  }

  void Gather(uint32_t job) {
    const JobRecord& record = scan_.jobs[job];
    bool declared = record.declared, replaced = false;
    for (const sources::Declaration& each : scan_.declarations) {
      if (!sources::MatchesGlob(each.job, record.name)) continue;
      declared = true;
      replaced |= each.replaces;
      AddBoth(job, each.reads, each.writes, Provenance::kDeclared, {});
    }
    if (record.declared)
      AddBoth(job, record.declared_reads, record.declared_writes, Provenance::kDeclared, {});
    opaque_[job] = !record.programs.empty() && !declared;
    if (replaced) return;
    for (const StatementRecord& statement : record.statements) AddStatement(job, statement);
    for (const TransferRecord& transfer : record.transfers) AddTransfer(job, transfer);
  }

  void AddStatement(uint32_t job, const StatementRecord& statement) {
    const Provenance provenance = statement.guessed ? Provenance::kGuessed : Provenance::kParsed;
    std::vector<RawAccess> reads, writes;
    for (const ReadRecord& read : statement.reads) {
      reads.push_back(AddAccess(job, AccessKind::kRead, read.table, provenance, statement.place));
      accesses.back().whole_table = read.pins.empty();
    }
    for (const std::string& folder : statement.read_paths) {
      reads.push_back(AddAccess(job, AccessKind::kRead, PathNode(folder), provenance, statement.place));
    }
    for (const WriteRecord& write : statement.writes) {
      RawAccess access = AddAccess(job, AccessKind::kWrite, write.table, provenance, statement.place);
      accesses.back().rows = BringsRows(write.kind);
      accesses.back().dynamic =
          std::any_of(write.partition.begin(), write.partition.end(),
                      [](const std::string& each) { return each.find('=') == std::string::npos; });
      if (write.view) views.insert(access.table);
      if (BringsRows(write.kind)) writes.push_back(std::move(access));
    }
    for (const std::string& folder : statement.written_paths) {
      writes.push_back(AddAccess(job, AccessKind::kWrite, PathNode(folder), provenance, statement.place));
    }
    // The giver of RENAME and EXCHANGE is where the receiver's rows come from.
    for (const WriteRecord& write : statement.writes) {
      if (write.kind != parser::WriteKind::kGive) continue;
      reads.push_back(AddAccess(job, AccessKind::kRead, write.table, provenance, statement.place));
    }
    Link(reads, writes, statement.place);
  }

  void AddTransfer(uint32_t job, const TransferRecord& transfer) {
    std::vector<RawAccess> reads, writes;
    const Provenance provenance = Provenance::kParsed;
    for (const std::string& name : transfer.reads)
      reads.push_back(AddAccess(job, AccessKind::kRead, name, provenance, transfer.place));
    for (const std::string& name : transfer.writes)
      writes.push_back(AddAccess(job, AccessKind::kWrite, name, provenance, transfer.place));
    if (transfer.from_queries) {
      // Every table that the job reads without writing it anywhere may stand behind it.
      for (const StatementRecord& statement : scan_.jobs[job].statements) {
        if (!statement.writes.empty()) continue;
        for (const ReadRecord& read : statement.reads) {
          RawAccess access{job,  AccessKind::kRead, "", Provenance::kGuessed, true, false,
                           true, statement.place};
          access.table = Name(read.table, access.provenance);
          reads.push_back(std::move(access));
        }
      }
      for (const TransferRecord& other : scan_.jobs[job].transfers) {
        if (!other.writes.empty()) continue;
        for (const std::string& name : other.reads) {
          RawAccess access{job, AccessKind::kRead, "", Provenance::kGuessed, true, false, true, other.place};
          access.table = Name(name, access.provenance);
          reads.push_back(std::move(access));
        }
      }
    }
    Link(reads, writes, transfer.place);
  }

  // Tables that the scheduler makes a job wait for; and of a job that nothing else tells about, what the jobs
  // before it write.
  void SchedulerReads(uint32_t job) {
    const JobRecord& record = scan_.jobs[job];
    for (const std::string& table : record.waits_for)
      AddAccess(job, AccessKind::kRead, table, Provenance::kScheduler, {});
    if (!opaque_[job]) return;
    for (const std::string& name : record.upstream) {
      const auto upstream = position_.find(name);
      if (upstream == position_.end()) continue;
      for (const auto& [table, rows] : WritesOf(upstream->second)) {
        if (rows) AddAccess(job, AccessKind::kRead, table, Provenance::kScheduler, {});
      }
    }
  }

  std::map<std::string, bool> WritesOf(uint32_t job) const {
    std::map<std::string, bool> writes;
    for (const StatementRecord& statement : scan_.jobs[job].statements) {
      for (const WriteRecord& write : statement.writes) writes[write.table] |= BringsRows(write.kind);
    }
    for (const TransferRecord& transfer : scan_.jobs[job].transfers) {
      for (const std::string& name : transfer.writes) writes[name] = !name.starts_with("external:");
    }
    return writes;
  }

  const Scan& scan_;
  NameTable names_;
  std::map<std::string, uint32_t> position_;
};

TableKind KindOf(const std::string& name, const std::set<std::string>& views) {
  if (name.starts_with("path:")) return TableKind::kPath;
  if (name.starts_with("external:")) return TableKind::kExternal;
  if (views.count(name) != 0) return TableKind::kView;
  return IsFamily(name) ? TableKind::kFamily : TableKind::kTable;
}

void AddTables(const Scan& scan, const Gatherer& found, Graph& graph) {
  std::set<std::string> names;
  for (const RawAccess& access : found.accesses) names.insert(access.table);
  for (const RawEdge& edge : found.edges) {
    names.insert(edge.upstream);
    names.insert(edge.downstream);
  }
  for (const CatalogTable& table : scan.snapshot.tables) names.insert(table.name);
  for (const std::string& name : names) {
    Table table;
    table.name = name;
    table.kind = KindOf(name, found.views);
    if (const CatalogTable* known = scan.snapshot.Find(name)) {
      table.in_catalog = true;
      if (known->view) table.kind = TableKind::kView;
      table.owner = known->owner;
      table.bytes = known->bytes;
      table.changed_bytes_per_day = known->changed_bytes_per_day;
      table.partitions = known->partitions;
    }
    for (const sources::TableOwner& rule : scan.owners) {
      if (!sources::MatchesGlob(rule.table, name)) continue;
      table.owner = rule.owner;
      break;
    }
    graph.tables.push_back(std::move(table));
  }
}

void AddJobs(const Scan& scan, const std::vector<bool>& opaque, Graph& graph) {
  for (uint32_t i = 0; i < scan.jobs.size(); ++i) {
    const JobRecord& record = scan.jobs[i];
    Job job;
    job.name = record.name;
    job.workflow = record.workflow;
    job.owner = record.owner;
    job.schedule = record.schedule;
    job.kind = record.kind;
    job.unread = record.unread();
    job.opaque = opaque[i];
    job.record = i;
    const auto& known = scan.snapshot.jobs;
    const auto catalog =
        std::lower_bound(known.begin(), known.end(), record.name,
                         [](const CatalogJob& each, const std::string& name) { return each.name < name; });
    if (catalog != known.end() && catalog->name == record.name) {
      if (job.owner.empty()) job.owner = catalog->owner;
      if (job.schedule.empty()) job.schedule = catalog->schedule;
    }
    graph.jobs.push_back(std::move(job));
  }
  for (Job& job : graph.jobs) {
    for (const std::string& name : scan.jobs[job.record].upstream) {
      if (const Job* upstream = graph.FindJob(name)) job.after.push_back(graph.IdOf(*upstream));
    }
    std::sort(job.after.begin(), job.after.end());
  }
}

auto KeyOf(const Access& access) { return std::tuple(access.job, access.kind, access.table, access.via); }
auto KeyOf(const Edge& edge) { return std::tuple(edge.upstream, edge.downstream, edge.job); }

// Sorts, and makes one of all that have the same key.
void Merge(std::vector<Access>& accesses) {
  std::stable_sort(accesses.begin(), accesses.end(),
                   [](const Access& a, const Access& b) { return KeyOf(a) < KeyOf(b); });
  std::vector<Access> merged;
  for (const Access& each : accesses) {
    if (merged.empty() || KeyOf(merged.back()) != KeyOf(each)) {
      merged.push_back(each);
      continue;
    }
    Access& one = merged.back();
    if (one.place == Place{} || one.provenance.Only(Provenance::kGuessed)) one.place = each.place;
    one.provenance.Add(each.provenance);
    one.whole_table |= each.whole_table;
    one.dynamic |= each.dynamic;
    one.rows |= each.rows;
  }
  accesses = std::move(merged);
}

void Merge(std::vector<Edge>& edges) {
  std::stable_sort(edges.begin(), edges.end(),
                   [](const Edge& a, const Edge& b) { return KeyOf(a) < KeyOf(b); });
  std::vector<Edge> merged;
  for (const Edge& each : edges) {
    if (merged.empty() || KeyOf(merged.back()) != KeyOf(each)) {
      merged.push_back(each);
    } else {
      merged.back().provenance.Add(each.provenance);
    }
  }
  edges = std::move(merged);
}

// What stands behind each view, through views of views.
std::vector<TableId> BehindView(const Graph& graph, const std::map<TableId, std::vector<TableId>>& upstream,
                                TableId view) {
  std::set<TableId> seen{view};
  std::vector<TableId> open{view};
  for (size_t i = 0; i < open.size(); ++i) {
    if (graph.table(open[i]).kind != TableKind::kView) continue;
    const auto found = upstream.find(open[i]);
    if (found == upstream.end()) continue;
    for (const TableId table : found->second) {
      if (seen.insert(table).second) open.push_back(table);
    }
  }
  open.erase(open.begin());
  return open;
}

// A job that reads a view reads what stands behind it.
void ExpandViews(Graph& graph) {
  std::map<TableId, std::vector<TableId>> upstream;
  for (const Edge& edge : graph.edges) {
    if (graph.table(edge.downstream).kind == TableKind::kView)
      upstream[edge.downstream].push_back(edge.upstream);
  }
  std::map<TableId, std::vector<TableId>> behind;
  std::vector<Access> added;
  for (const Access& access : graph.accesses) {
    if (access.kind != AccessKind::kRead || graph.table(access.table).kind != TableKind::kView) continue;
    const auto [at, is_new] = behind.try_emplace(access.table);
    if (is_new) at->second = BehindView(graph, upstream, access.table);
    for (const TableId table : at->second) {
      Access read = access;
      read.table = table;
      read.via = access.table;
      read.whole_table = true;
      added.push_back(read);
    }
  }
  graph.accesses.insert(graph.accesses.end(), added.begin(), added.end());
  Merge(graph.accesses);
}

template <typename T>
const T* Find(const std::vector<T>& sorted, std::string_view name) {
  const auto found =
      std::lower_bound(sorted.begin(), sorted.end(), name,
                       [](const T& each, std::string_view wanted) { return each.name < wanted; });
  return found == sorted.end() || found->name != name ? nullptr : &*found;
}

}  // namespace

const char* TableKindName(TableKind kind) {
  switch (kind) {
    case TableKind::kTable: return "table";
    case TableKind::kView: return "view";
    case TableKind::kFamily: return "family";
    case TableKind::kPath: return "path";
    case TableKind::kExternal: return "external";
  }
  return "";
}

const Table* Graph::FindTable(std::string_view name) const { return Find(tables, name); }
const Job* Graph::FindJob(std::string_view name) const { return Find(jobs, name); }

Graph BuildGraph(const Scan& scan) {
  const Gatherer found(scan);
  Graph graph;
  AddTables(scan, found, graph);
  AddJobs(scan, found.opaque_, graph);
  const auto id = [&](const std::string& name) { return graph.IdOf(*graph.FindTable(name)); };
  for (const RawAccess& raw : found.accesses) {
    const TableId table = id(raw.table);
    graph.accesses.push_back({JobId(raw.job), raw.kind, table, table, raw.provenance, raw.whole_table,
                              raw.dynamic, raw.rows, raw.place});
  }
  for (const RawEdge& raw : found.edges) {
    graph.edges.push_back({id(raw.upstream), id(raw.downstream), JobId(raw.job), raw.provenance, raw.place});
  }
  Merge(graph.accesses);
  Merge(graph.edges);
  for (const Access& access : graph.accesses) {
    const Job& job = graph.job(access.job);
    if (access.kind == AccessKind::kWrite && (job.unread || job.opaque))
      graph.tables[Index(access.table)].unknown_upstream = true;
  }
  ExpandViews(graph);
  graph.disagreements = FindDisagreements(graph);
  return graph;
}

}  // namespace godwit::lineage
