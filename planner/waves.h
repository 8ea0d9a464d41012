// planner/waves.h — which units are approved together: consecutive ones, small waves first.
#pragma once

#include <optional>
#include <vector>

#include "planner/request.h"

namespace godwit::planner {

// What a wave's limits count of a unit.
struct WaveLoad {
  int64_t bytes = 0;
  Seconds freeze{0};             // to be expected
  std::optional<uint32_t> wave;  // pinned to this one, counted from 0
};

// The wave of each unit, counted from 0, for units in the order of movement. Unpinned ones keep that order:
// their waves never fall. A pinned unit is in its wave whatever the limits, or in a last one if there are not
// so many. With rules.pilot the first wave is one unit, and each later one at most twice the largest before
// it (or one unit).
std::vector<uint32_t> GroupIntoWaves(const std::vector<WaveLoad>& units, const WaveRules& rules,
                                     int64_t total_bytes);

}  // namespace godwit::planner
