// planner/dual_run_order.h — the objective of dual run: a job runs twice from its unit's start on the target
// until the last job downstream of it has left the source. Every read is hard.
#pragma once

#include <vector>

#include "planner/arrange/cut.h"
#include "planner/atoms.h"
#include "planner/request.h"

namespace godwit::planner {

class DualRunModel {
 public:
  DualRunModel(const Workload& workload, const Atoms& atoms, const Request& request, int64_t unit_bytes_max);

  // Reads that price the objective for the ordering: each atom's run time binds it to the last of its
  // descendants in `units`, or, where there are none yet, in equal parts to its readers; and the real reads,
  // at next to nothing.
  std::vector<arrange::Read> Reads(const arrange::Units* units) const;

  // Job-hours a day times the share of the move during which they run twice.
  double DoubledHours(const arrange::Units& units) const;

 private:
  // The descendant that moves last, or the atom itself, by atom.
  std::vector<Node> LastDescendants(const arrange::Units& units) const;

  std::vector<arrange::Read> reads_;  // real ones, all hard
  std::vector<double> hours_;         // a day that may run twice, by atom
  std::vector<double> bytes_;         // by atom
  double overhead_;
};

}  // namespace godwit::planner
