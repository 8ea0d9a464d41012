// state/lock_file.h — one orchestrator a state folder, on one host. (On a broken network file system two may
// start all the same; the journal's epoch then stops the first.)
#pragma once

#include <string>

#include "base/result.h"

namespace godwit::state {

// Held until destroyed, or until the process ends however it ends.
class LockFile {
 public:
  // `owner` is written into the file, so that the refusal can name it. Errors: kConflict if another process
  // holds it.
  static Result<LockFile> Acquire(const std::string& path, const std::string& owner);
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace godwit::state
