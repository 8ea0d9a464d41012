// planner/arrange/min_cut.h — the cheapest way to split a few hundred nodes in two.
#pragma once

#include <cstdint>
#include <vector>

namespace godwit::planner::arrange {

// Every node goes to the first part or the second one; prices are not negative, and infinity means never.
struct SplitProblem {
  struct Pair {
    uint32_t a, b;
    double a_first;  // price if a is in the first part and b in the second
    double b_first;
  };
  std::vector<double> in_first;  // price of a node in the first part
  std::vector<double> in_second;
  std::vector<Pair> pairs;
};

// Which nodes are in the first part of a cheapest split; the smallest such part if there are several.
// Maximum flow (Dinic 1970), iterative; O(nodes² · pairs) at worst, near-linear on what planning meets.
std::vector<bool> CheapestSplit(const SplitProblem& problem);

}  // namespace godwit::planner::arrange
