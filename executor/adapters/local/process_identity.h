// executor/adapters/local/process_identity.h — names a process so that a reused pid is not taken for it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/time.h"

namespace godwit::executor::local {

struct ProcessIdentity {
  int64_t pid = 0;
  int64_t start = 0;  // clock ticks since boot
};

ProcessIdentity ThisProcess();
std::string ThisBoot();  // the kernel's boot id

// Of this boot: there is such a process and it has not ended; a zombie has.
bool IsAlive(const ProcessIdentity& process);

// Kills it (SIGKILL) if it is alive and waits for its end. Errors: kUnavailable if it is still there after
// `limit`.
Status KillProcess(const ProcessIdentity& process, Duration limit);

}  // namespace godwit::executor::local
