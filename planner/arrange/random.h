// planner/arrange/random.h — a seeded stream of numbers, the same on every machine (SplitMix64).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace godwit::planner::arrange {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint32_t Next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<uint32_t>((z ^ (z >> 31)) >> 32);
  }
  // 0 … bound - 1.
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>((uint64_t{Next()} * bound) >> 32); }
  // 0 ≤ x < 1.
  double Share() { return Next() * (1.0 / 4294967296.0); }

  template <typename T>
  void Shuffle(std::vector<T>& things) {
    for (uint32_t i = static_cast<uint32_t>(things.size()); i > 1; --i)
      std::swap(things[i - 1], things[Below(i)]);
  }

 private:
  uint64_t state_;
};

}  // namespace godwit::planner::arrange
