// base/child_process.h — runs another program: argv as given, never a shell.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace godwit {

struct Command {
  std::vector<std::string> argv;         // argv[0] is a path, not looked up
  std::vector<std::string> environment;  // "NAME=value", the whole of it; empty: this process's own
  std::string folder;                    // where it runs; empty: here
  std::string input;                     // its stdin
  Duration time_limit{0};                // then its process group is killed; 0: none
  size_t output_max = 64u << 20;         // bytes of stdout or stderr; more and it is killed
};

struct Finished {
  int exit_code = 0;  // 128 + signal if one killed it
  bool timed_out = false;
  std::string out;
  std::string err;
};

// Starts the command and waits for its end. Any exit code is a result. Errors: kInvalidInput if the program
// cannot be started, kUnavailable if the system refuses (no process, no memory) or it writes more than
// `output_max`. Threads: any. The child's descriptors are 0, 1 and 2, as long as everybody opens with
// O_CLOEXEC.
Result<Finished> RunCommand(const Command& command);

// What this process would hand to a child, with `changes` ("NAME=value") put in.
std::vector<std::string> EnvironmentWith(const std::vector<std::string>& changes);

}  // namespace godwit
