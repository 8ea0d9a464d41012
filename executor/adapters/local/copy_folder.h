// executor/adapters/local/copy_folder.h — what godwit and the process that copies tell each other about one
// copy: a folder at the receiving site, found by the copy's tag (docs/local_site.md, A copy).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/adapters/local/process_identity.h"
#include "executor/ports/copier.h"

namespace godwit::executor::local {

inline bool IsOver(CopyState state) { return state != CopyState::kAbsent && state != CopyState::kRunning; }

class CopyFolder {
 public:
  // Errors: kInvalidInput for a tag that cannot name a folder.
  static Result<CopyFolder> At(const std::string& site_root, const std::string& tag);

  const std::string& path() const { return path_; }
  std::string lock_path() const { return path_ + "/lock"; }
  std::string files_path() const { return path_ + "/files"; }

  // Makes the folder, the lock file in it, and a reserve of space for the last words of a copy that filled
  // the disk.
  Status Make() const;
  void FreeReserve() const;

  Status WriteRequest(const CopyRequest& request) const;
  Result<std::optional<CopyRequest>> ReadRequest() const;

  // Once this is there no worker begins; one that works already has to be killed.
  Status ForbidStart() const;
  bool IsForbidden() const;

  Status WriteWorker(const ProcessIdentity& worker) const;
  // None if nobody ever began, or if that was before the machine's last boot.
  Result<std::optional<ProcessIdentity>> ReadWorker() const;
  bool HadWorker() const;

  Status WriteStatus(const CopyStatus& status) const;
  // As last written; kAbsent if never.
  Result<CopyStatus> ReadStatus() const;

  // Whether a process holds the lock: the worker does for as long as it lives.
  Result<bool> IsLocked() const;

  // Seen from outside: what the files say, and who lives. kFailed if the worker died.
  Result<CopyStatus> Look() const;

 private:
  explicit CopyFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Tags of all copies to a site, sorted.
Result<std::vector<std::string>> CopyTags(const std::string& site_root);

}  // namespace godwit::executor::local
