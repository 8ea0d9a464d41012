#include "simulator/simulated_run.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/hash.h"
#include "simulator/line.h"
#include "simulator/manifest_cache.h"
#include "simulator/sim_driver.h"
#include "state/journal.h"

namespace godwit::simulator {
namespace {

using executor::EngineEvent;
using executor::Nanoseconds;
using executor::UnitRow;
using executor::UnitState;

constexpr Nanoseconds kHour = std::chrono::hours(1);
// How often the engine looks although it is told of every change: while it awaits something, and at what
// should stay as it is. The latter nothing but the engine itself can change here, and looking finds nothing
// ever.
constexpr Duration kLookAgain = std::chrono::minutes(10);
constexpr Duration kNever = std::chrono::hours(24 * 365 * 10);
constexpr Duration kDay = std::chrono::hours(24);

// Log-normal around 1, and the same for the same subject and seed, whatever was asked before: a job's run
// lasts as long in the simulation of another plan, so that what differs between the two is due to the plans.
double Noise(const std::string& subject, uint64_t seed, double sigma) {
  const auto share = [&](uint64_t which) {
    return (static_cast<double>(Hash64(subject, 2 * seed + which) >> 11) + 0.5) * 0x1p-53;
  };
  const double pi = std::acos(-1.0);
  const double normal = std::sqrt(-2 * std::log(share(0))) * std::cos(2 * pi * share(1));
  return std::exp(sigma * normal);
}

Duration Since0(Nanoseconds moment) { return std::chrono::duration_cast<Duration>(moment); }

// Spreads a file's bytes over the hours in which it was carried.
void Carry(std::vector<LinkHour>& link, Nanoseconds from, Nanoseconds until, double bytes,
           double LinkHour::*kind) {
  const auto last = static_cast<size_t>(until / kHour);
  if (link.size() <= last) link.resize(last + 1);
  const double all = std::max(1.0, static_cast<double>((until - from).count()));
  for (auto hour = static_cast<size_t>(from / kHour); hour <= last; ++hour) {
    const Nanoseconds begin = std::max(from, kHour * static_cast<int64_t>(hour));
    const Nanoseconds end = std::min(until, kHour * static_cast<int64_t>(hour + 1));
    link[hour].*kind += bytes * static_cast<double>((end - begin).count()) / all;
  }
}

// A run under way: the simulated world, the engine, and what is written down of both.
class Run {
 public:
  Run(const SimulatedPlan& simulated, const SimulationOptions& options, uint64_t seed)
      : simulated_(simulated),
        options_(options),
        seed_(seed),
        world_(simulated.start, simulated.migration.source_name, simulated.migration.target_name),
        manifests_(world_),
        warehouse_(world_, simulated.warehouse, seed),
        journal_(state::MakeMemoryJournal({.records_are_kept = false})) {}

  Result<RunResult> Go() {
    GODWIT_TRY_ASSIGN(const Line line, Line::Make(simulated_.plan.request.bandwidth, simulated_.start,
                                                  Noise("link", seed_, options_.rate_noise)));
    world_.copier.one_line = true;
    world_.copier.arrives = [&line](Nanoseconds begin, int64_t bytes) { return line.Arrival(begin, bytes); };
    warehouse_.run_time = [this](const SimJobSpec& job, const std::string& due) {
      const double noise = Noise(job.name + "\n" + due, seed_, options_.run_time_noise);
      const double lasts = static_cast<double>(job.run.count()) * noise;
      return Duration(static_cast<int64_t>(lasts));
    };
    KnowUnits();
    KeepManifests();
    DriverOptions driver;
    driver.read_manifest = [this](Side side, const TableName& table) { return manifests_.Read(side, table); };
    driver.tell = [this](const EngineEvent& event) { Note(event); };
    GODWIT_TRY_ASSIGN(driver_, SimDriver::Start(Quiet(), *journal_, world_, driver));
    PassChangesOn();
    const Nanoseconds planned = simulated_.plan.totals.duration;
    GODWIT_TRY_ASSIGN(const DriverEnd end, driver_->Run(planned + options_.give_up_after));
    return ResultOf(end);
  }

 private:
  // The migration for an engine that is told of changes.
  executor::Migration Quiet() const {
    executor::Migration quiet = simulated_.migration;
    executor::Policy& policy = quiet.policy;
    policy.look_again = std::max(policy.look_again, kLookAgain);
    policy.sync_every = kNever;
    // Nobody tells that a probation is over.
    policy.linger_every = policy.complete_by_itself ? std::max(policy.linger_every, kDay) : kNever;
    return quiet;
  }

  void KnowUnits() {
    const auto& units = simulated_.migration.units;
    units_.resize(units.size());
    for (size_t i = 0; i < units.size(); ++i) {
      unit_by_id_[units[i].id] = i;
      for (const TableName& table : units[i].tables) unit_by_table_[table] = i;
      for (const executor::JobSpec& job : units[i].jobs) unit_by_job_[job.name] = i;
    }
  }

