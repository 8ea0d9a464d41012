// planner/arrange/union_find.h — disjoint sets of nodes. The least node of a set represents it.
#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

namespace godwit::planner::arrange {

class UnionFind {
 public:
  explicit UnionFind(uint32_t nodes) : parent_(nodes) { std::iota(parent_.begin(), parent_.end(), 0U); }

  uint32_t Find(uint32_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }
  // False if they were together already.
  bool Join(uint32_t a, uint32_t b) {
    a = Find(a);
    b = Find(b);
    if (a == b) return false;
    if (a > b) std::swap(a, b);
    parent_[b] = a;
    return true;
  }
  // The representative of every node.
  std::vector<uint32_t> Representatives() {
    std::vector<uint32_t> all(parent_.size());
    for (uint32_t v = 0; v < all.size(); ++v) all[v] = Find(v);
    return all;
  }

 private:
  std::vector<uint32_t> parent_;
};

}  // namespace godwit::planner::arrange
