#include "executor/adapters/local/run_job.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "executor/adapters/local/job_table.h"
#include "executor/adapters/local/local_barrier.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

constexpr std::streamoff kLastWordsBytes = 400;
constexpr char kDueMark[] = "${due}";
constexpr char kDeniedMark[] = "denied: ";  // written by the engine's note_denied

struct TakenRun {
  int64_t id = 0;
  LocalJob job;
  std::string due;
  int64_t attempt = 0;
};

// None if it is not ours to take.
Result<std::optional<TakenRun>> TakeUp(SiteDb& site, int64_t id) {
  return site.Write([&](Database& db) -> Result<std::optional<TakenRun>> {
    const ProcessIdentity self = ThisProcess();
    GODWIT_TRY(db.Run("UPDATE runs SET pid = ?, pid_start = ? WHERE id = ? AND state = 'running' AND pid = 0",
                      {self.pid, self.start, id}));
    if (db.changes() == 0) return std::optional<TakenRun>();
    GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                      db.Query("SELECT job, due, attempt FROM runs WHERE id = ?", {id}));
    TakenRun run;
    run.id = id;
    run.due = rows.at(0).Text(1);
    run.attempt = rows.at(0).Int(2);
    GODWIT_TRY_ASSIGN(run.job, ReadJob(db, rows.at(0).Text(0)));
    return std::optional<TakenRun>(std::move(run));
  });
}

std::vector<std::string> Words(const TakenRun& run) {
  std::vector<std::string> words = run.job.command;
  for (std::string& word : words) {
    for (size_t at = 0; (at = word.find(kDueMark, at)) != std::string::npos; at += run.due.size()) {
      word.replace(at, sizeof(kDueMark) - 1, run.due);
    }
  }
  return words;
}

Status SetEnvironment(SiteDb& site, const TakenRun& run) {
  GODWIT_TRY_ASSIGN(const std::string engine, site.Setting("engine"));
  GODWIT_TRY_ASSIGN(const std::string python, site.Setting("python"));
  const char* path = std::getenv("PATH");
  setenv("PATH", fmt::format("{}/bin:{}", engine, path == nullptr ? "/usr/bin:/bin" : path).c_str(), 1);
  setenv("GODWIT_PYTHON", python.c_str(), 1);
  setenv("GODWIT_SITE", site.root().c_str(), 1);
  setenv("GODWIT_RUN", std::to_string(run.id).c_str(), 1);
  setenv("GODWIT_DUE", run.due.c_str(), 1);
  return Ok();
}

[[noreturn]] void BecomeCommand(const std::vector<std::string>& words, const std::string& folder, int log) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a job does not outlive the process that tells of its outcome
  dup2(log, 1);
  dup2(log, 2);
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  if (chdir(folder.c_str()) == 0) execvp(argv[0], argv.data());
  dprintf(2, "%s: %s\n", argv[0], std::strerror(errno));
  _exit(127);
}

// Exit code; 128 + signal if one killed it. What the command left running in its process group is killed.
Result<int> RunCommandInSite(const std::string& root, const TakenRun& run, const std::string& log_path) {
  std::error_code error;
  fs::create_directories(fs::path(log_path).parent_path(), error);
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) return Unavailable(fmt::format("{}: {}", log_path, std::strerror(errno)));
  const std::vector<std::string> words = Words(run);
  const pid_t child = fork();
  if (child == 0) BecomeCommand(words, root + "/jobs", log);
  close(log);
  if (child < 0) return Unavailable(fmt::format("fork: {}", std::strerror(errno)));
  siginfo_t ended{};
  while (waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  kill(-child, SIGKILL);  // before the child is reaped: until then nobody else can have its pid
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// The log's last line that is not empty.
std::string LastWords(const std::string& log_path) {
  std::ifstream log(log_path, std::ios::ate | std::ios::binary);
  log.seekg(-std::min<std::streamoff>(log.tellg(), kLastWordsBytes), std::ios::end);
  std::string last;
  for (std::string line; std::getline(log, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

Status MoveOn(Database& db, const TakenRun& run) {
  GODWIT_TRY(db.Run("UPDATE jobs SET cursor = ?2 WHERE name = ?1 AND cursor < ?2", {run.job.name, run.due}));
  return db.Run(
      "UPDATE tables SET parameters = json_set(parameters, '$.watermark', ?2) WHERE (db, name) IN "
      "(SELECT db, tbl FROM run_outputs WHERE run = ?1) "
      "AND coalesce(json_extract(parameters, '$.watermark'), '') < ?2",
      {run.id, run.due});
}

struct Outcome {
  int exit_code = 0;
  std::string message;
};

// The guard: it stands where a pause is forgotten, and before jobs that write where no table's barrier
// stands.
Result<bool> IsFenced(const std::shared_ptr<SiteDb>& site, const std::string& job) {
  GODWIT_TRY_ASSIGN(const BarrierStatus fence, LocalBarrier(site).Get(GuardOf(job), Party::kWriters));
  return fence.closed;
}

// A writer that was turned away has noted it with the run: scripts do not all pass exit codes on.
Result<Outcome> WithDenial(Database& db, const TakenRun& run, Outcome outcome) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows, db.Query("SELECT message FROM runs WHERE id = ?", {run.id}));
  if (!rows.empty() && rows[0].Text(0).starts_with(kDeniedMark))
    return Outcome{kDeniedExitCode, rows[0].Text(0)};
  return outcome;
}

Status WriteOutcome(SiteDb& site, const TakenRun& run, const Outcome& ended) {
  return site.Write([&](Database& db) -> Status {
    GODWIT_TRY_ASSIGN(const Outcome outcome, WithDenial(db, run, ended));
    const int code = outcome.exit_code;
    const char* state = code == 0 ? "succeeded" : code == kDeniedExitCode ? "denied" : "failed";
    GODWIT_TRY(
        db.Run("UPDATE runs SET state = ?, ended_ms = ?, message = ? WHERE id = ? AND state = 'running'",
               {std::string(state), RealNow().time_since_epoch().count(), outcome.message, run.id}));
    // Given up meanwhile: then another attempt may be on its way, and this one counts for nothing.
    if (db.changes() == 0 || code != 0) return Ok();
    return MoveOn(db, run);
  });
}

}  // namespace

Status RunJob(const std::shared_ptr<SiteDb>& opened, int64_t id) {
  SiteDb& site = *opened;
  GODWIT_TRY_ASSIGN(const std::optional<TakenRun> run, TakeUp(site, id));
  if (!run) return Ok();
  GODWIT_TRY_ASSIGN(const bool fenced, IsFenced(opened, run->job.name));
  if (fenced) return WriteOutcome(site, *run, {kDeniedExitCode, "denied: the job is fenced off"});
  GODWIT_TRY(SetEnvironment(site, *run));
  const std::string log_path =
      fmt::format("{}/logs/{}/{}.{}.log", site.root(), run->job.name, run->due, run->attempt);
  const Result<int> exit_code = RunCommandInSite(site.root(), *run, log_path);
  if (!exit_code.ok()) return WriteOutcome(site, *run, {127, exit_code.error().message});
  const std::string message =
      *exit_code == 0 ? "" : fmt::format("exit code {}: {}", *exit_code, LastWords(log_path));
  return WriteOutcome(site, *run, {*exit_code, message});
}

}  // namespace godwit::executor::local
