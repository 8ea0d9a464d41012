#include "tests/sim/faulty_world.h"

#include <optional>
#include <type_traits>

namespace godwit::sim {

using namespace executor;  // NOLINT: this file implements all of its ports

// --- Processes ---

void Process::Run(std::function<void()> body) {
  if (!alive()) return;
  // Fibers that ended make room.
  std::erase_if(fibers_, [](const std::shared_ptr<Fiber>& fiber) { return !fiber->alive(); });
  fibers_.insert(Fiber::Start(std::move(body)));
}

void Process::At(Nanoseconds time, std::function<void()> what) {
  clock_.At(time, [this, alive = alive_, what = std::move(what)]() mutable {
    if (!*alive) return;
    if (clock_.now() < stopped_until_) {
      At(stopped_until_, std::move(what));
      return;
    }
    what();
  });
}

void Process::SleepUntil(Nanoseconds time) {
  Fiber* self = Fiber::Current();
  At(time, [self] { self->Resume(); });
  self->Suspend();
}

void Process::Kill() {
  if (!*alive_) return;
  *alive_ = false;
  for (const std::shared_ptr<Fiber>& fiber : fibers_) fiber->Kill();
  fibers_.clear();
}

namespace {

constexpr Duration kTimeout = std::chrono::seconds(30);

// The wire between a process and a server.
struct Wire {
  SimWorld& sim;
  Process& process;
  Swarm& swarm;
  OnFault on_fault;

  bool Strikes(Fault fault, double rate) const {
    if (!swarm.Strikes(fault, rate)) return false;
    if (on_fault) on_fault(fault);
    return true;
  }

  Duration Delay() const {
    if (Strikes(Fault::kRequestLate, 0.03)) {
      return swarm.Between(std::chrono::seconds(1), std::chrono::minutes(swarm.Coin(0.3) ? 20 : 1));
    }
    return swarm.Between(std::chrono::milliseconds(1), std::chrono::milliseconds(40));
  }

  // Sends `effect`, which runs at the server when it arrives, whether or not anybody still waits for the
  // answer.
  template <typename T>
  Result<T> Call(bool mutates, std::function<Result<T>()> effect) const {
    SimClock& clock = sim.clock;
    auto answer = std::make_shared<std::optional<Result<T>>>();
    const Nanoseconds sent = clock.now();
    const Nanoseconds arrives = sent + Nanoseconds(Delay());
    const bool lost = Strikes(Fault::kRequestLost, 0.02);
    const bool refused = Strikes(Fault::kRefusedBefore, 0.02);
    if (!lost && !refused) {
      clock.At(arrives, [answer, effect] { *answer = effect(); });
    }
    if (mutates && !lost && Strikes(Fault::kRequestTwice, 0.05)) {
      clock.At(arrives + Nanoseconds(swarm.Between(std::chrono::milliseconds(1), std::chrono::minutes(15))),
               [effect] { (void)effect().ok(); });
    }
    const Nanoseconds replies = arrives + Nanoseconds(Delay());
    const bool no_reply = lost || Strikes(Fault::kReplyLost, 0.02) || replies > sent + Nanoseconds(kTimeout);
    process.SleepUntil(no_reply ? sent + Nanoseconds(kTimeout) : replies);
    if (no_reply) return Unavailable("no answer in time");
    if (refused) return Unavailable("503: busy");
    if (Strikes(Fault::kErrorAfter, 0.02)) return Unavailable("502: the answer was lost on its way");
    GODWIT_ASSERT(answer->has_value());
    return std::move(**answer);
  }

