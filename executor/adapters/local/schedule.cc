#include "executor/adapters/local/schedule.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <set>
#include <thread>

#include "base/child_process.h"
#include "executor/adapters/local/start_process.h"
#include "executor/ports/storage.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

constexpr int kLookEveryMilliseconds = 100;
constexpr int kEngineRestartsMax = 3;
constexpr std::chrono::milliseconds kEngineWait(10);
constexpr int kEngineWaitsMax = 1000;

Status MakeLogFolder(const std::string& root) {
  std::error_code error;
  fs::create_directories(root + "/logs", error);
  if (error) return Unavailable(fmt::format("{}/logs: {}", root, error.message()));
  return Ok();
}

// Held for the life of the process; the kernel gives it back, however the process ends.
Status TakeSchedulerLock(const std::string& root) {
  const std::string path = root + "/" + kAttemptFolder + "/scheduler.lock";
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return Unavailable(fmt::format("{}: {}", path, std::strerror(errno)));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return Ok();
  close(fd);
  return Conflict(fmt::format("{}: the site has a scheduler already", root));
}

// Rows that an earlier scheduler made and did not live to start a process for.
Status FailUnstartedRuns(SiteDb& site) {
  return site.Write([](Database& db) -> Status {
    return db.Run(
        "UPDATE runs SET state = 'failed', message = 'never started' WHERE state = 'running' AND pid = 0");
  });
}

// Signals as something to wait for.
class Signals {
 public:
  Signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&wanted, signal);
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    fd_ = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~Signals() { close(fd_); }
  // Waits for a signal, or a while. Returns how often we were asked to stop.
  int Wait() {
    pollfd waiting{fd_, POLLIN, 0};
    (void)poll(&waiting, 1, kLookEveryMilliseconds);
    int stops = 0;
    signalfd_siginfo info;
    while (read(fd_, &info, sizeof info) == sizeof info) stops += info.ssi_signo == SIGCHLD ? 0 : 1;
    return stops;
  }

 private:
  int fd_ = -1;
};

// The preloaded engine: a child that ends when our end of its stdin does, however we end.
class EngineServer {
 public:
  ~EngineServer() { Stop(); }

  Status Start(SiteDb& site) {
    GODWIT_TRY_ASSIGN(const std::string engine, site.Setting("engine"));
    GODWIT_TRY_ASSIGN(const std::string python, site.Setting("python"));
    if (engine.empty() || python.empty()) return Ok();
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Unavailable(fmt::format("pipe: {}", std::strerror(errno)));
    ProcessStart start;
    const std::string socket = site.root() + "/" + kAttemptFolder + "/engine.sock";
    std::error_code error;
    fs::remove(socket, error);  // of one that was killed
    start.argv = {python, engine + "/server.py", site.root()};
    start.environment = EnvironmentWith({"GODWIT_SITE=" + site.root()});
    start.input = ends[0];
    start.log = site.root() + "/logs/engine.log";
    const Result<pid_t> pid = StartProcess(start);
    close(ends[0]);
    hold_ = ends[1];
    if (!pid.ok()) return pid.error();
    pid_ = *pid;
    AwaitSocket(socket);
    return Ok();
  }

  void Stop() {
    if (hold_ >= 0) close(hold_);
    hold_ = -1;
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  bool is(pid_t pid) const { return pid == pid_; }

  // It ended by itself. Jobs do without it, only slower: so not for ever.
  void Restart(SiteDb& site) {
    pid_ = 0;
    Stop();
    if (++restarts_ <= kEngineRestartsMax) (void)Start(site);
  }

 private:
  // Runs that start before it listens would each load an engine of their own.
  void AwaitSocket(const std::string& socket) {
    std::error_code error;
    for (int i = 0; i < kEngineWaitsMax && !fs::exists(socket, error); ++i) {
      if (waitpid(pid_, nullptr, WNOHANG) == pid_) return (void)(pid_ = 0);
      std::this_thread::sleep_for(kEngineWait);
    }
  }

  int hold_ = -1;
  pid_t pid_ = 0;
  int restarts_ = 0;
};

class Schedule {
 public:
  Schedule(std::shared_ptr<SiteDb> site, const ScheduleOptions& options)
      : site_(std::move(site)), options_(options) {}

