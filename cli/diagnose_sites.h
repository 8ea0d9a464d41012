// cli/diagnose_sites.h — what `godwit doctor` looks at: both sites, what joins them, and this machine. Reads
// only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/settings.h"
#include "executor/ports/finding.h"

namespace godwit::cli {

struct PlacedFinding {
  std::string place;  // source | target | both | copies | state
  executor::Finding finding;
};

// What is going to move; empty: everything that the source's catalog holds.
struct Moving {
  std::vector<std::string> databases;    // sorted
  std::map<std::string, int64_t> bytes;  // by database; empty: not known
};

// In the order looked at. A site that cannot be opened is a finding, not an error. Cost: one listing of the
// source's tables, some calls for each database.
std::vector<PlacedFinding> DiagnoseSites(const config::Settings& settings, Moving moving, Timestamp now);

}  // namespace godwit::cli
