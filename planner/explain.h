// planner/explain.h — why a table or unit is where it is, and what it would cost elsewhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/plan.h"
#include "planner/workload.h"

namespace godwit::planner {

// Another place for what is explained, with its price: the share of all bytes read during the move that cross
// sites, in times of the plan's own.
struct Elsewhere {
  UnitId unit{};         // into this unit, or, for a whole unit, into its place in the order
  double ratio = 1;      // 1.02: 2 % more crosses
  std::string obstacle;  // "" or why it may not be there, whatever it costs
  bool operator==(const Elsewhere&) const = default;
};

struct Explanation {
  std::string what;  // "table mart.daily", "unit u00042"
  UnitId unit{};
  std::vector<Reason> together;  // why it shares a unit with others
  std::vector<Reason> wave;      // why it moves when it does
  std::vector<uint32_t> cuts;    // reads cut around it: positions in Plan::cut_edges, most bytes in all first
  std::vector<Elsewhere> elsewhere;
  bool operator==(const Explanation&) const = default;
};

// `plan` was made from `workload`. O(tables + accesses) for each place looked at, of which there are ten at
// most.
Explanation ExplainTable(const Workload& workload, const Plan& plan, TableId table);
Explanation ExplainUnit(const Workload& workload, const Plan& plan, UnitId unit);

// Bytes that cross over the life of a cut.
int64_t BytesInAll(const CutEdge& edge);

}  // namespace godwit::planner