  Status Run() {
    Signals signals;
    GODWIT_TRY(engine_.Start(*site_));
    GODWIT_TRY_ASSIGN(newest_seen_, site_->Read([](Database& db) { return NewestRun(db); }));
    for (int stops = 0; stops < 2;) {
      GODWIT_TRY(Look());
      GODWIT_TRY_ASSIGN(const bool started, stops == 0 ? StartRuns() : Result<bool>(false));
      if (!started && going_on_.empty() && (stops > 0 || idle_)) return Ok();
      stops += signals.Wait();
      ReapChildren();
    }
    return Ok();
  }

 private:
  // Tells of the runs that began or ended since the last look, and notes which go on.
  Status Look() {
    GODWIT_TRY(site_->Write([](Database& db) { return FailDeadRuns(db); }));
    const int64_t after = going_on_.empty() ? newest_seen_ : std::min(newest_seen_, *going_on_.begin() - 1);
    GODWIT_TRY_ASSIGN(const std::vector<LocalRun> runs,
                      site_->Read([&](Database& db) { return ReadRunsAfter(db, first_look_ ? 0 : after); }));
    std::set<int64_t> going_on;
    for (const LocalRun& run : runs) {
      const bool running = run.state == "running";
      const bool known = going_on_.contains(run.id);
      if (running) going_on.insert(run.id);
      const bool news = run.id > newest_seen_ ? true : known != running;
      if (news && options_.told) options_.told(run);
      newest_seen_ = std::max(newest_seen_, run.id);
    }
    going_on_ = std::move(going_on);
    first_look_ = false;
    return Ok();
  }

  // True if there is a run that its process will take up.
  Result<bool> StartRuns() {
    GODWIT_TRY_ASSIGN(const std::vector<JobReadiness> jobs,
                      site_->Read([](Database& db) { return ReadReadiness(db); }));
    const auto is_ready = [](const JobReadiness& job) {
      return job.readiness.kind == Readiness::Kind::kReady;
    };
    const auto comes_back = [](const JobReadiness& job) {
      return job.readiness.kind == Readiness::Kind::kRetryLater;
    };
    idle_ = options_.until_idle && std::none_of(jobs.begin(), jobs.end(), comes_back);
    if (std::none_of(jobs.begin(), jobs.end(), is_ready)) return false;
    GODWIT_TRY_ASSIGN(const std::vector<int64_t> runs,
                      site_->Write([&](Database& db) { return MakeRuns(db); }));
    for (const int64_t run : runs) {
      ProcessStart start;
      start.argv = {options_.program, "local", "run", site_->root(), std::to_string(run)};
      start.log = site_->root() + "/logs/runs.log";
      GODWIT_TRY(StartProcess(start));
    }
    return true;
  }

  // In one transaction with the look at pause, cursor and watermarks, so that a pause that came first holds.
  Result<std::vector<int64_t>> MakeRuns(Database& db) {
    GODWIT_TRY_ASSIGN(const std::vector<JobReadiness> jobs, ReadReadiness(db));
    std::vector<int64_t> made;
    for (const auto& [job, readiness] : jobs) {
      if (static_cast<int>(going_on_.size() + made.size()) >= options_.parallel_max) break;
      if (readiness.kind != Readiness::Kind::kReady) continue;
      GODWIT_TRY_ASSIGN(const int64_t run, AddRun(db, job.name, readiness.due));
      made.push_back(run);
    }
    return made;
  }

  void ReapChildren() {
    for (pid_t pid = 0; (pid = waitpid(-1, nullptr, WNOHANG)) > 0;) {
      if (engine_.is(pid)) engine_.Restart(*site_);
    }
  }

  std::shared_ptr<SiteDb> site_;
  const ScheduleOptions& options_;
  EngineServer engine_;
  std::set<int64_t> going_on_;
  int64_t newest_seen_ = 0;
  bool first_look_ = true;  // then runs of an earlier scheduler may still go on
  bool idle_ = false;
};

}  // namespace

Status RunSchedule(const std::shared_ptr<SiteDb>& site, const ScheduleOptions& options) {
  GODWIT_TRY(TakeSchedulerLock(site->root()));
  GODWIT_TRY(MakeLogFolder(site->root()));
  GODWIT_TRY(FailUnstartedRuns(*site));
  return Schedule(site, options).Run();
}

}  // namespace godwit::executor::local
