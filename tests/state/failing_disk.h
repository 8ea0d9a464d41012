// tests/state/failing_disk.h — SQLite's files on a disk that fails at the k-th write, sync or truncation.
#pragma once

#include <cstdint>

namespace godwit::state {

enum class DiskFault : uint8_t {
  kFull,        // nothing was written: no space
  kInputError,  // nothing was written: EIO
  kShortWrite,  // half was written, then no space
  kSyncFails,   // written, but the sync fails
};
inline constexpr int kDiskFaults = 4;
const char* DiskFaultName(DiskFault fault);

// Everything that SQLite opens from now on in this process lies on that disk. Call once.
void InstallFailingDisk();
// The k-th operation from now on (from 1) that the fault can strike fails: once, or it and all that follow.
void FailAt(DiskFault fault, int64_t k, bool for_ever);
// True if the fault has struck since.
bool HasFailed();
void Mend();

}  // namespace godwit::state
