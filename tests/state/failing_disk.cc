#include "tests/state/failing_disk.h"

#include <sqlite3.h>

#include <cstring>
#include <string>

namespace godwit::state {
namespace {

struct Plan {
  DiskFault fault = DiskFault::kFull;
  int64_t at = 0;  // 0: the disk is sound
  bool for_ever = false;
  int64_t met = 0;
  bool failed = false;
};
Plan plan;

// Whether this operation fails.
bool Strikes(bool is_sync) {
  if (plan.at == 0 || is_sync != (plan.fault == DiskFault::kSyncFails)) return false;
  ++plan.met;
  const bool strikes = plan.for_ever ? plan.met >= plan.at : plan.met == plan.at;
  plan.failed = plan.failed || strikes;
  return strikes;
}

// SQLite's file, with the real one behind it.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
};
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs vfs;
sqlite3_io_methods methods;

sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

int Close(sqlite3_file* file) { return Real(file)->pMethods->xClose(Real(file)); }
int Read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  return Real(file)->pMethods->xRead(Real(file), into, size, at);
}
int Write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (!Strikes(false)) return Real(file)->pMethods->xWrite(Real(file), from, size, at);
  if (plan.fault == DiskFault::kInputError) return SQLITE_IOERR_WRITE;
  if (plan.fault == DiskFault::kShortWrite)
    (void)Real(file)->pMethods->xWrite(Real(file), from, size / 2, at);
  return SQLITE_FULL;
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (plan.fault == DiskFault::kInputError && Strikes(false)) return SQLITE_IOERR_TRUNCATE;
  return Real(file)->pMethods->xTruncate(Real(file), size);
}
int Sync(sqlite3_file* file, int flags) {
  if (Strikes(true)) return SQLITE_IOERR_FSYNC;
  return Real(file)->pMethods->xSync(Real(file), flags);
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) { return Real(file)->pMethods->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) { return Real(file)->pMethods->xUnlock(Real(file), level); }
int CheckReservedLock(sqlite3_file* file, int* result) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), result);
}
int FileControl(sqlite3_file* file, int op, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), op, argument);
}
int SectorSize(sqlite3_file* file) { return Real(file)->pMethods->xSectorSize(Real(file)); }
int Characteristics(sqlite3_file* file) { return Real(file)->pMethods->xDeviceCharacteristics(Real(file)); }
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** at) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, at);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) { return Real(file)->pMethods->xShmUnmap(Real(file), remove); }

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* ours = reinterpret_cast<File*>(file);
  ours->base.pMethods = nullptr;
  ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
  const int code = real_vfs->xOpen(real_vfs, name, ours->real, flags, out_flags);
  if (ours->real->pMethods != nullptr) ours->base.pMethods = &methods;
  return code;
}

}  // namespace

const char* DiskFaultName(DiskFault fault) {
  switch (fault) {
    case DiskFault::kFull: return "no_space";
    case DiskFault::kInputError: return "input_error";
    case DiskFault::kShortWrite: return "short_write";
    case DiskFault::kSyncFails: return "sync_fails";
  }
  return "";
}

void InstallFailingDisk() {
  if (real_vfs != nullptr) return;
  real_vfs = sqlite3_vfs_find(nullptr);
  methods = {2,
             Close,
             Read,
             Write,
             Truncate,
             Sync,
             FileSize,
             Lock,
             Unlock,
             CheckReservedLock,
             FileControl,
             SectorSize,
             Characteristics,
             ShmMap,
             ShmLock,
             ShmBarrier,
             ShmUnmap,
             nullptr,
             nullptr};
  vfs = *real_vfs;
  vfs.zName = "failing";
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  vfs.xOpen = Open;
  sqlite3_vfs_register(&vfs, 1);
}

void FailAt(DiskFault fault, int64_t k, bool for_ever) { plan = {fault, k, for_ever, 0, false}; }
bool HasFailed() { return plan.failed; }
void Mend() { plan = {}; }

}  // namespace godwit::state
