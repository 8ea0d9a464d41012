// simulator/sim_warehouse.h — a warehouse that lives: jobs run on both simulated sites as their schedulers
// say, and write rows that tell which run wrote them from which inputs.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "executor/adapters/sim/sim_site.h"

namespace godwit::simulator {

using executor::Side;
using executor::TableName;
using executor::sim::Nanoseconds;

struct SimTableSpec {
  TableName name;
  bool partitioned = true;  // by dt, one partition a day; else written anew each day
  int64_t bytes = 0;        // at the beginning, spread over the days of history
  int64_t bytes_per_day = 0;
};

struct SimJobSpec {
  std::string name;
  std::vector<TableName> reads;   // waits until each has the day
  std::vector<TableName> writes;  // none: an export
  Duration at{0};                 // after the end of the day
  Duration run{0};
  bool random = false;  // two runs of one day give different rows
};

struct SimWarehouseSpec {
  Duration day = std::chrono::hours(24);
  int history_days = 3;
  bool rows_tell_inputs = true;  // else a right run's rows are the same whatever it read
  std::vector<SimTableSpec> tables;
  std::vector<SimJobSpec> jobs;
};

// What happened at a site; for checks and statistics.
struct SimRun {
  Side side;
  const SimJobSpec* job;
  std::string due;
  bool refused = false;  // a barrier stood in its way, before or after it worked
};

class SimWarehouse {
 public:
  // Fills the source with history, deploys every job at both sites (paused at the target), and plans the runs
  // to come. Must outlive neither.
  SimWarehouse(executor::sim::SimWorld& world, SimWarehouseSpec spec, uint64_t seed);

  // The rows that a right run of this job for this day writes from these inputs.
  const SimWarehouseSpec& spec() const { return spec_; }
  // "2026-01-05": the day `number` after the first.
  std::string DayName(int number) const;

  // Rewrites a partition at a side as a job would that nobody planned. False if a barrier stopped it.
  bool RogueWrite(Side side, const TableName& table, const std::string& partition, bool honours_barrier);

  // Starts the job's next run now, whatever its time, as a person would or a queue that was full. False if it
  // cannot run, or somebody denies it.
  bool Trigger(Side side, const std::string& job);

  // Told when a run starts, and when it has written and ended. May be empty.
  std::function<void(const SimRun&)> on_start;
  std::function<void(const SimRun&)> on_end;
  // Told of each partition that a job wrote: its rows at that moment.
  std::function<void(Side, const TableName&, const std::string& partition, const std::string& rows)> on_write;

  // Told after godwit published something at a side. May be empty.
  std::function<void(Side, const executor::Publication&)> on_publish;

  // Makes a run last longer or shorter than planned. May be empty.
  std::function<Duration(const SimJobSpec&, const std::string& due)> run_time;
  // Whether a run fails instead of writing. May be empty.
  std::function<bool(const SimJobSpec&)> fails;

 private:
  using SimJob = executor::sim::SimJob;
  struct JobAt {
    SimJob* state = nullptr;   // the scheduler's
    bool considering = false;  // a look is planned
  };
  size_t PositionOf(const SimJobSpec& job) const { return static_cast<size_t>(&job - spec_.jobs.data()); }
  JobAt& At(Side side, const SimJobSpec& job) { return jobs_at_[static_cast<size_t>(side)][PositionOf(job)]; }
  void AddDatabases();
  void AddTable(const SimTableSpec& table);
  void AddJob(Side side, const SimJobSpec& job);
  std::optional<int> DayAfter(const std::string& name) const;
  std::optional<Timestamp> NextDue(const SimJobSpec& job, const SimJob& state) const;
  void ConsiderIn(Duration delay, Side side, const SimJobSpec& job);
  void Consider(Side side, const SimJobSpec& job);
  std::string NextDueName(const SimJob& state) const;
  void Start(Side side, const SimJobSpec& job, SimJob& state, const std::string& due);
  bool IsReady(Side side, const SimJobSpec& job, const std::string& due);
  void Finish(Side side, const SimJobSpec& job, const std::string& due);
  std::string RowsOf(Side side, const SimJobSpec& job, const TableName& table, const std::string& due);
  bool Write(Side side, const TableName& table, const std::string& partition, std::string rows,
             int64_t bytes);
  bool IsDenied(Side side, const SimJobSpec& job);
  const SimTableSpec& SpecOf(const TableName& table) const { return *tables_.at(table); }

  executor::sim::SimWorld& world_;
  const SimWarehouseSpec spec_;
  uint64_t seed_;
  Timestamp first_day_;
  std::unordered_map<TableName, const SimTableSpec*, executor::sim::NameHash> tables_;
  std::unordered_map<std::string, const SimJobSpec*> jobs_;
  std::unordered_map<TableName, std::vector<const SimJobSpec*>, executor::sim::NameHash> waiting_for_;
  std::array<std::vector<JobAt>, 2> jobs_at_;  // by side, then as in the specification
  uint64_t writes_ = 0;
};

}  // namespace godwit::simulator
