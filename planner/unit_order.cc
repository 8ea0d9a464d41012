#include "planner/unit_order.h"

#include <algorithm>
#include <limits>

#include "planner/arrange/pack.h"
#include "planner/dual_run_order.h"
#include "planner/sync_once.h"

namespace godwit::planner {
namespace {

constexpr int kRounds = 4;  // of an objective that single reads cannot say

using arrange::Clustering;
using arrange::Limits;
using arrange::Problem;
using arrange::Units;

// What a component counts as when it is packed: its load, and the group and highest priority of its tables.
std::vector<arrange::Piece> Pieces(const Workload& workload, const Atoms& atoms,
                                   const Clustering& components) {
  std::vector<arrange::Piece> pieces(components.count, {0, 0, 0});
  std::vector<int64_t> largest(components.count, -1);
  for (Node atom = 0; atom < atoms.count; ++atom) pieces[components.of[atom]].load += atoms.load[atom];
  for (uint32_t t = 0; t < workload.tables.size(); ++t) {
    if (atoms.of_table[t] == kNoAtom) continue;
    const Table& table = workload.tables[t];
    const Node component = components.of[atoms.of_table[t]];
    pieces[component].priority = std::max<int32_t>(pieces[component].priority, table.priority);
    if (table.bytes > largest[component]) {
      largest[component] = table.bytes;
      pieces[component].kin = Index(table.group);
    }
  }
  return pieces;
}

// Atoms split into those of components that fit a unit and the rest.
struct Split {
  std::vector<uint32_t> small;  // components
  std::vector<Node> large;      // atoms
};

Split SplitComponents(const Clustering& components, const std::vector<arrange::Piece>& pieces,
                      double load_max) {
  Split split;
  for (uint32_t c = 0; c < components.count; ++c) {
    if (pieces[c].load <= load_max) split.small.push_back(c);
  }
  for (Node atom = 0; atom < components.of.size(); ++atom) {
    if (pieces[components.of[atom]].load > load_max) split.large.push_back(atom);
  }
  return split;
}

// Packs and arranges atoms bound by these reads.
Units Order(const Workload& workload, const Atoms& atoms, std::vector<arrange::Read> reads,
            const Request& request, int64_t unit_bytes_max) {
  const Problem problem{atoms.bytes, atoms.load, std::move(reads)};
  const Limits limits{static_cast<double>(unit_bytes_max),
                      request.unit_overhead * static_cast<double>(unit_bytes_max)};
  const Clustering components = WeakComponents(problem);
  const std::vector<arrange::Piece> pieces = Pieces(workload, atoms, components);
  const Split split = SplitComponents(components, pieces, limits.load_max);

  std::vector<arrange::Piece> small;
  for (uint32_t c : split.small) small.push_back(pieces[c]);
  const arrange::Bins bins = Pack(small, limits.load_max, request.waves.pilot);
  const Units arranged =
      Arrange(Restrict(problem, split.large), limits, request.alpha, request.effort, request.seed);

  Units units{std::vector<uint32_t>(atoms.count), bins.count + arranged.count};
  std::vector<uint32_t> bin_of(components.count, 0);
  for (size_t i = 0; i < split.small.size(); ++i) bin_of[split.small[i]] = bins.of[i];
  for (Node atom = 0; atom < atoms.count; ++atom) units.of[atom] = bin_of[components.of[atom]];
  for (size_t i = 0; i < split.large.size(); ++i) units.of[split.large[i]] = bins.count + arranged.of[i];
  return units;
}

// Each round with the shares that follow from the best order so far.
Units OrderForSyncs(const Workload& workload, const Atoms& atoms, const Request& request,
                    int64_t unit_bytes_max) {
  const CostRules rules{unit_bytes_max, request.unit_overhead, request.alpha};
  std::vector<double> shares = SyncShares(workload, nullptr, rules);
  Units best;
  double best_cost = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    const Units units =
        Order(workload, atoms, AtomReads(workload, atoms, request, shares), request, unit_bytes_max);
    const Placement placement = PlaceAtoms(atoms, units);
    const double cost = CostOf(workload, placement, rules).synced;
    if (cost >= best_cost) break;
    best_cost = cost;
    best = units;
    shares = SyncShares(workload, &placement, rules);
  }
  return best;
}

// Each round binds every job to the last of its descendants in the best order so far: that is how long it
// runs twice.
Units OrderForDualRun(const Workload& workload, const Atoms& atoms, const Request& request,
                      int64_t unit_bytes_max) {
  const DualRunModel model(workload, atoms, request, unit_bytes_max);
  Units best;
  double best_hours = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    const Units units =
        Order(workload, atoms, model.Reads(best.of.empty() ? nullptr : &best), request, unit_bytes_max);
    const double hours = model.DoubledHours(units);
    if (hours >= best_hours) break;
    best_hours = hours;
    best = units;
  }
  return best;
}

}  // namespace

std::vector<arrange::Read> AtomReads(const Workload& workload, const Atoms& atoms, const Request& request,
                                     const std::vector<double>& shares) {
  const bool all_hard = request.order == OrderRule::kUpstreamFirst;
  std::vector<arrange::Read> reads;
  for (size_t i = 0; i < workload.accesses.size(); ++i) {
    const Access& access = workload.accesses[i];
    if (access.kind != AccessKind::kRead) continue;
    const Node upstream = atoms.of_table[Index(access.table)];
    const Node downstream = atoms.of_job[Index(access.job)];
    if (upstream == kNoAtom || upstream == downstream) continue;
    const double bytes = static_cast<double>(access.bytes_per_day) * (shares.empty() ? 1 : shares[i]);
    reads.push_back({upstream, downstream, static_cast<float>(bytes), access.hard || all_hard});
  }
  return reads;
}

Placement PlaceAtoms(const Atoms& atoms, const Units& units) {
  Placement placement{std::vector<uint32_t>(atoms.of_table.size(), kNoUnit),
                      std::vector<uint32_t>(atoms.of_job.size()), units.count};
  for (size_t t = 0; t < atoms.of_table.size(); ++t) {
    if (atoms.of_table[t] != kNoAtom) placement.of_table[t] = units.of[atoms.of_table[t]];
  }
  for (size_t j = 0; j < atoms.of_job.size(); ++j) placement.of_job[j] = units.of[atoms.of_job[j]];
  return placement;
}

Units OrderAtoms(const Workload& workload, const Atoms& atoms, const Request& request,
                 int64_t unit_bytes_max) {
  switch (request.objective) {
    case Objective::kReads:
      return Order(workload, atoms, AtomReads(workload, atoms, request, {}), request, unit_bytes_max);
    case Objective::kSyncOnce: return OrderForSyncs(workload, atoms, request, unit_bytes_max);
    case Objective::kDualRun: return OrderForDualRun(workload, atoms, request, unit_bytes_max);
  }
  return {};
}

}  // namespace godwit::planner
