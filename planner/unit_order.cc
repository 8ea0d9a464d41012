#include "planner/unit_order.h"

#include <algorithm>

#include "planner/arrange/pack.h"

namespace godwit::planner {
namespace {

using arrange::Clustering;
using arrange::Limits;
using arrange::Problem;
using arrange::Units;

Problem MakeProblem(const Workload& workload, const Atoms& atoms, const Request& request) {
  Problem problem{atoms.bytes, atoms.load, AtomReads(workload, atoms)};
  if (request.order == OrderRule::kUpstreamFirst) {
    for (arrange::Read& read : problem.reads) read.hard = true;
  }
  return problem;
}

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

}  // namespace

Units OrderAtoms(const Workload& workload, const Atoms& atoms, const Request& request,
                 int64_t unit_bytes_max) {
  const Problem problem = MakeProblem(workload, atoms, request);
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

}  // namespace godwit::planner
