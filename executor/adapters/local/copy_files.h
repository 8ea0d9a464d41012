// executor/adapters/local/copy_files.h — copies files one after another, and notices when one changes under
// its hands.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "executor/ports/copier.h"
#include "executor/ports/storage.h"

namespace godwit::executor::local {

class FileCopy {
 public:
  // `progress` hears the bytes copied so far, a few times a second.
  explicit FileCopy(std::function<void(int64_t)> progress) : progress_(std::move(progress)) {}

  void SetRate(int64_t bytes_per_second) { bytes_per_second_ = bytes_per_second; }

  // Copies the file, which was listed as `file` at item.from, below item.to; synced; returns its digest, the
  // same as Storage::FileDigest. Errors: kConflict if the source is not, or does not stay, as listed, or
  // something is at the destination; kUnavailable, for example without space. Each names the path.
  Result<std::string> Copy(const CopyItem& item, const FileStatus& file);

  int64_t bytes_copied() const { return bytes_copied_; }

 private:
  Result<std::string> CopyBytes(int from, int to, const std::string& to_path, int64_t bytes);
  void Advance(int64_t bytes);

  using Clock = std::chrono::steady_clock;
  std::function<void(int64_t)> progress_;
  int64_t bytes_per_second_ = 0;
  int64_t bytes_copied_ = 0;
  Clock::time_point started_ = Clock::now();
  Clock::time_point told_{};
};

// Makes the names in every folder at and below `root` durable.
Status SyncTree(const std::string& root);

}  // namespace godwit::executor::local
