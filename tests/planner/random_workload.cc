#include "tests/planner/random_workload.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace godwit::planner {
namespace {

// Spread over some six orders of magnitude, as sizes are.
int64_t Size(arrange::Random& random, double most) {
  return std::max<int64_t>(1, static_cast<int64_t>(most * std::pow(10.0, -6 * random.Share())));
}

}  // namespace

Workload RandomWorkload(const WorkloadShape& shape, uint64_t seed) {
  arrange::Random random(seed);
  Workload workload;
  for (int t = 0; t < shape.tables; ++t) {
    Table table;
    table.bytes = Size(random, 1e12);
    table.changed_bytes_per_day = table.bytes / (1 + random.Below(100));
    if (random.Share() < shape.residence_share) {
      table.residence = random.Below(2) == 0 ? Residence::kStays : Residence::kExternal;
    }
    workload.tables.push_back(table);
  }
  for (uint32_t j = 0; j < static_cast<uint32_t>(shape.jobs); ++j) {
    Job job;
    job.run_seconds = static_cast<int32_t>(random.Below(4000));
    workload.jobs.push_back(job);
    const uint32_t writes = random.Below(static_cast<uint32_t>(shape.tables));
    workload.accesses.push_back({JobId{j}, TableId{writes}, AccessKind::kWrite, Provenance::kParsed, false,
                                 workload.tables[writes].changed_bytes_per_day});
    const bool may_cycle = random.Share() < shape.cycle_share;
    const uint32_t below = may_cycle ? static_cast<uint32_t>(shape.tables) : std::max(1U, writes);
    std::set<uint32_t> read;
    for (uint32_t i = random.Below(4); i-- > 0;) {
      // The squared share makes hubs of the first tables.
      const double share = random.Below(3) == 0 ? random.Share() * random.Share() : random.Share();
      const auto table = static_cast<uint32_t>(share * below);
      if (!read.insert(table).second || table == writes) continue;
      workload.accesses.push_back({JobId{j}, TableId{table}, AccessKind::kRead, Provenance::kParsed,
                                   random.Share() < shape.hard_share, Size(random, 1e11)});
    }
  }
  return workload;
}

}  // namespace godwit::planner
