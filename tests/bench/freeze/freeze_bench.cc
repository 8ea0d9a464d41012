// freeze_bench SEEDS UNITS: how long writers stand still when godwit moves a simulated warehouse, against
// whoever freezes first and copies then. Both move the same warehouse of each seed, over the same line, on a
// virtual clock. One JSON object on stdout.
//
// `godwit` is against a scheduler that counts its runs at once, as the peer takes for granted;
// `godwit_late_listing` against one that may list a run late, so that godwit asks it again after the drain
// gap (5 s). `states_p50_s` tells where a median freeze of each has its seconds.
//
// The peer, unit after unit in order: pause the unit's jobs, wait until none runs, copy all its partitions
// with the same copier, start the jobs at the target. It compares nothing and makes no definitions, so its
// times are too short.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "executor/engine.h"
#include "simulator/sim_driver.h"
#include "simulator/sim_warehouse.h"

namespace {

using namespace godwit;
using namespace godwit::executor;
using namespace std::chrono_literals;
using sim::SimWorld;
using simulator::SimDriver;
using simulator::SimJobSpec;
using simulator::SimWarehouse;
using simulator::SimWarehouseSpec;

constexpr int64_t kLineRate = 400'000'000;
constexpr Nanoseconds kGiveUp = 24h * 60;
constexpr Duration kPeerPoll = 5s;  // as godwit looks again
constexpr Duration kCall = 20ms;    // as SimDriver's latency

struct Moved {
  SimWarehouseSpec warehouse;
  Migration migration;
};

// Units of one to three tables, sizes log-normal around 40 GB, 1 % new a day, each table written by a daily
// job at an hour of its own that reads up to two earlier tables.
Moved WarehouseOf(uint64_t seed, int units) {
  std::mt19937_64 random(seed);
  const auto below = [&](int64_t limit) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(limit));
  };
  const auto share = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  Moved moved;
  moved.migration.plan_hash = fmt::format("seed{}", seed);
  moved.migration.source_name = "source";
  moved.migration.target_name = "target";
  moved.migration.policy.location_map = {{"/source", "/target"}};
  moved.migration.policy.expected_bytes_per_second = kLineRate;
  std::vector<TableName> all;
  for (int u = 0; u < units; ++u) {
    UnitSpec unit;
    unit.id = fmt::format("u{:03}", u + 1);
    unit.wave = u / 4 + 1;
    for (int64_t t = 0, tables = 1 + below(3); t < tables; ++t) {
      const TableName name{"w", fmt::format("t{:03}_{}", u, t)};
      const double normal = std::sqrt(-2 * std::log(share())) * std::cos(2 * std::acos(-1.0) * share());
      const auto bytes = static_cast<int64_t>(4e10 * std::exp(normal));
      moved.warehouse.tables.push_back({name, true, bytes, bytes / 100});
      SimJobSpec job;
      job.name = "job_" + name.name;
      for (int64_t r = below(3); r > 0 && !all.empty(); --r) {
        job.reads.push_back(all[static_cast<size_t>(below(static_cast<int64_t>(all.size())))]);
      }
      std::sort(job.reads.begin(), job.reads.end());
      job.reads.erase(std::unique(job.reads.begin(), job.reads.end()), job.reads.end());
      job.writes = {name};
      job.at = std::chrono::minutes(below(24 * 60));
      job.run = std::chrono::minutes(5 + below(40));
      unit.jobs.push_back({job.name, {job.reads.begin(), job.reads.end()}, {name}, true, RunMode::kOld, {}});
      unit.tables.push_back(name);
      moved.warehouse.jobs.push_back(job);
      all.push_back(name);
    }
    std::sort(unit.tables.begin(), unit.tables.end());
    std::ranges::sort(unit.jobs, {}, &JobSpec::name);
    moved.migration.units.push_back(std::move(unit));
  }
  return moved;
}

// A time in which a unit's writers stand still.
struct Stand {
  size_t unit;
  Nanoseconds begun, ended;
};

using StateSeconds = std::map<std::string, std::vector<double>>;

struct Found {
  std::vector<Stand> stands;
  bool finished = false;
  StateSeconds states;  // of godwit's frozen units
};