  void KeepManifests() {
    warehouse_.on_write = [this](Side side, const TableName& table, const std::string& partition,
                                 const std::string&) { manifests_.Touch(side, table, partition); };
    warehouse_.on_publish = [this](Side side, const executor::Publication& publication) {
      for (const executor::PartitionMeta& partition : publication.partitions)
        manifests_.Touch(side, publication.table, partition.name);
      for (const std::string& name : publication.dropped) manifests_.Touch(side, publication.table, name);
    };
  }

  void PassChangesOn() {
    warehouse_.on_start = [this](const SimRun& run) { DoubtJob(run); };
    warehouse_.on_end = [this](const SimRun& run) {
      DoubtJob(run);
      for (const TableName& table : run.job->writes) DoubtTable(run.side, table);
    };
    world_.copier.on_end = [this](const std::string& tag) {
      const size_t unit = UnitOfTag(tag);
      const Nanoseconds every = simulated_.migration.policy.look_again;
      driver_->DoubtAtNext(every, unit, executor::LookAtCopy{tag});
      driver_->DoubtAtNext(every, unit,
                           executor::LookForCopies{"godwit:" + simulated_.migration.units[unit].id + ":"});
    };
    world_.copier.on_copied = [this](const std::string& tag, Nanoseconds begun, int64_t bytes) {
      const bool bulk = driver_->engine().RowOf(UnitOfTag(tag)).state == UnitState::kBulkCopy;
      Carry(link_, begun, world_.clock.now(), static_cast<double>(bytes),
            bulk ? &LinkHour::copied : &LinkHour::synced);
    };
  }

  // Of a unit that has arrived only runs by themselves are left, unless its end waits for them.
  void DoubtJob(const SimRun& run) {
    const auto unit = unit_by_job_.find(run.job->name);
    if (unit == unit_by_job_.end()) return;
    const executor::Policy& policy = simulated_.migration.policy;
    const UnitState state = driver_->engine().RowOf(unit->second).state;
    if (state < UnitState::kBulkCopy || (state >= UnitState::kProbation && !policy.complete_by_itself))
      return;
    driver_->DoubtAtNext(policy.look_again, unit->second, executor::LookAtJob{run.side, run.job->name});
  }

  void DoubtTable(Side side, const TableName& table) {
    const auto unit = unit_by_table_.find(table);
    if (unit == unit_by_table_.end()) return;
    const Nanoseconds every = simulated_.migration.policy.sync_every;
    driver_->DoubtAtNext(every, unit->second, executor::LookAtManifest{side, table});
  }

  // "godwit:<unit>:<generation>:<operation>"
  size_t UnitOfTag(const std::string& tag) const {
    const size_t begin = tag.find(':') + 1;
    return unit_by_id_.at(tag.substr(begin, tag.find(':', begin) - begin));
  }

  void Note(const EngineEvent& event) {
    if (event.kind != "transition") return;
    const size_t i = unit_by_id_.at(event.unit);
    const UnitState state = driver_->engine().RowOf(i).state;
    if (state == UnitState::kBulkCopy) units_[i].copy_begin = Since0(world_.clock.now());
    if (state == UnitState::kDualRun && units_[i].copy_end == Duration(0))
      units_[i].copy_end = Since0(world_.clock.now());
  }

  RunResult ResultOf(DriverEnd end) {
    RunResult result;
    for (size_t i = 0; i < units_.size(); ++i) {
      const UnitRow& row = driver_->engine().RowOf(i);
      units_[i].switched = executor::IsCommitted(row.state);
      units_[i].freezes = static_cast<int>(row.freezes.size());
      for (const executor::Freeze& freeze : row.freezes) {
        units_[i].freeze += Duration(freeze.milliseconds);
        units_[i].cutover = Since0(Nanoseconds(freeze.begun_ns));
        result.duration = std::max(result.duration, units_[i].cutover + Duration(freeze.milliseconds));
      }
    }
    result.copied_bytes = world_.copier.bytes_copied;
    result.finished = end == DriverEnd::kFinished && std::ranges::all_of(units_, &UnitResult::switched);
    result.units = std::move(units_);
    result.link = std::move(link_);
    return result;
  }

  const SimulatedPlan& simulated_;
  const SimulationOptions& options_;
  const uint64_t seed_;
  executor::sim::SimWorld world_;
  ManifestCache manifests_;
  SimWarehouse warehouse_;
  std::unique_ptr<state::Journal> journal_;
  std::unique_ptr<SimDriver> driver_;
  std::unordered_map<std::string, size_t> unit_by_id_, unit_by_job_;
  std::unordered_map<TableName, size_t, executor::sim::NameHash> unit_by_table_;
  std::vector<UnitResult> units_;
  std::vector<LinkHour> link_;
};

}  // namespace

Result<RunResult> RunOnce(const SimulatedPlan& simulated, const SimulationOptions& options, uint64_t seed) {
  return Run(simulated, options, seed).Go();
}

}  // namespace godwit::simulator
