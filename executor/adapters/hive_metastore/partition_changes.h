// executor/adapters/hive_metastore/partition_changes.h — what publishing means for each partition: nothing,
// new, another location, or refused because somebody else has been there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "executor/ports/catalog.h"
#include "metastore_types.h"

namespace godwit::executor {

struct PartitionChanges {
  std::vector<hms::Partition> added;
  std::vector<hms::Partition> altered;
  std::vector<std::pair<std::string, std::string>>
      statistics;  // of changed ones: name, and FormatStatistics' text
};

// `there`: those of the publication's partitions that the metastore has, in any order. Errors: kConflict
// names the partition that drifted; kInvalidInput for a name that does not fit.
Result<PartitionChanges> ComparePartitions(const Publication& publication, const hms::Table& table,
                                           const std::vector<hms::Partition>& there);

// Errors: kInvalidInput for partitions that are not sorted by name, too many, or not the table's.
Status CheckPublication(const Publication& publication, const hms::Table& table);

// The one partition of a plain table: moves `table` to its location. True if that changed something.
Result<bool> MoveTable(const Publication& publication, hms::Table& table);

}  // namespace godwit::executor
