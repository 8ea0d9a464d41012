// executor/adapters/local/start_process.h — starts a program and does not wait for it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace godwit::executor::local {

struct ProcessStart {
  std::vector<std::string> argv;         // argv[0] is a path, not looked up
  std::vector<std::string> environment;  // "NAME=value", the whole of it; empty: this process's own
  int input = -1;                        // its stdin; -1: empty
  std::string log;                       // stdout and stderr are added to this file; "": thrown away
};

// The leader of a session of its own, so that no signal of a terminal reaches it. Errors: kUnavailable.
Result<pid_t> StartProcess(const ProcessStart& start);

}  // namespace godwit::executor::local
