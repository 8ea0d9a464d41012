// planner/arrange/block_cycle.h — improves an order by moving runs of neighbouring nodes as blocks, from a
// tenth of the whole down to single nodes.
#pragma once

#include "planner/arrange/order.h"
#include "planner/arrange/random.h"

namespace godwit::planner::arrange {

// How far nodes are sifted, in places.
inline constexpr uint32_t kSiftReach = 48;

// How blocks are moved.
enum class Means : uint8_t {
  kSift,     // one by one
  kWindows,  // and then by minimum cuts too (window_cut.h): some four times the work, and most worth it where
             // forbidden arcs leave single blocks little room
};

// Runs cycles until one gains less than 0.3 % or `cycles_max` is reached. A contiguous block contracts no
// cycle, so an order that keeps to the forbidden arcs keeps keeping to them. Each costs some six sifting
// sweeps.
void ImproveByBlocks(const Graph& graph, int cycles_max, Means means, Random& random, Order& order);

}  // namespace godwit::planner::arrange
