#include "base/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

extern char** environ;

namespace godwit {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void Set(int fd) { Close(), fd_ = fd; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Status OpenPipe(Pipe& pipe) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Unavailable(fmt::format("pipe: {}", std::strerror(errno)));
  pipe.read.Set(ends[0]);
  pipe.write.Set(ends[1]);
  return Ok();
}

struct Pipes {
  Pipe in, out, err;
};

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> Spawn(const Command& command, const Pipes& pipes) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipes.in.read.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, pipes.out.write.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, pipes.err.write.get(), 2);
  if (!command.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  const std::vector<char*> argv = Pointers(command.argv);
  const std::vector<char*> environment = Pointers(command.environment);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(),
                                command.environment.empty() ? environ : environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == EAGAIN || error == ENOMEM) {
    return Unavailable(fmt::format("start {}: {}", command.argv[0], std::strerror(error)));
  }
  if (error != 0) return InvalidInput(fmt::format("start {}: {}", command.argv[0], std::strerror(error)));
  return pid;
}

// Feeds stdin and gathers stdout and stderr until both are closed and the process has ended. Only ever waits
// in poll().
class Conversation {
 public:
  Conversation(const Command& command, pid_t pid, Pipes& pipes, Finished& finished)
      : command_(command), pipes_(pipes), finished_(finished), started_(SteadyClock::now()) {
    process_.Set(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    fcntl(pipes_.in.write.get(), F_SETFL, O_NONBLOCK);
    if (command_.input.empty()) pipes_.in.write.Close();
  }

  Status Hold() {
    while (pipes_.out.read.open() || pipes_.err.read.open() || process_.open()) {
      std::array<pollfd, 4> waiting = {{{pipes_.in.write.get(), POLLOUT, 0},
                                        {pipes_.out.read.get(), POLLIN, 0},
                                        {pipes_.err.read.get(), POLLIN, 0},
                                        {process_.get(), POLLIN, 0}}};
      const int ready = poll(waiting.data(), waiting.size(), MillisecondsLeft());
      if (ready < 0 && errno != EINTR) return Unavailable(fmt::format("poll: {}", std::strerror(errno)));
      if (ready == 0 && MillisecondsLeft() == 0) {
        finished_.timed_out = true;
        return Ok();
      }
      if (ready <= 0) continue;
      if (waiting[0].revents != 0) Feed();
      if (waiting[1].revents != 0) Gather(pipes_.out.read, finished_.out);
      if (waiting[2].revents != 0) Gather(pipes_.err.read, finished_.err);
      if (waiting[3].revents != 0) process_.Close();
      if (std::max(finished_.out.size(), finished_.err.size()) > command_.output_max) {
        return Unavailable(fmt::format("{} wrote more than {} bytes", command_.argv[0], command_.output_max));
      }
    }
    return Ok();
  }

 private:
  int MillisecondsLeft() const {
    if (command_.time_limit.count() == 0) return -1;
    const auto spent = std::chrono::duration_cast<Duration>(SteadyClock::now() - started_);
    return static_cast<int>(std::clamp<int64_t>((command_.time_limit - spent).count(), 0, 1'000'000'000));
  }

  void Feed() {
    const ssize_t count =
        write(pipes_.in.write.get(), command_.input.data() + fed_, command_.input.size() - fed_);
    if (count > 0) fed_ += static_cast<size_t>(count);
    const bool refused = count < 0 && errno != EAGAIN && errno != EINTR;
    if (refused || fed_ == command_.input.size()) pipes_.in.write.Close();
  }

  static void Gather(Descriptor& from, std::string& into) {
    std::array<char, 65536> buffer;
    const ssize_t count = read(from.get(), buffer.data(), buffer.size());
    if (count > 0) into.append(buffer.data(), static_cast<size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) from.Close();
  }

  const Command& command_;
  Pipes& pipes_;
  Finished& finished_;
  Descriptor process_;
  SteadyClock::time_point started_;
  size_t fed_ = 0;
};

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// A child that closes its stdin early must not kill us with SIGPIPE.
class SigpipeBlocked {
 public:
  SigpipeBlocked() {
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeBlocked() {
    const timespec now{0, 0};
    if (!sigismember(&before_, SIGPIPE)) sigtimedwait(&sigpipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t sigpipe_;
  sigset_t before_;
};

}  // namespace

Result<Finished> RunCommand(const Command& command) {
  GODWIT_ASSERT(!command.argv.empty());
  const SigpipeBlocked blocked;
  Pipes pipes;
  for (Pipe* pipe : {&pipes.in, &pipes.out, &pipes.err}) GODWIT_TRY(OpenPipe(*pipe));
  GODWIT_TRY_ASSIGN(const pid_t pid, Spawn(command, pipes));
  pipes.in.read.Close();
  pipes.out.write.Close();
  pipes.err.write.Close();
  Finished finished;
  const Status held = Conversation(command, pid, pipes, finished).Hold();
  if (!held.ok() || finished.timed_out) kill(-pid, SIGKILL);
  finished.exit_code = WaitFor(pid);
  if (!held.ok()) return held.error();
  return finished;
}

std::vector<std::string> EnvironmentWith(const std::vector<std::string>& changes) {
  std::vector<std::string> environment = changes;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view entry = *each;
    const std::string_view name = entry.substr(0, std::min(entry.find('='), entry.size()) + 1);
    const bool replaced = std::any_of(changes.begin(), changes.end(),
                                      [&](const std::string& change) { return change.starts_with(name); });
    if (!replaced) environment.emplace_back(entry);
  }
  return environment;
}

}  // namespace godwit
