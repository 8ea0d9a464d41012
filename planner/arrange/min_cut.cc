#include "planner/arrange/min_cut.h"

#include <algorithm>
#include <cmath>

namespace godwit::planner::arrange {
namespace {

constexpr double kRounding = 1e-12;  // of the largest price: less than this counts as nothing
constexpr uint32_t kUnreached = ~0U;

// A flow network. What the source pays to reach a node is the node's price in the second part, and so on.
class Network {
 public:
  explicit Network(const SplitProblem& problem)
      : source_(static_cast<uint32_t>(problem.in_first.size())),
        sink_(source_ + 1),
        level_(sink_ + 1),
        next_(sink_ + 1) {
    const double never = Never(problem);
    CountArcs(problem);
    std::vector<uint32_t> place(first_.begin(), first_.end() - 1);
    for (uint32_t v = 0; v < source_; ++v) {
      const double common = std::min(problem.in_first[v], problem.in_second[v]);  // paid either way
      AddPair(source_, v, problem.in_second[v] - common, 0, place);
      AddPair(v, sink_, problem.in_first[v] - common, 0, place);
    }
    for (const SplitProblem::Pair& pair : problem.pairs) {
      AddPair(pair.a, pair.b, std::min(pair.a_first, never), std::min(pair.b_first, never), place);
    }
  }

  void Saturate() {
    while (FindLevels()) {
      std::copy(first_.begin(), first_.end() - 1, next_.begin());
      while (Augment()) {
      }
    }
  }

  // After saturation: what the source still reaches.
  std::vector<bool> FirstPart() const {
    std::vector<bool> first(source_);
    for (uint32_t v = 0; v < source_; ++v) first[v] = level_[v] != kUnreached;
    return first;
  }

 private:
  struct Arc {
    uint32_t to;
    uint32_t twin;
    double room;
  };

  // More than everything that has a finite price; also sets what counts as nothing.
  double Never(const SplitProblem& problem) {
    double sum = 1, largest = 0;
    const auto add = [&](double price) {
      if (!std::isfinite(price)) return;
      sum += price;
      largest = std::max(largest, price);
    };
    for (double price : problem.in_first) add(price);
    for (double price : problem.in_second) add(price);
    for (const SplitProblem::Pair& pair : problem.pairs) add(pair.a_first), add(pair.b_first);
    nothing_ = kRounding * largest;
    return sum;
  }

  void CountArcs(const SplitProblem& problem) {
    first_.assign(sink_ + 2, 0);
    for (uint32_t v = 0; v < source_; ++v) first_[v + 1] = 2;
    first_[source_ + 1] = first_[sink_ + 1] = source_;
    for (const SplitProblem::Pair& pair : problem.pairs) ++first_[pair.a + 1], ++first_[pair.b + 1];
    for (size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
    arcs_.resize(first_.back());
  }

  void AddPair(uint32_t a, uint32_t b, double room, double back, std::vector<uint32_t>& place) {
    const uint32_t there = place[a]++, here = place[b]++;
    arcs_[there] = {b, here, room};
    arcs_[here] = {a, there, back};
  }

  bool FindLevels() {
    std::fill(level_.begin(), level_.end(), kUnreached);
    level_[source_] = 0;
    queue_.assign(1, source_);
    for (size_t head = 0; head < queue_.size(); ++head) {
      const uint32_t v = queue_[head];
      for (uint32_t i = first_[v]; i < first_[v + 1]; ++i) {
        const Arc& arc = arcs_[i];
        if (arc.room <= nothing_ || level_[arc.to] != kUnreached) continue;
        level_[arc.to] = level_[v] + 1;
        queue_.push_back(arc.to);
      }
    }
    return level_[sink_] != kUnreached;
  }

  // Walks down the levels from the source to the sink and sends what fits. False if there is no way left.
  bool Augment() {
    path_.clear();
    for (uint32_t v = source_; v != sink_;) {
      if (const uint32_t arc = Advance(v); arc != kUnreached) {
        path_.push_back(arc);
        v = arcs_[arc].to;
        continue;
      }
      if (v == source_) return false;
      level_[v] = kUnreached;  // a dead end
      v = arcs_[arcs_[path_.back()].twin].to;
      path_.pop_back();
    }
    double fits = arcs_[path_.front()].room;
    for (uint32_t arc : path_) fits = std::min(fits, arcs_[arc].room);
    for (uint32_t arc : path_) {
      arcs_[arc].room -= fits;
      arcs_[arcs_[arc].twin].room += fits;
    }
    return true;
  }

  // The next arc of `v` that leads one level down.
  uint32_t Advance(uint32_t v) {
    for (uint32_t& i = next_[v]; i < first_[v + 1]; ++i) {
      if (arcs_[i].room > nothing_ && level_[arcs_[i].to] == level_[v] + 1) return i;
    }
    return kUnreached;
  }

  uint32_t source_;
  uint32_t sink_;
  double nothing_ = 0;
  std::vector<uint32_t> first_;
  std::vector<Arc> arcs_;
  std::vector<uint32_t> level_;
  std::vector<uint32_t> next_;
  std::vector<uint32_t> queue_;
  std::vector<uint32_t> path_;
};

}  // namespace

std::vector<bool> CheapestSplit(const SplitProblem& problem) {
  Network network(problem);
  network.Saturate();
  return network.FirstPart();
}

}  // namespace godwit::planner::arrange
