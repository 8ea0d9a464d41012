// cli/live_snapshot.h — a living site → the snapshot that planning works from (docs/snapshot_format.md).
#pragma once

#include <functional>
#include <string>

#include "executor/ports/site.h"
#include "lineage/snapshot.h"

namespace godwit::cli {

// Every table with the bytes of its files, every job with its runs. What changes in a day is told from
// partitions named by dates: the mean of the newest kSnapshotDays of them; not known (0) where there are
// none. `progress` hears how many tables are done, of how many. Cost: lists every partition and file once.
// Errors: as the ports'.
Result<lineage::Snapshot> TakeSnapshot(executor::Site& site, const std::string& taken_at,
                                       const std::function<void(size_t, size_t)>& progress);
inline constexpr size_t kSnapshotDays = 7;

}  // namespace godwit::cli
