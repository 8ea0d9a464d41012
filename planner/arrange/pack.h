// planner/arrange/pack.h — components that no cut has to touch, packed into units.
#pragma once

#include <cstdint>
#include <vector>

namespace godwit::planner::arrange {

struct Piece {
  double load;
  uint32_t kin;      // pieces of the same kin go together where that costs no unit
  int32_t priority;  // higher first
};

// Which bin each piece is in, bins in the order of movement: by priority, then small ones first. No bin loads
// more than `load_max`, unless a single piece does. With `pilot`, the first bin is one small piece alone.
// Best fit among the last few open bins; O(pieces log pieces).
struct Bins {
  std::vector<uint32_t> of;
  uint32_t count = 0;
};
Bins Pack(const std::vector<Piece>& pieces, double load_max, bool pilot);

}  // namespace godwit::planner::arrange
