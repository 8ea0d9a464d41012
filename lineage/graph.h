// lineage/graph.h — which jobs read and write which tables, and how tables depend on each other. Immutable
// once built.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lineage/provenance.h"
#include "lineage/scan.h"

namespace godwit::lineage {

enum class TableId : uint32_t {};  // position in Graph::tables
enum class JobId : uint32_t {};    // position in Graph::jobs

template <typename Id>
constexpr uint32_t Index(Id id) {
  return static_cast<uint32_t>(id);
}

enum class TableKind : uint8_t {
  kTable,
  kView,
  kFamily,    // its name has parts that are not known: `tmp_${dt}`
  kPath,      // a folder that no table names
  kExternal,  // outside of the warehouse: the source of an import, the target of an export
};
const char* TableKindName(TableKind kind);

struct Table {
  std::string name;  // "db.table", "path:/x", "external:mysql://h/db.t"
  TableKind kind = TableKind::kTable;
  bool in_catalog = false;
  bool unknown_upstream = false;  // some job that writes it was not fully read
  std::string owner;
  int64_t bytes = 0;
  int64_t changed_bytes_per_day = 0;
  int64_t partitions = 0;
};

struct Job {
  std::string name;
  std::string workflow;
  std::string owner;
  std::string schedule;
  sources::JobKind kind = sources::JobKind::kSql;
  bool unread = false;       // a part of it was not read
  bool opaque = false;       // a program whose lineage nobody declared: reads and writes are not known
  uint32_t record = 0;       // position in Scan::jobs
  std::vector<JobId> after;  // the scheduler's order, sorted
};

enum class AccessKind : uint8_t { kRead, kWrite };

struct Access {
  JobId job;
  AccessKind kind = AccessKind::kRead;
  TableId table;
  TableId via;  // a read through this view; the table itself if none
  Provenances provenance;
  bool whole_table = false;  // a read that no predicate on it bounds
  bool dynamic = false;      // a write to partitions that the data chooses
  bool rows = true;          // a write that brings rows; otherwise it only takes some away
  Place place;               // of the first mention
};

// Rows of `upstream` flow into `downstream` in a statement of `job`.
struct Edge {
  TableId upstream;
  TableId downstream;
  JobId job;
  Provenances provenance;
  Place place;
};

// Two sources of lineage contradict each other.
struct Disagreement {
  std::string job;
  std::string message;
  auto operator<=>(const Disagreement&) const = default;
};

struct Graph {
  std::vector<Table> tables;                // sorted by name
  std::vector<Job> jobs;                    // sorted by name
  std::vector<Access> accesses;             // sorted by job, kind, table, via; one each
  std::vector<Edge> edges;                  // sorted by upstream, downstream, job; one each
  std::vector<Disagreement> disagreements;  // sorted and unique

  const Table& table(TableId id) const { return tables[Index(id)]; }
  const Job& job(JobId id) const { return jobs[Index(id)]; }
  // None if no table or job has the name.
  const Table* FindTable(std::string_view name) const;
  const Job* FindJob(std::string_view name) const;
  TableId IdOf(const Table& table) const { return TableId(static_cast<uint32_t>(&table - tables.data())); }
  JobId IdOf(const Job& job) const { return JobId(static_cast<uint32_t>(&job - jobs.data())); }
};

// Never fails: what is not known is said in the graph. O(n log n) in the scan's size.
Graph BuildGraph(const Scan& scan);

}  // namespace godwit::lineage
