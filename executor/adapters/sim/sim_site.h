// executor/adapters/sim/sim_site.h — a whole site in memory, behind the ports, on a virtual clock: files,
// metastore, barriers, scheduler, rows. Requests take effect at once; who wants them slow, lost or doubled
// puts that in front.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "executor/adapters/sim/sim_clock.h"
#include "executor/ports/site.h"

namespace godwit::executor::sim {

// Simulations are long and their tables many: what is looked up by name is hashed.
struct NameHash {
  size_t operator()(const TableName& table) const {
    return std::hash<std::string>()(table.name) * 31 + std::hash<std::string>()(table.db);
  }
  size_t operator()(const std::pair<TableName, Party>& barrier) const {
    return (*this)(barrier.first) * 2 + static_cast<size_t>(barrier.second);
  }
};

// --- Files ---

struct SimFile {
  std::string content;  // lines, each a row
  int64_t bytes = 0;
  int64_t modified_ms = 0;
  uint64_t identity = 0;
  bool open_for_write = false;
};

class SimStorage : public Storage {
 public:
  explicit SimStorage(const SimClock& clock) : clock_(clock) {}
  Result<std::vector<FileStatus>> ListFiles(const std::string& location) override;
  Result<std::string> FileDigest(const std::string& location, const std::string& path) override;
  Result<SpaceStatus> Space(const std::string& location) override;
  Result<Effect> RemoveAttempt(const std::string& location) override;

  // `bytes` < 0: as long as the content. Errors: kUnavailable — no space.
  Status Write(const std::string& location, const std::string& path, std::string content, int64_t bytes = -1);
  void Remove(const std::string& location, const std::string& path);
  void SetOpen(const std::string& location, const std::string& path, bool open);
  void SetModified(const std::string& location, const std::string& path, int64_t modified_ms);
  const std::map<std::string, SimFile>& Files(const std::string& location) const;

  int64_t bytes_total = int64_t{1} << 60;
  int64_t bytes_used = 0;

 private:
  const SimClock& clock_;
  std::unordered_map<std::string, std::map<std::string, SimFile>> files_;  // location -> path -> file
  uint64_t last_identity_ = 0;
};

// --- Metastore and barriers ---

class SimCatalog : public Catalog, public WriteBarrier {
 public:
  explicit SimCatalog(std::string identity) : identity_(std::move(identity)) {}

  Result<std::string> Identity() override { return identity_; }
  Result<std::vector<TableName>> ListTables() override;
  Result<std::optional<DatabaseMeta>> GetDatabase(const std::string& name) override;
  Result<std::optional<TableMeta>> GetTable(const TableName& table) override;
  Result<std::vector<PartitionMeta>> ListPartitions(const TableName& table, const std::string& after,
                                                    size_t limit) override;
  Result<std::optional<PartitionMeta>> GetPartition(const TableName& table, const std::string& name) override;
  Result<Effect> CreateDatabase(const DatabaseMeta& database) override;
  Result<Effect> CreateTable(const TableMeta& table, const std::string& op) override;
  Result<Effect> AlterTable(const TableMeta& table, const std::string& op, Token token) override;
  Result<Effect> Publish(const Publication& publication) override;
  Result<Effect> SetRoute(const TableName& table, const Route& route) override;
  Result<Route> GetRoute(const TableName& table) override;

  Result<Effect> Set(const TableName& table, Party party, bool closed, Token token) override;
  Result<BarrierStatus> Get(const TableName& table, Party party) override;

  // What its own writers do.
  bool IsClosed(const TableName& table, Party party) const;
  void Put(const TableMeta& table);
  void PutPartition(const TableName& table, const PartitionMeta& partition);
  void DropPartition(const TableName& table, const std::string& name);
  const TableMeta* Find(const TableName& table) const;
  // The location of a partition; nothing if it is not there.
  std::optional<std::string> LocationOf(const TableName& table, const std::string& partition) const;
  void SetParameter(const TableName& table, const std::string& key, const std::string& value);

  bool fences_writers = true;  // barriers refuse earlier tokens
  bool fences_copiers = true;  // publications are refused under an earlier seal
  // Told after each publication that changed something. May be empty.
  std::function<void(const Publication&)> on_publish;

 private:
  struct Table {
    TableMeta meta;
    std::map<std::string, PartitionMeta> partitions;  // of a plain table: the one named ""
  };
  bool PublishPartitions(Table& table, const Publication& publication);
  Status CheckSeal(const TableName& table, Token token) const;  // kConflict if a larger one shuts it out

  std::string identity_;
  std::map<std::string, DatabaseMeta> databases_;
  std::unordered_map<TableName, Table, NameHash> tables_;
  std::unordered_map<TableName, Route, NameHash> routes_;
  std::unordered_map<std::pair<TableName, Party>, BarrierStatus, NameHash> barriers_;
};

// --- Rows ---

class SimQueryEngine : public QueryEngine {
 public:
  SimQueryEngine(SimCatalog& catalog, SimStorage& storage) : catalog_(catalog), storage_(storage) {}
  Result<std::vector<RowsDigest>> Digest(const TableName& table,
                                         const std::vector<std::string>& partitions) override;
  // Rows and how often each occurs. Errors: kInvalidInput if there is no such partition.
  Result<std::map<std::string, int64_t>> Rows(const TableName& table, const std::string& partition) const;

 private:
  SimCatalog& catalog_;
  SimStorage& storage_;
};

class SimRowComparer : public RowComparer {
 public:
  SimRowComparer(SimCatalog& catalog, const SimQueryEngine& source, const SimQueryEngine& target)
      : catalog_(catalog), source_(source), target_(target) {}
  Result<Difference> Compare(const TableName& table, const std::string& partition, size_t limit) override;