// Hears of each transition how long the state before it lasted, if its unit's writers stood still in it.
auto TimeStates(const SimWorld& world, StateSeconds& seconds) {
  struct Since {
    std::string state;
    Nanoseconds at;
  };
  return [&world, &seconds, since = std::map<std::string, Since>()](const EngineEvent& event) mutable {
    if (event.kind != "transition") return;
    const Since now{event.text.substr(event.text.find("-> ") + 3), world.clock.now()};
    const auto [before, is_new] = since.try_emplace(event.unit, now);
    const auto state = is_new ? std::nullopt : ParseUnitState(before->second.state);
    if (state && (IsFrozen(*state) || *state == UnitState::kSwitching || *state == UnitState::kUnfreezing)) {
      seconds[before->second.state].push_back(
          std::chrono::duration<double>(now.at - before->second.at).count());
    }
    before->second = now;
  };
}

Found MoveWithGodwit(const Moved& moved, SimWorld& world) {
  Found found;
  const auto journal = state::MakeMemoryJournal();
  simulator::DriverOptions options;
  options.tell = TimeStates(world, found.states);
  auto driver = SimDriver::Start(moved.migration, *journal, world, options);
  GODWIT_ASSERT(driver.ok());
  const auto end = (*driver)->Run(kGiveUp);
  GODWIT_ASSERT(end.ok());
  found.finished = true;
  const std::vector<UnitStatus> units = (*driver)->engine().Units();
  for (size_t i = 0; i < units.size(); ++i) {
    found.finished = found.finished && IsCommitted(units[i].row->state);
    for (const Freeze& freeze : units[i].row->freezes) {
      found.stands.push_back({i, Nanoseconds(freeze.begun_ns),
                              Nanoseconds(freeze.begun_ns) + std::chrono::milliseconds(freeze.milliseconds)});
    }
  }
  return found;
}

std::vector<CopyItem> ItemsOf(const UnitSpec& unit, Catalog& catalog) {
  std::vector<CopyItem> items;
  for (const TableName& table : unit.tables) {
    const auto partitions = catalog.ListPartitions(table, "", 10000);
    GODWIT_ASSERT(partitions.ok());
    for (const PartitionMeta& partition : *partitions) {
      items.push_back({partition.location, fmt::format("/target/{}.db/_godwit/{}/naive/{}", table.db,
                                                       table.name, partition.name)});
    }
  }
  return items;
}

Found MoveNaively(const Moved& moved, SimWorld& world) {
  Found found;
  World& ports = world.world();
  for (size_t i = 0; i < moved.migration.units.size(); ++i) {
    const UnitSpec& unit = moved.migration.units[i];
    const Nanoseconds begun = world.clock.now();
    for (const JobSpec& job : unit.jobs)
      GODWIT_ASSERT(ports.source.scheduler.SetPaused(job.name, true, 2).ok());
    world.clock.RunUntil(world.clock.now() + kCall);
    const auto runs = [&](const JobSpec& job) {
      return ports.source.scheduler.GetJob(job.name)->in_flight > 0;
    };
    while (std::ranges::any_of(unit.jobs, runs)) world.clock.RunUntil(world.clock.now() + kPeerPoll);
    GODWIT_ASSERT(
        ports.copier.Submit({unit.id, Direction::kToTarget, ItemsOf(unit, ports.source.catalog), 0}).ok());
    while (ports.copier.Poll(unit.id)->state == CopyState::kRunning)
      world.clock.RunUntil(world.clock.now() + kPeerPoll);
    GODWIT_ASSERT(ports.copier.Poll(unit.id)->state == CopyState::kSucceeded);
    for (const JobSpec& job : unit.jobs) {
      const std::string cursor = ports.source.scheduler.GetJob(job.name)->cursor;
      GODWIT_ASSERT(ports.target.scheduler
                        .SetCursor(job.name, ports.target.scheduler.GetJob(job.name)->cursor, cursor, 3)
                        .ok());
      GODWIT_ASSERT(ports.target.scheduler.SetPaused(job.name, false, 3).ok());
    }
    world.clock.RunUntil(world.clock.now() + kCall);
    found.stands.push_back({i, begun, world.clock.now()});
  }
  found.finished = true;
  return found;
}

using Starts =
    std::map<std::pair<std::string, std::string>, Nanoseconds>;  // job, due -> first start at a side

std::unique_ptr<SimWarehouse> Live(SimWorld& world, const Moved& moved, uint64_t seed, Starts& starts) {
  world.copier.bytes_per_second = kLineRate;
  world.copier.one_line = true;
  auto warehouse = std::make_unique<SimWarehouse>(world, moved.warehouse, seed);
  warehouse->on_start = [&](const simulator::SimRun& run) {
    if (!run.refused) starts.emplace(std::pair(run.job->name, run.due), world.clock.now());
  };
  return warehouse;
}

