#include "executor/adapters/distcp/supervised_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

namespace godwit::executor {

namespace {

constexpr auto kTermPatience = std::chrono::seconds(10);
constexpr auto kKillPatience = std::chrono::seconds(10);
constexpr int kNotStarted = 127;

// What the supervisor needs, made before the fork: after it, in a program with threads, only system calls are
// safe.
struct Prepared {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::string log, pid, exit, exit_new;
};

std::optional<long long> StartTime(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const size_t after_name = text.rfind(')');
  if (after_name == text.npos || text.compare(after_name, 3, ") Z") == 0) return std::nullopt;
  size_t at = after_name + 1;
  for (int field = 3; field <= 22; ++field) at = text.find(' ', at) + (field < 22 ? 1 : 0);
  return std::atoll(text.c_str() + at);
}

struct Recorded {
  pid_t pid;
  long long start_time;
};

std::optional<Recorded> ReadPid(const std::string& folder) {
  std::ifstream in(folder + "/pid");
  Recorded recorded{};
  if (!(in >> recorded.pid >> recorded.start_time)) return std::nullopt;
  return recorded;
}

bool Alive(const Recorded& recorded) { return StartTime(recorded.pid) == recorded.start_time; }

void WriteNumber(int file, int number) {
  char text[16];
  char* at = text + sizeof text;
  *--at = '\n';
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  (void)!write(file, at, static_cast<size_t>(text + sizeof text - at));
}

[[noreturn]] void RunProgram(const Prepared& prepared) {
  syscall(SYS_close_range, 3u, ~0u, static_cast<unsigned>(CLOSE_RANGE_CLOEXEC));
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  execve(prepared.argv[0], prepared.argv.data(), prepared.environment.data());
  constexpr char kText[] = "the program cannot be started\n";
  (void)!write(2, kText, sizeof kText - 1);
  _exit(kNotStarted);
}

// The supervisor: only system calls from here on.
[[noreturn]] void Supervise(const Prepared& prepared) {
  setsid();
  signal(SIGTERM, SIG_IGN);  // it stays to tell how its child ended
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  const int log = open(prepared.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int nothing = open("/dev/null", O_RDONLY);
  if (log < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
    _exit(kNotStarted);
  const pid_t child = fork();
  if (child == 0) RunProgram(prepared);
  // Locks and sockets of ours must not live on here.
  syscall(SYS_close_range, 3u, ~0u, 0u);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = child < 0 ? kNotStarted : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const int file = open(prepared.exit_new.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  WriteNumber(file, code);
  fsync(file);
  rename(prepared.exit_new.c_str(), prepared.exit.c_str());
  _exit(0);
}

std::vector<std::string> Environment(const std::vector<std::string>& changes) {
  std::vector<std::string> all = changes;
  for (char** one = environ; *one; ++one) {
    const std::string name = std::string(*one).substr(0, std::string(*one).find('=') + 1);
    const bool changed = std::any_of(changes.begin(), changes.end(),
                                     [&](const std::string& change) { return change.starts_with(name); });
    if (!changed) all.emplace_back(*one);
  }
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool WaitGone(const Recorded& recorded, std::chrono::seconds patience) {
  for (auto waited = std::chrono::milliseconds(0); waited < patience;
       waited += std::chrono::milliseconds(50)) {
    if (!Alive(recorded)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    waitpid(recorded.pid, nullptr, WNOHANG);  // ours, if this process started it
  }
  return !Alive(recorded);
}

}  // namespace

Status StartSupervised(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                       const std::string& folder) {
  std::vector<std::string> arguments = argv;
  std::vector<std::string> variables = Environment(environment);
  const Prepared prepared{Pointers(arguments), Pointers(variables), folder + "/log",
                          folder + "/pid",     folder + "/exit",    folder + "/exit.new"};
  // The start of a supervisor is a fork of this program; its log and locks are closed there at once.
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0)
    return Unavailable(fmt::format("start {}: {}", argv.front(), std::strerror(errno)));
  const pid_t pid = fork();
  if (pid < 0) return Unavailable(fmt::format("start {}: {}", argv.front(), std::strerror(errno)));
  if (pid == 0) Supervise(prepared);
  // All other ends are closed once the program runs and its supervisor waits.
  close(ready[1]);
  char nothing;
  while (read(ready[0], &nothing, 1) < 0 && errno == EINTR) {
  }
  close(ready[0]);
  const std::string file = folder + "/pid.new";
  std::ofstream out(file);
  out << pid << ' ' << StartTime(pid).value_or(0) << '\n';
  out.close();
  if (!out || rename(file.c_str(), prepared.pid.c_str()) != 0) {
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    return Unavailable(fmt::format("write {}: {}", file, std::strerror(errno)));
  }
  return Ok();
}

SupervisedState LookAtSupervised(const std::string& folder) {
  SupervisedState state;
  const auto recorded = ReadPid(folder);
  state.started = recorded.has_value();
  if (!recorded) return state;
  waitpid(recorded->pid, nullptr, WNOHANG);  // ours, if this process started it
  state.running = Alive(*recorded);
  std::ifstream in(folder + "/exit");
  if (int code = 0; in >> code) {
    state.exit_code = code;
    state.running = false;
  }
  return state;
}

Status StopSupervised(const std::string& folder) {
  const auto recorded = ReadPid(folder);
  if (!recorded || !Alive(*recorded)) return Ok();
  kill(-recorded->pid, SIGTERM);
  if (WaitGone(*recorded, kTermPatience)) return Ok();
  kill(-recorded->pid, SIGKILL);
  if (WaitGone(*recorded, kKillPatience)) return Ok();
  return Unavailable(fmt::format("process {} does not end", recorded->pid));
}

std::string SupervisedLog(const std::string& folder, size_t bytes_max) {
  std::ifstream in(folder + "/log", std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::streamoff>(in.tellg());
  if (size <= 0) return "";
  in.seekg(std::max<std::streamoff>(0, size - static_cast<std::streamoff>(bytes_max)));
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace godwit::executor
