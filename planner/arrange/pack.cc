#include "planner/arrange/pack.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace godwit::planner::arrange {
namespace {

constexpr size_t kOpenBinsMax = 16;
constexpr double kPilotShare = 0.05;  // of a bin: what a pilot should weigh at most

struct Bin {
  double load = 0;
  int32_t priority = 0;
  bool pilot = false;
  uint32_t number = 0;
};

// The piece that makes a good first try: the heaviest small one, so that it is small but not trivial.
size_t PilotPiece(const std::vector<Piece>& pieces, double load_max) {
  size_t best = 0;
  const auto rank = [&](size_t i) {
    const double load = pieces[i].load;
    const bool small = load <= kPilotShare * load_max;
    return std::make_tuple(small, small ? load : -load);
  };
  for (size_t i = 1; i < pieces.size(); ++i) {
    if (rank(i) > rank(best)) best = i;
  }
  return best;
}

// The fullest of the last open bins that still has room, or the number of bins.
size_t BestFit(const std::vector<Bin>& bins, const Piece& piece, double load_max) {
  size_t best = bins.size();
  const size_t oldest = bins.size() > kOpenBinsMax ? bins.size() - kOpenBinsMax : 0;
  for (size_t i = oldest; i < bins.size(); ++i) {
    const Bin& bin = bins[i];
    if (bin.pilot || bin.priority != piece.priority || bin.load + piece.load > load_max) continue;
    if (best == bins.size() || bin.load > bins[best].load) best = i;
  }
  return best;
}

}  // namespace

Bins Pack(const std::vector<Piece>& pieces, double load_max, bool pilot) {
  Bins result;
  result.of.resize(pieces.size());
  std::vector<Bin> bins;
  std::vector<size_t> by_kin(pieces.size());
  std::iota(by_kin.begin(), by_kin.end(), 0);
  std::sort(by_kin.begin(), by_kin.end(), [&](size_t a, size_t b) {
    return std::make_tuple(-pieces[a].priority, pieces[a].kin, -pieces[a].load, a) <
           std::make_tuple(-pieces[b].priority, pieces[b].kin, -pieces[b].load, b);
  });
  const size_t pilot_piece = pilot && pieces.size() > 1 ? PilotPiece(pieces, load_max) : pieces.size();
  if (pilot_piece < pieces.size()) {
    bins.push_back({pieces[pilot_piece].load, pieces[pilot_piece].priority, true, 0});
    result.of[pilot_piece] = 0;
  }
  for (size_t i : by_kin) {
    if (i == pilot_piece) continue;
    const size_t bin = BestFit(bins, pieces[i], load_max);
    if (bin == bins.size()) bins.push_back({0, pieces[i].priority, false, static_cast<uint32_t>(bin)});
    bins[bin].load += pieces[i].load;
    result.of[i] = static_cast<uint32_t>(bin);
  }
  std::sort(bins.begin(), bins.end(), [](const Bin& a, const Bin& b) {
    return std::make_tuple(!a.pilot, -a.priority, a.load, a.number) <
           std::make_tuple(!b.pilot, -b.priority, b.load, b.number);
  });
  std::vector<uint32_t> place(bins.size());
  for (size_t i = 0; i < bins.size(); ++i) place[bins[i].number] = static_cast<uint32_t>(i);
  for (uint32_t& bin : result.of) bin = place[bin];
  result.count = static_cast<uint32_t>(bins.size());
  return result;
}

}  // namespace godwit::planner::arrange
