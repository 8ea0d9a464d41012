// cli/space_guard.h — keeps room for the state file: stops new work while its disk is nearly full, and holds
// ballast that is given up when it is, so that a thaw can still be written down.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace godwit::cli {

class SpaceGuard {
 public:
  SpaceGuard(std::string folder, int64_t free_min, int64_t ballast)
      : folder_(std::move(folder)), free_min_(free_min), ballast_(ballast) {}

  // Sets the ballast aside, if there is room for it beyond `free_min`. Errors: kUnavailable.
  Status LayBallast() const;
  // Why nothing new should begin; "" if it may. Gives the ballast up when less than it is free. One system
  // call.
  std::string Reason() const;

 private:
  std::string BallastPath() const { return folder_ + "/ballast"; }
  std::string folder_;
  int64_t free_min_, ballast_;
};

}  // namespace godwit::cli
