// executor/adapters/distcp/supervised_process.h — a child process that outlives us and whose end we can learn
// of later, from another process too. A small supervisor of its own session waits for it and writes its exit
// code.
//
// In `folder`: pid (the supervisor's process id and start time), log (stdout and stderr), exit (the exit
// code, once over; 128 + signal if one ended it).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace godwit::executor {

// `argv[0]` is a path; `environment` is added to ours. Errors: kUnavailable if the system refuses. A program
// that is not there shows as exit code 127.
Status StartSupervised(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                       const std::string& folder);

struct SupervisedState {
  bool started = false;
  bool running = false;
  std::optional<int>
      exit_code;  // none while running, and where the supervisor was killed or the machine restarted
};

SupervisedState LookAtSupervised(const std::string& folder);

// Ends the process and everything it started in its group; returns when it is gone. Fine if it is gone
// already.
Status StopSupervised(const std::string& folder);

// The last part of the log.
std::string SupervisedLog(const std::string& folder, size_t bytes_max = 16 << 10);

}  // namespace godwit::executor
