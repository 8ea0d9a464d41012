// lineage/run_mode.h — on which side each job should run while its unit is on the way, and why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lineage/graph.h"

namespace godwit::lineage {

enum class RunMode : uint8_t { kOld, kBoth, kNew };
const char* RunModeName(RunMode mode);  // "old", "both", "new"

// Whether a second run for the same date leaves the same rows. Unknown is treated as no, and said so.
enum class Repeatable : uint8_t { kUnknown, kYes, kNo };

struct Advice {
  JobId job;
  RunMode mode = RunMode::kOld;
  Repeatable repeatable = Repeatable::kUnknown;
  std::string reason;
};

// One for each job, in their order. The rules: an export never runs on both sides; a job whose script is not
// read, or that a second run would change, stays on the old side until its owner says otherwise; what can run
// on both sides does so only if every job that it reads from does; a view is made anew on the new side. O(n
// log n).
std::vector<Advice> AdviseRunModes(const Scan& scan, const Graph& graph);

}  // namespace godwit::lineage
