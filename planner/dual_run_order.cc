#include "planner/dual_run_order.h"

#include <algorithm>
#include <numeric>

#include "planner/strategy.h"

namespace godwit::planner {
namespace {

constexpr double kRealReadShare = 1e-6;  // of all hours a day: only where hours say nothing

}  // namespace

DualRunModel::DualRunModel(const Workload& workload, const Atoms& atoms, const Request& request,
                           int64_t unit_bytes_max)
    : hours_(atoms.count, 0),
      bytes_(atoms.bytes),
      overhead_(request.unit_overhead * static_cast<double>(unit_bytes_max)) {
  for (uint32_t j = 0; j < workload.jobs.size(); ++j) {
    if (!MayRunTwice(workload.jobs[j])) continue;
    hours_[atoms.of_job[j]] += RunsPerDay(workload, JobId{j}) * workload.jobs[j].run_seconds / 3600.0;
  }
  for (const Access& access : workload.accesses) {
    if (access.kind != AccessKind::kRead) continue;
    const Node upstream = atoms.of_table[Index(access.table)], reader = atoms.of_job[Index(access.job)];
    if (upstream != kNoAtom && upstream != reader) reads_.push_back({upstream, reader, 0, true});
  }
}

std::vector<Node> DualRunModel::LastDescendants(const arrange::Units& units) const {
  // Readers are never in an earlier unit than what they read, so going back unit by unit sees readers first;
  // inside a unit it makes no difference who is last.
  std::vector<uint32_t> order(reads_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) {
    return units.of[reads_[a].upstream] > units.of[reads_[b].upstream];
  });
  std::vector<Node> last(hours_.size());
  std::iota(last.begin(), last.end(), 0U);
  constexpr int kPassesMax = 64;  // chains inside a unit need more than one
  for (int pass = 0; pass < kPassesMax; ++pass) {
    bool changed = false;
    for (uint32_t i : order) {
      const Node candidate = last[reads_[i].downstream];
      Node& own = last[reads_[i].upstream];
      if (units.of[candidate] > units.of[own]) {
        own = candidate;
        changed = true;
      }
    }
    if (!changed) break;
  }
  return last;
}

std::vector<arrange::Read> DualRunModel::Reads(const arrange::Units* units) const {
  const double all = std::accumulate(hours_.begin(), hours_.end(), 0.0);
  std::vector<arrange::Read> reads = reads_;
  std::vector<double> readers(hours_.size(), 0);
  for (const arrange::Read& read : reads_) ++readers[read.upstream];
  for (arrange::Read& read : reads) {
    const double hours = units ? 0 : hours_[read.upstream] / readers[read.upstream];
    read.bytes_per_day = static_cast<float>(hours + kRealReadShare * all);
  }
  if (!units) return reads;
  const std::vector<Node> last = LastDescendants(*units);
  for (Node atom = 0; atom < last.size(); ++atom) {
    if (last[atom] != atom) reads.push_back({atom, last[atom], static_cast<float>(hours_[atom]), true});
  }
  return reads;
}

double DualRunModel::DoubledHours(const arrange::Units& units) const {
  std::vector<double> end(units.count, overhead_);
  for (Node atom = 0; atom < bytes_.size(); ++atom) end[units.of[atom]] += bytes_[atom];
  for (size_t i = 1; i < end.size(); ++i) end[i] += end[i - 1];
  const std::vector<Node> last = LastDescendants(units);
  double sum = 0;
  for (Node atom = 0; atom < last.size(); ++atom) {
    sum += hours_[atom] * (end[units.of[last[atom]]] - end[units.of[atom]]);
  }
  return end.empty() || end.back() == 0 ? 0 : sum / end.back();
}

}  // namespace godwit::planner
