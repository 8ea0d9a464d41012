#include "tests/planner/plan_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace godwit::planner {
namespace {

struct Place {
  std::vector<int> of_table, of_job;  // units; -1: in none
};

std::string PlaceAll(const Workload& workload, const Plan& plan, Place& place) {
  place.of_table.assign(workload.tables.size(), -1);
  place.of_job.assign(workload.jobs.size(), -1);
  for (size_t i = 0; i < plan.units.size(); ++i) {
    for (TableId table : plan.units[i].tables) {
      if (std::exchange(place.of_table[Index(table)], static_cast<int>(i)) >= 0) return "a table is twice";
    }
    for (JobId job : plan.units[i].jobs) {
      if (std::exchange(place.of_job[Index(job)], static_cast<int>(i)) >= 0) return "a job is twice";
    }
  }
  if (std::ranges::find(place.of_job, -1) != place.of_job.end()) return "a job is missing";
  for (size_t t = 0; t < place.of_table.size(); ++t) {
    const bool moves = workload.tables[t].residence == Residence::kMoves;
    if (moves != (place.of_table[t] >= 0)) return fmt::format("table {} is missing, or moves", t);
  }
  return "";
}

// Who reaches whom through reads and writes of moving tables, by Warshall: small graphs only.
std::vector<std::vector<bool>> Reach(const Workload& workload) {
  const size_t tables = workload.tables.size(), n = tables + workload.jobs.size();
  std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
  for (const Access& access : workload.accesses) {
    if (workload.table(access.table).residence != Residence::kMoves) continue;
    const size_t table = Index(access.table), job = tables + Index(access.job);
    if (access.kind == AccessKind::kRead) reach[table][job] = true;
    if (access.kind == AccessKind::kWrite) reach[job][table] = reach[table][job] = true;  // never apart
  }
  for (size_t k = 0; k < n; ++k) {
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; reach[i][k] && j < n; ++j) {
        if (reach[k][j]) reach[i][j] = true;
      }
    }
  }
  return reach;
}

}  // namespace

std::string WrongWith(const Workload& workload, const Plan& plan) {
  Place place;
  if (std::string wrong = PlaceAll(workload, plan, place); !wrong.empty()) return wrong;
  const std::vector<std::vector<bool>> reach = Reach(workload);
  const size_t tables = workload.tables.size();
  const auto unit_of = [&](size_t v) { return v < tables ? place.of_table[v] : place.of_job[v - tables]; };
  for (size_t a = 0; a < reach.size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      if (reach[a][b] && reach[b][a] && unit_of(a) != unit_of(b))
        return fmt::format("{} and {} are apart", a, b);
    }
  }
  for (const Access& access : workload.accesses) {
    const int table = place.of_table[Index(access.table)], job = place.of_job[Index(access.job)];
    const bool hard = access.hard || plan.request.order == OrderRule::kUpstreamFirst;
    if (access.kind == AccessKind::kRead && hard && job < table) return "a reader moves before a hard read";
  }
  for (size_t i = 0; i < plan.units.size(); ++i) {
    double load = 0;
    bool edited = false;
    for (const Reason& reason : plan.units[i].reasons) edited = edited || reason.code == "edited";
    std::map<size_t, int> sets;  // of what cannot be apart
    for (TableId table : plan.units[i].tables) {
      const double bytes = static_cast<double>(workload.table(table).bytes);
      load += bytes > static_cast<double>(plan.unit_bytes_max) ? plan.unit_bytes_max / 2.0 : bytes;
      size_t first = Index(table);
      for (size_t v = 0; v < first; ++v) {
        if (reach[v][Index(table)] && reach[Index(table)][v]) first = v;
      }
      ++sets[first];
    }
    if (load > plan.unit_bytes_max * (1 + 1e-9) && sets.size() > 1 && !edited) {
      return fmt::format("unit {} is over the cap", i);
    }
    if (i > 0 && plan.units[i].wave < plan.units[i - 1].wave) return "waves fall";
  }
  return "";
}

}  // namespace godwit::planner
