#include "tests/sim/warehouse_of_seed.h"

#include <fmt/format.h>

#include <algorithm>

namespace godwit::sim {
namespace {

using namespace std::chrono_literals;
using executor::JobSpec;
using executor::RunMode;
using executor::TableName;
using executor::UnitSpec;
using simulator::SimJobSpec;
using simulator::SimTableSpec;

void AddUnitTables(Swarm& random, int unit, SeededCase& made, std::vector<TableName>& known, UnitSpec& spec) {
  const int tables = 1 + static_cast<int>(random.Number(2));
  for (int t = 0; t < tables; ++t) {
    const TableName name{fmt::format("db{}", random.Number(2)), fmt::format("t{}{}", unit, t)};
    const int64_t bytes = static_cast<int64_t>(random.Number(3)) << 28;
    made.warehouse.tables.push_back({name, !random.Coin(0.3), bytes, bytes / 8 + 1});
    SimJobSpec job;
    job.name = "load_" + name.name;
    job.writes = {name};
    for (const TableName& table : known) {
      if (job.reads.size() < 3 && random.Coin(0.5)) job.reads.push_back(table);
    }
    job.at = random.Between(1min, 30min);
    job.run = random.Between(10s, 4min);
    const bool twice = random.Coin(0.7);
    job.random = twice && random.Coin(0.1);
    made.warehouse.jobs.push_back(job);
    JobSpec planned{job.name, {job.reads.begin(), job.reads.end()}, {name}, twice, RunMode::kOld, {}};
    if (twice && !job.random && random.Coin(0.4)) planned.mode = RunMode::kBoth;
    spec.jobs.push_back(planned);
    spec.tables.push_back(name);
    known.push_back(name);
  }
}

void AddExport(Swarm& random, int unit, SeededCase& made, const std::vector<TableName>& known,
               UnitSpec& spec) {
  SimJobSpec job;
  job.name = fmt::format("export_{}", unit);
  job.reads = {known[random.Number(known.size())]};
  job.at = random.Between(1min, 30min);
  job.run = random.Between(5s, 1min);
  made.warehouse.jobs.push_back(job);
  spec.jobs.push_back({job.name, {job.reads[0]}, {}, false, RunMode::kOld, {}});
}

executor::Policy MakePolicy(Swarm& random) {
  executor::Policy policy;
  policy.freeze_budget = random.Between(3min, 15min);
  policy.cutover_attempts_max = 2 + static_cast<int>(random.Number(6));
  policy.freezes_max = 1 + static_cast<int>(random.Number(3));
  policy.drain_reads = 2;
  policy.drain_gap = random.Between(500ms, 5s);
  policy.quiet_wait_max = random.Between(5min, 2h);
  policy.evidence_age_max = random.Between(30s, 10min);
  policy.look_again = random.Between(2s, 40s);
  policy.sync_every = random.Between(30s, 8min);
  policy.linger_every = random.Between(30s, 8min);
  policy.units_in_flight_max = 1 + static_cast<int>(random.Number(4));
  policy.copies_per_unit_max = 1 + static_cast<int>(random.Number(3));
  policy.partitions_per_copy_max = 1 + random.Number(3);
  policy.backoff_max = 20s;
  policy.unknown_wait = random.Between(1s, 10s);
  policy.failures_max = 30;
  policy.switch_needs_approval = random.Coin(0.3);
  policy.complete_by_itself = random.Coin(0.3);
  policy.probation = random.Between(1min, 2h);
  policy.location_map = {{"/source", "/target"}};
  return policy;
}

}  // namespace

SeededCase MakeCase(Swarm& random, int units_max) {
  SeededCase made;
  made.warehouse.day = random.Between(15min, 45min);
  made.warehouse.history_days = 1 + static_cast<int>(random.Number(3));
  const int units = 1 + static_cast<int>(random.Number(static_cast<uint64_t>(units_max)));
  std::vector<TableName> known;
  std::vector<UnitSpec> specs;
  for (int unit = 0; unit < units; ++unit) {
    UnitSpec spec;
    AddUnitTables(random, unit, made, known, spec);
    if (random.Coin(0.4)) AddExport(random, unit, made, known, spec);
    std::sort(spec.tables.begin(), spec.tables.end());
    std::sort(spec.jobs.begin(), spec.jobs.end(),
              [](const JobSpec& a, const JobSpec& b) { return a.name < b.name; });
    specs.push_back(std::move(spec));
  }
  // Readers may move before their tables: any order is allowed.
  for (size_t i = specs.size(); i > 1; --i) std::swap(specs[i - 1], specs[random.Number(i)]);
  for (size_t i = 0; i < specs.size(); ++i) {
    specs[i].id = fmt::format("u{}", i + 1);
    specs[i].wave = 1 + static_cast<int>(random.Coin(0.5) ? i : 0);
  }
  made.migration.plan_hash = "plan";
  made.migration.source_name = "source";
  made.migration.target_name = "target";
  made.migration.units = std::move(specs);
  made.migration.policy = MakePolicy(random);
  return made;
}

}  // namespace godwit::sim