  template <typename F>
  auto Read(F effect) const {
    using R = decltype(effect());
    return Call<std::decay_t<decltype(*std::declval<R&>())>>(false, std::function<R()>(std::move(effect)));
  }
  template <typename F>
  Result<Effect> Change(F effect) const {
    return Call<Effect>(true, std::function<Result<Effect>()>(std::move(effect)));
  }
};

class WiredStorage : public Storage {
 public:
  WiredStorage(Storage& real, const Wire& wire) : real_(real), wire_(wire) {}
  Result<std::vector<FileStatus>> ListFiles(const std::string& location) override {
    return wire_.Read([this, location] { return real_.ListFiles(location); });
  }
  Result<std::string> FileDigest(const std::string& location, const std::string& path) override {
    return wire_.Read([this, location, path] { return real_.FileDigest(location, path); });
  }
  Result<SpaceStatus> Space(const std::string& location) override {
    return wire_.Read([this, location] { return real_.Space(location); });
  }
  Result<Effect> RemoveAttempt(const std::string& location) override {
    return wire_.Change([this, location] { return real_.RemoveAttempt(location); });
  }

 private:
  Storage& real_;
  const Wire& wire_;
};

class WiredCatalog : public Catalog {
 public:
  WiredCatalog(Catalog& real, const Wire& wire) : real_(real), wire_(wire) {}
  Result<std::string> Identity() override {
    return wire_.Read([this] { return real_.Identity(); });
  }
  Result<std::vector<TableName>> ListTables() override {
    return wire_.Read([this] { return real_.ListTables(); });
  }
  Result<std::optional<DatabaseMeta>> GetDatabase(const std::string& name) override {
    return wire_.Read([this, name] { return real_.GetDatabase(name); });
  }
  Result<std::optional<TableMeta>> GetTable(const TableName& table) override {
    return wire_.Read([this, table] { return real_.GetTable(table); });
  }
  Result<std::vector<PartitionMeta>> ListPartitions(const TableName& table, const std::string& after,
                                                    size_t limit) override {
    return wire_.Read([this, table, after, limit] { return real_.ListPartitions(table, after, limit); });
  }
  Result<std::optional<PartitionMeta>> GetPartition(const TableName& table,
                                                    const std::string& name) override {
    return wire_.Read([this, table, name] { return real_.GetPartition(table, name); });
  }
  Result<Effect> CreateDatabase(const DatabaseMeta& database) override {
    return wire_.Change([this, database] { return real_.CreateDatabase(database); });
  }
  Result<Effect> CreateTable(const TableMeta& table, const std::string& op) override {
    return wire_.Change([this, table, op] { return real_.CreateTable(table, op); });
  }
  Result<Effect> AlterTable(const TableMeta& table, const std::string& op, Token token) override {
    return wire_.Change([this, table, op, token] { return real_.AlterTable(table, op, token); });
  }
  Result<Effect> Publish(const Publication& publication) override {
    return wire_.Change([this, publication] { return real_.Publish(publication); });
  }
  Result<Effect> SetRoute(const TableName& table, const Route& route) override {
    return wire_.Change([this, table, route] { return real_.SetRoute(table, route); });
  }
  Result<Route> GetRoute(const TableName& table) override {
    return wire_.Read([this, table] { return real_.GetRoute(table); });
  }

 private:
  Catalog& real_;
  const Wire& wire_;
};

class WiredBarrier : public WriteBarrier {
 public:
  WiredBarrier(WriteBarrier& real, const Wire& wire) : real_(real), wire_(wire) {}
  Result<Effect> Set(const TableName& table, Party party, bool closed, Token token) override {
    return wire_.Change(
        [this, table, party, closed, token] { return real_.Set(table, party, closed, token); });
  }
  Result<BarrierStatus> Get(const TableName& table, Party party) override {
    return wire_.Read([this, table, party] { return real_.Get(table, party); });
  }

