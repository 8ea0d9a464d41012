// lineage/snapshot.h — the catalog and run history as a file, so that planning needs no cluster
// (docs/snapshot_format.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace godwit::lineage {

struct CatalogTable {
  std::string name;  // "db.table", lower case
  bool view = false;
  std::string owner;
  int64_t bytes = 0;
  int64_t changed_bytes_per_day = 0;
  int64_t partitions = 0;  // 0: not partitioned
  std::string location;
  std::string format;
  bool transactional = false;
  int64_t foreign_partitions = 0;  // whose location is not below the table's
  std::vector<std::string> columns;
  std::vector<std::string> partition_columns;
};

struct CatalogRun {
  std::string job;
  int64_t start = 0;  // seconds since 1970-01-01 UTC
  int32_t seconds = 0;
};

struct CatalogJob {
  std::string name;
  std::string owner;
  std::string schedule;
};

struct Snapshot {
  std::string taken_at;              // as written
  std::vector<CatalogTable> tables;  // sorted by name, unique
  std::vector<CatalogJob> jobs;      // sorted by name, unique
  std::vector<CatalogRun> runs;      // sorted by job, then start

  const CatalogTable* Find(std::string_view table) const;
};

// Errors: kInvalidInput, naming the entry and the field.
Result<Snapshot> ParseSnapshot(const std::string& file, std::string_view text);
std::string SnapshotToJson(const Snapshot& snapshot);

}  // namespace godwit::lineage
