#include "executor/adapters/local/process_identity.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace godwit::executor::local {
namespace {

struct ProcessStat {
  char state = 'X';
  int64_t start = -1;
};

// Fields 3 and 22 of /proc/PID/stat; the name before them may hold anything but a last ')'.
ProcessStat ReadStat(int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line, '\0');
  const size_t name_end = line.rfind(')');
  ProcessStat stat;
  if (name_end == std::string::npos) return stat;
  std::istringstream fields(line.substr(name_end + 1));
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.start;
  return stat;
}

}  // namespace

ProcessIdentity ThisProcess() { return {getpid(), ReadStat(getpid()).start}; }

std::string ThisBoot() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return boot;
}

bool IsAlive(const ProcessIdentity& process) {
  if (process.pid <= 0) return false;
  const ProcessStat stat = ReadStat(process.pid);
  return stat.start == process.start && stat.state != 'Z' && stat.state != 'X';
}

Status KillProcess(const ProcessIdentity& process, Duration limit) {
  if (process.pid <= 0) return Ok();
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
  if (fd < 0 && errno == ESRCH) return Ok();
  if (fd < 0) return Unavailable(fmt::format("process {}: {}", process.pid, std::strerror(errno)));
  // The descriptor holds on to one process: whoever it is now is whom the signal reaches.
  Status killed = Ok();
  if (IsAlive(process)) {
    (void)syscall(SYS_pidfd_send_signal, fd, SIGKILL, nullptr, 0);
    pollfd ended{fd, POLLIN, 0};
    if (poll(&ended, 1, static_cast<int>(limit.count())) <= 0) {
      killed = Unavailable(
          fmt::format("process {} is still there {} after SIGKILL", process.pid, FormatDuration(limit)));
    }
  }
  close(fd);
  return killed;
}

}  // namespace godwit::executor::local