 private:
  WriteBarrier& real_;
  const Wire& wire_;
};

class WiredScheduler : public Scheduler {
 public:
  WiredScheduler(Scheduler& real, const Wire& wire) : real_(real), wire_(wire) {}
  Result<std::vector<std::string>> ListJobs() override {
    return wire_.Read([this] { return real_.ListJobs(); });
  }
  Result<JobStatus> GetJob(const std::string& job) override {
    return wire_.Read([this, job] { return real_.GetJob(job); });
  }
  Result<std::vector<executor::Run>> Runs(const std::string& job, const std::string& since) override {
    return wire_.Read([this, job, since] { return real_.Runs(job, since); });
  }
  Result<Effect> SetPaused(const std::string& job, bool paused, Token token) override {
    return wire_.Change([this, job, paused, token] { return real_.SetPaused(job, paused, token); });
  }
  Result<Effect> SetGuard(const std::string& job, bool closed, Token token) override {
    return wire_.Change([this, job, closed, token] { return real_.SetGuard(job, closed, token); });
  }
  Result<Effect> SetCursor(const std::string& job, const std::string& was, const std::string& cursor,
                           Token token) override {
    return wire_.Change([this, job, was, cursor, token] { return real_.SetCursor(job, was, cursor, token); });
  }

 private:
  Scheduler& real_;
  const Wire& wire_;
};

class WiredQueryEngine : public QueryEngine {
 public:
  WiredQueryEngine(QueryEngine& real, const Wire& wire) : real_(real), wire_(wire) {}
  Result<std::vector<RowsDigest>> Digest(const TableName& table,
                                         const std::vector<std::string>& partitions) override {
    return wire_.Read([this, table, partitions] { return real_.Digest(table, partitions); });
  }

 private:
  QueryEngine& real_;
  const Wire& wire_;
};

class WiredCopier : public Copier {
 public:
  WiredCopier(Copier& real, const Wire& wire) : real_(real), wire_(wire) {}
  Result<Effect> Submit(const CopyRequest& request) override {
    return wire_.Change([this, request] { return real_.Submit(request); });
  }
  Result<CopyStatus> Poll(const std::string& tag) override {
    return wire_.Read([this, tag] { return real_.Poll(tag); });
  }
  Result<Effect> Cancel(const std::string& tag) override {
    return wire_.Change([this, tag] { return real_.Cancel(tag); });
  }
  Result<std::vector<std::string>> Running(const std::string& prefix) override {
    return wire_.Read([this, prefix] { return real_.Running(prefix); });
  }

 private:
  Copier& real_;
  const Wire& wire_;
};

class WiredComparer : public RowComparer {
 public:
  WiredComparer(RowComparer& real, const Wire& wire) : real_(real), wire_(wire) {}
  Result<Difference> Compare(const TableName& table, const std::string& partition, size_t limit) override {
    return wire_.Read([this, table, partition, limit] { return real_.Compare(table, partition, limit); });
  }

 private:
  RowComparer& real_;
  const Wire& wire_;
};

struct WiredSite {
  WiredSite(Site real, const Wire& wire)
      : storage(real.storage, wire),
        catalog(real.catalog, wire),
        barrier(real.barrier, wire),
        scheduler(real.scheduler, wire),
        query_engine(real.query_engine, wire) {}
  WiredStorage storage;
  WiredCatalog catalog;
  WiredBarrier barrier;
  WiredScheduler scheduler;
  WiredQueryEngine query_engine;
  Site ports() { return {storage, catalog, barrier, scheduler, query_engine}; }
};

class WiredWorld : public FaultyWorld {
 public:
  WiredWorld(SimWorld& sim, Process& process, Swarm& swarm, OnFault on_fault)
      : wire_{sim, process, swarm, std::move(on_fault)},
        source_(sim.source.ports(), wire_),
        target_(sim.target.ports(), wire_),
        copier_(sim.copier, wire_),
        comparer_(sim.comparer, wire_),
        world_{source_.ports(), target_.ports(), copier_, comparer_, sim.notifier} {}
  World& world() override { return world_; }

 private:
  Wire wire_;
  WiredSite source_, target_;
  WiredCopier copier_;
  WiredComparer comparer_;
  World world_;
};

}  // namespace

std::unique_ptr<FaultyWorld> MakeFaultyWorld(SimWorld& world, Process& process, Swarm& swarm,
                                             OnFault on_fault) {
  return std::make_unique<WiredWorld>(world, process, swarm, std::move(on_fault));
}

}  // namespace godwit::sim