// Runs that would have begun while their unit stood still.
int DelayedRuns(const Moved& moved, const std::vector<Stand>& stands, const Starts& undisturbed) {
  std::map<std::string, size_t> unit_of;
  for (size_t i = 0; i < moved.migration.units.size(); ++i) {
    for (const JobSpec& job : moved.migration.units[i].jobs) unit_of[job.name] = i;
  }
  return static_cast<int>(std::ranges::count_if(undisturbed, [&](const auto& run) {
    return std::ranges::any_of(stands, [&](const Stand& stand) {
      return stand.unit == unit_of.at(run.first.first) && run.second >= stand.begun &&
             run.second < stand.ended;
    });
  }));
}

std::vector<double> SecondsByUnit(const std::vector<Stand>& stands, size_t units) {
  std::vector<double> seconds(units, 0);
  for (const Stand& stand : stands)
    seconds[stand.unit] += std::chrono::duration<double>(stand.ended - stand.begun).count();
  return seconds;
}

double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

// What one way of moving came to, over all seeds.
struct Tally {
  std::vector<double> seconds;  // by unit
  int delayed = 0;
  int finished = 0;
  StateSeconds states;
};

using Mover = Found (*)(const Moved&, SimWorld&);

Found MoveWithLateListing(const Moved& moved, SimWorld& world) {
  world.source.scheduler.counts_at_once = world.target.scheduler.counts_at_once = false;
  return MoveWithGodwit(moved, world);
}

// When each run starts if nobody moves anything.
Starts Undisturbed(const Moved& moved, uint64_t seed, Timestamp start, Nanoseconds until) {
  SimWorld world(start, "source", "target");
  Starts starts;
  const auto living = Live(world, moved, seed, starts);
  world.clock.RunUntil(until);
  return starts;
}

void Move(Mover mover, const Moved& moved, uint64_t seed, Tally& tally) {
  const Timestamp start = *ParseTimestamp("2026-11-22");
  SimWorld world(start, "source", "target");
  Starts starts;
  const auto living = Live(world, moved, seed, starts);
  Found found = mover(moved, world);
  const std::vector<double> seconds = SecondsByUnit(found.stands, moved.migration.units.size());
  tally.seconds.insert(tally.seconds.end(), seconds.begin(), seconds.end());
  tally.delayed += DelayedRuns(moved, found.stands, Undisturbed(moved, seed, start, world.clock.now()));
  tally.finished += found.finished ? 1 : 0;
  for (auto& [state, times] : found.states) {
    std::ranges::copy(times, std::back_inserter(tally.states[state]));
  }
}

nlohmann::json Summary(const Tally& tally, const Tally& peer) {
  nlohmann::json json = {{"p50_s", Quantile(tally.seconds, 0.5)},
                         {"p99_s", Quantile(tally.seconds, 0.99)},
                         {"longest_s", Quantile(tally.seconds, 1)},
                         {"sum_s", std::accumulate(tally.seconds.begin(), tally.seconds.end(), 0.0)},
                         {"delayed_runs", tally.delayed}};
  if (&tally == &peer) return json;
  for (const double share : {0.5, 0.99}) {
    json[fmt::format("p{}_times_shorter", std::lround(share * 100))] =
        Quantile(peer.seconds, share) / Quantile(tally.seconds, share);
  }
  for (const auto& [state, times] : tally.states) json["states_p50_s"][state] = Quantile(times, 0.5);
  return json;
}

}  // namespace

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 5, units = argc > 2 ? std::atoi(argv[2]) : 40;
  Tally ours, late, peers;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto number = static_cast<uint64_t>(seed);
    const Moved moved = WarehouseOf(number, units);
    Move(MoveWithGodwit, moved, number, ours);
    Move(MoveWithLateListing, moved, number, late);
    Move(MoveNaively, moved, number, peers);
  }
  const nlohmann::json all = {{"seeds", seeds},
                              {"units", seeds * units},
                              {"finished", std::min(ours.finished, late.finished)},
                              {"godwit", Summary(ours, peers)},
                              {"godwit_late_listing", Summary(late, peers)},
                              {"naive", Summary(peers, peers)}};
  fmt::print("{}\n", all.dump(1));
  const bool good = all["finished"] == seeds && ours.delayed == 0 && late.delayed == 0 &&
                    all["godwit"]["p50_times_shorter"] >= 50 && all["godwit"]["p99_times_shorter"] >= 10;
  return good ? 0 : 1;
}
