// planner/strong_components.h — strongly connected components: what cannot be put in an order.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace godwit::planner {

// The component of each of `vertices` vertices, numbered 0 …; two vertices share one if each reaches the
// other. Iterative: a chain of 10^6 is fine. O(vertices + arcs).
std::vector<uint32_t> StrongComponents(uint32_t vertices,
                                       const std::vector<std::pair<uint32_t, uint32_t>>& arcs);

}  // namespace godwit::planner
