#include "executor/adapters/local/copy_worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "executor/adapters/local/copy_files.h"
#include "executor/adapters/local/copy_folder.h"
#include "executor/adapters/local/file_tree.h"
#include "executor/adapters/local/local_storage.h"
#include "executor/adapters/local/record_file.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

struct Listing {
  CopyItem item;
  std::vector<FileStatus> files;
};

Result<std::vector<Listing>> ListItems(const CopyRequest& request) {
  std::vector<Listing> listings;
  for (const CopyItem& item : request.items) {
    GODWIT_TRY_ASSIGN(std::vector<FileStatus> files, ListDataFiles(item.from));
    listings.push_back({item, std::move(files)});
  }
  return listings;
}

// Better told before than after half of it is there.
Status CheckSpace(const std::string& site_root, const std::vector<Listing>& listings) {
  int64_t bytes = 0;
  for (const Listing& listing : listings) {
    for (const FileStatus& file : listing.files) bytes += file.bytes;
  }
  GODWIT_TRY_ASSIGN(const std::shared_ptr<SiteDb> site, SiteDb::Open(site_root));
  GODWIT_TRY_ASSIGN(const SpaceStatus space, LocalStorage(site).Space(site_root + "/warehouse"));
  if (bytes <= space.bytes_free) return Ok();
  return Unavailable(fmt::format("{}: no space: {} bytes to copy, {} free: make room or raise the quota",
                                 site_root, bytes, space.bytes_free));
}

Status CopyListing(const Listing& listing, FileCopy& copy, std::vector<Record>& copied) {
  std::error_code error;
  fs::create_directories(listing.item.to, error);
  if (error) return Unavailable(fmt::format("{}: {}", listing.item.to, error.message()));
  for (const FileStatus& file : listing.files) {
    GODWIT_TRY_ASSIGN(const std::string digest, copy.Copy(listing.item, file));
    copied.push_back({listing.item.to, file.path, std::to_string(file.bytes), digest});
  }
  return SyncTree(listing.item.to);
}

Status CopyAll(const std::string& site_root, const CopyFolder& folder, FileCopy& copy) {
  GODWIT_TRY_ASSIGN(const std::optional<CopyRequest> request, folder.ReadRequest());
  if (!request) return InvalidInput(fmt::format("{}: there is no request to copy", folder.path()));
  GODWIT_TRY_ASSIGN(const std::vector<Listing> listings, ListItems(*request));
  GODWIT_TRY(CheckSpace(site_root, listings));
  copy.SetRate(request->bytes_per_second_max);
  std::vector<Record> copied;
  for (const Listing& listing : listings) GODWIT_TRY(CopyListing(listing, copy, copied));
  return WriteRecords(folder.files_path(), copied);
}

class Lock {
 public:
  ~Lock() {
    if (fd_ >= 0) close(fd_);
  }
  // False if another process has it.
  bool Take(const std::string& path) {
    fd_ = open(path.c_str(), O_RDWR | O_CLOEXEC);
    return fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) == 0;
  }

 private:
  int fd_ = -1;
};

// In a child that nobody waits for: its words go to the copy's log.
[[noreturn]] void WorkAsDaemon(const std::string& site_root, const std::string& tag, const CopyFolder& folder,
                               int told) {
  setsid();
  const int log = open((folder.path() + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(log, 1);
  dup2(log, 2);
  const Status status = WorkOnCopy(site_root, tag, [told] { close(told); });
  if (!status.ok()) dprintf(2, "%s\n", status.error().message.c_str());
  _exit(status.ok() ? 0 : 1);
}

}  // namespace

Status WorkOnCopy(const std::string& site_root, const std::string& tag,
                  const std::function<void()>& started) {
  GODWIT_TRY_ASSIGN(const CopyFolder folder, CopyFolder::At(site_root, tag));
  Lock lock;
  const bool mine = lock.Take(folder.lock_path()) && !folder.HadWorker();
  if (mine) GODWIT_TRY(folder.WriteWorker(ThisProcess()));
  // Asked after the worker is known: whoever cancels writes first and then looks for a worker to kill.
  const bool forbidden = folder.IsForbidden();
  started();
  if (!mine) return Ok();
  if (forbidden) return folder.WriteStatus({CopyState::kCancelled, 0, ""});
  FileCopy copy([&folder](int64_t bytes) { (void)folder.WriteStatus({CopyState::kRunning, bytes, ""}); });
  const Status copied = CopyAll(site_root, folder, copy);
  folder.FreeReserve();
  return folder.WriteStatus({copied.ok() ? CopyState::kSucceeded : CopyState::kFailed, copy.bytes_copied(),
                             copied.ok() ? "" : copied.error().message});
}

Status WorkOnCopyDetached(const std::string& site_root, const std::string& tag) {
  GODWIT_TRY_ASSIGN(const CopyFolder folder, CopyFolder::At(site_root, tag));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Unavailable(fmt::format("pipe: {}", std::strerror(errno)));
  const pid_t child = fork();
  if (child == 0) WorkAsDaemon(site_root, tag, folder, ends[1]);
  close(ends[1]);
  char byte = 0;
  // Ends when the worker closes its end, or dies.
  while (child > 0 && read(ends[0], &byte, 1) < 0 && errno == EINTR) {
  }
  close(ends[0]);
  if (child < 0) return Unavailable(fmt::format("fork: {}", std::strerror(errno)));
  return Ok();
}

}  // namespace godwit::executor::local