 private:
  SimCatalog& catalog_;
  const SimQueryEngine& source_;
  const SimQueryEngine& target_;
};

// --- Scheduler ---

struct SimJob {
  std::string name;
  bool paused = false;
  Token token = 0;
  bool guard_closed = false;
  Token guard_token = 0;
  std::string cursor;
  int attempt = 0;
  std::optional<std::string> running;  // the due date of the run that goes on
  Timestamp running_since{};
  std::map<std::string, Run> runs;  // newest attempt of each due date
  // When the next run would start. Empty: nothing is scheduled.
  std::function<std::optional<Timestamp>(const SimJob&)> next_due;
  Duration typical_run{0};
};

class SimScheduler : public Scheduler {
 public:
  explicit SimScheduler(const SimClock& clock) : clock_(clock) {}
  Result<std::vector<std::string>> ListJobs() override;
  Result<JobStatus> GetJob(const std::string& job) override;
  Result<std::vector<Run>> Runs(const std::string& job, const std::string& since) override;
  Result<Effect> SetPaused(const std::string& job, bool paused, Token token) override;
  Result<Effect> SetGuard(const std::string& job, bool closed, Token token) override;
  Result<Effect> SetCursor(const std::string& job, const std::string& was, const std::string& cursor,
                           Token token) override;

  SimJob& Add(SimJob job);
  SimJob* Find(const std::string& job);
  void Begin(SimJob& job, const std::string& due);
  void End(SimJob& job, RunState state, const std::string& message = "");

  bool keeps_tokens = true;    // Airflow does not
  bool fences_guards = true;   // guards refuse earlier tokens
  bool counts_at_once = true;  // as JobStatus's; not true of one with a listing_lag
  // Told before a job that runs is paused. May be empty.
  std::function<void(const std::string& job)> on_pause;
  std::function<void()> on_late_listing;  // told when a run was left out. May be empty.
  Duration listing_lag{0};                // a run that began just now is not counted yet
  // Told when a job may have become ready to run. May be empty.
  std::function<void(const std::string& job)> on_change;

 private:
  const SimClock& clock_;
  std::unordered_map<std::string, SimJob> jobs_;
};

struct SimSite {
  SimSite(const SimClock& clock, std::string site_name)
      : name(std::move(site_name)),
        storage(clock),
        catalog("sim-" + name),
        query_engine(catalog, storage),
        scheduler(clock) {}

  std::string name;
  SimStorage storage;
  SimCatalog catalog;
  SimQueryEngine query_engine;
  SimScheduler scheduler;

  Site ports() { return {storage, catalog, catalog, scheduler, query_engine}; }
};

// --- Copies ---

class SimCopier : public Copier {
 public:
  SimCopier(SimClock& clock, SimSite& source, SimSite& target)
      : clock_(clock), source_(source), target_(target) {}
  Result<Effect> Submit(const CopyRequest& request) override;
  Result<CopyStatus> Poll(const std::string& tag) override;
  Result<Effect> Cancel(const std::string& tag) override;
  Result<std::vector<std::string>> Running(const std::string& prefix) override;

  int64_t bytes_per_second = int64_t{100} << 20;  // of one copy, or of the line
  bool one_line = false;                          // files of all copies wait for each other
  int64_t bytes_copied = 0;                       // of all copies together
  // Asked before each file: true lets the copy die there. May be empty.
  std::function<bool(const std::string& tag)> dies;
  // Asked after each file: true leaves the file short, and the copy goes on as if it were whole. May be
  // empty.
  std::function<bool(const std::string& tag)> tears;
  // When a file of so many bytes is through that is begun at `begin`; overrules bytes_per_second. May be
  // empty.
  std::function<Nanoseconds(Nanoseconds begin, int64_t bytes)> arrives;
  // Told of each file that was copied whole, and since when that took. May be empty.
  std::function<void(const std::string& tag, Nanoseconds begun, int64_t bytes)> on_copied;
  // Told when a copy has come to its end, good or bad. May be empty.
  std::function<void(const std::string& tag)> on_end;

 private:
  struct Copy {
    CopyRequest request;
    CopyStatus status;
    size_t item = 0;
    std::vector<std::pair<std::string, SimFile>> files;  // of the item, as listed when it began
    size_t file = 0;
    Nanoseconds begun{0};  // of the file
  };
  Nanoseconds ArrivalOf(Nanoseconds begin, int64_t bytes, const CopyRequest& request) const;
  void End(const std::string& tag, CopyState state, const std::string& message);
  void NextFile(const std::string& tag);
  void FinishFile(const std::string& tag);
  SimSite& From(const Copy& copy) {
    return copy.request.direction == Direction::kToTarget ? source_ : target_;
  }
  SimSite& To(const Copy& copy) { return copy.request.direction == Direction::kToTarget ? target_ : source_; }

  SimClock& clock_;
  SimSite& source_;
  SimSite& target_;
  std::map<std::string, Copy> copies_;
  Nanoseconds line_free_at_{0};
};

class SimNotifier : public Notifier {
 public:
  Result<Effect> Send(const Notice& notice) override {
    return notices.emplace(notice.id, notice).second ? Effect::kDone : Effect::kAlready;
  }
  std::map<std::string, Notice> notices;
};

// Two sites, the copier between them, and the ports to all of it.
class SimWorld {
 public:
  SimWorld(Timestamp start, const std::string& source_name, const std::string& target_name);
  World& world() { return world_; }
  SimSite& At(Side side) { return side == Side::kSource ? source : target; }

  SimClock clock;
  SimSite source, target;
  SimCopier copier;
  SimRowComparer comparer;
  SimNotifier notifier;

 private:
  World world_;
};

}  // namespace godwit::executor::sim
