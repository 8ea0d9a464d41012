#include "executor/runtime.h"

#include <time.h>

#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/parallel.h"

namespace godwit::executor {
namespace {

struct Arrival {
  uint64_t id;
  Reply reply;
};

// Workers that carry requests out, and what came back.
class Pool {
 public:
  Pool(World& world, int workers) : world_(world) {
    threads_ = StartThreads(static_cast<size_t>(workers), [this](size_t) { Work(); });
  }
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      waiting_.clear();
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void Add(std::vector<Request> requests) {
    {
      const std::lock_guard lock(mutex_);
      for (Request& request : requests) waiting_.push_back(std::move(request));
    }
    work_.notify_all();
  }

  // What came back; waits for something, `at_most` long.
  std::vector<Arrival> Take(Duration at_most) {
    std::unique_lock lock(mutex_);
    arrived_or_not_.wait_for(lock, at_most, [this] { return !arrived_.empty(); });
    return std::exchange(arrived_, {});
  }

  // Requests that were not taken up yet are forgotten; those under way go on.
  void Drop() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
  }
  bool IsIdle() {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && busy_ == 0 && arrived_.empty();
  }

 private:
  void Work() {
    for (;;) {
      Request request;
      {
        std::unique_lock lock(mutex_);
        work_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
        if (closing_) return;
        request = std::move(waiting_.front());
        waiting_.pop_front();
        ++busy_;
      }
      Reply reply = CarryOut(request.work, world_);
      {
        const std::lock_guard lock(mutex_);
        arrived_.push_back({request.id, std::move(reply)});
        --busy_;
      }
      arrived_or_not_.notify_one();
    }
  }

  World& world_;
  std::mutex mutex_;
  std::condition_variable work_, arrived_or_not_;
  std::deque<Request> waiting_;
  std::vector<Arrival> arrived_;
  int busy_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

Status Deliver(Engine& engine, Pool& pool, Duration at_most, const Moment& now) {
  for (Arrival& arrival : pool.Take(at_most)) {
    GODWIT_TRY(engine.Complete(arrival.id, std::move(arrival.reply), now));
  }
  return Ok();
}

Duration UntilNextWake(const Engine& engine, const Moment& now, Duration at_most) {
  const std::optional<Nanoseconds> wake = engine.NextWake();
  if (!wake) return at_most;
  const auto delay = std::chrono::ceil<Duration>(std::max(*wake - now.since_boot, Nanoseconds(0)));
  return std::min(at_most, delay);
}

// Waits for what is under way, and writes it down.
Status DrainPool(Engine& engine, Pool& pool, Clock& clock) {
  pool.Drop();
  while (!pool.IsIdle()) GODWIT_TRY(Deliver(engine, pool, std::chrono::milliseconds(100), MomentOf(clock)));
  return engine.RecordArrivals(MomentOf(clock));
}

}  // namespace

Result<RunEnd> RunEngine(Engine& engine, World& world, Clock& clock, const RuntimeOptions& options) {
  Pool pool(world, options.workers);
  for (;;) {
    if (options.stop != nullptr && options.stop->load()) {
      GODWIT_TRY(DrainPool(engine, pool, clock));
      return RunEnd::kStopped;
    }
    const Moment now = MomentOf(clock);
    GODWIT_TRY_ASSIGN(std::vector<Request> requests, engine.Poll(now));
    pool.Add(std::move(requests));
    if (options.on_poll) options.on_poll(engine);
    if (pool.IsIdle() && engine.IsFinished()) return RunEnd::kFinished;
    if (pool.IsIdle() && !options.wait_for_people && engine.NeedsPerson() && !engine.HasSyncs()) {
      return RunEnd::kNeedsPerson;
    }
    GODWIT_TRY(Deliver(engine, pool, UntilNextWake(engine, now, options.command_poll), MomentOf(clock)));
  }
}

Timestamp SystemClock::Now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

std::chrono::nanoseconds SystemClock::SinceBoot() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string SystemClock::BootId() {
  static const std::string kId = [] {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id.empty() ? std::string("unknown") : id;
  }();
  return kId;
}

Moment MomentOf(Clock& clock) { return {clock.SinceBoot(), clock.BootId(), clock.Now()}; }

}  // namespace godwit::executor
