#include "executor/adapters/local/file_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

bool IsGone(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

// The kernel grants a read lease only while nobody has the file open for writing. It is given back at once;
// the signal that a writer could cause in between is one that does nothing. False where the file is not ours
// to lease.
bool IsOpenForWrite(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return false;
  (void)fcntl(fd, F_SETSIG, SIGURG);
  const bool busy = fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
  close(fd);
  return busy;
}

FileStatus StatusOf(const std::string& full_path, const struct stat& stat, std::string path) {
  FileStatus status;
  status.path = std::move(path);
  status.bytes = stat.st_size;
  status.modified_ms = static_cast<int64_t>(stat.st_mtim.tv_sec) * 1000 + stat.st_mtim.tv_nsec / 1'000'000;
  status.identity = fmt::format("{}.{}.{:09}", stat.st_ino, stat.st_ctim.tv_sec, stat.st_ctim.tv_nsec);
  status.open_for_write = IsOpenForWrite(full_path);
  return status;
}

struct Folder {
  fs::path path;
  size_t depth;
};

// Adds what `entry` is: a file's status, or a folder to look into.
Status AddEntry(const fs::directory_entry& entry, const std::string& location, size_t depth,
                std::vector<FileStatus>& files, std::vector<Folder>& folders) {
  struct stat stat {};
  const std::string path = entry.path().string();
  if (lstat(path.c_str(), &stat) != 0) {
    if (errno == ENOENT) return Ok();
    return Unavailable(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  if (S_ISDIR(stat.st_mode)) {
    if (depth >= kTreeDepthMax)
      return Unsupported(fmt::format("{}: more than {} folders deep", path, kTreeDepthMax));
    folders.push_back({entry.path(), depth + 1});
    return Ok();
  }
  if (!S_ISREG(stat.st_mode)) return Unsupported(fmt::format("{}: neither file nor folder", path));
  files.push_back(StatusOf(path, stat, path.substr(location.size() + 1)));
  return Ok();
}

std::string WithoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<std::vector<FileStatus>> ListDataFiles(const std::string& location) {
  const std::string root = WithoutTrailingSlash(location);
  std::vector<FileStatus> files;
  std::vector<Folder> folders = {{root, 0}};
  while (!folders.empty()) {
    const Folder folder = folders.back();
    folders.pop_back();
    std::error_code error;
    fs::directory_iterator entries(folder.path, error);
    if (IsGone(error)) continue;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      if (IsHiddenName(entries->path().filename().string())) continue;
      GODWIT_TRY(AddEntry(*entries, root, folder.depth, files, folders));
    }
    if (error && !IsGone(error))
      return Unavailable(fmt::format("{}: {}", folder.path.string(), error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<FileStatus> StatDataFile(const std::string& location, const std::string& path) {
  const std::string full_path = WithoutTrailingSlash(location) + "/" + path;
  struct stat stat {};
  if (lstat(full_path.c_str(), &stat) == 0) return StatusOf(full_path, stat, path);
  if (errno == ENOENT || errno == ENOTDIR) return Conflict(fmt::format("{}: the file is gone", full_path));
  return Unavailable(fmt::format("{}: {}", full_path, std::strerror(errno)));
}

Result<int64_t> BytesBelow(const std::string& folder) {
  int64_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    std::error_code gone;
    const uintmax_t size = entries->is_regular_file(gone) ? entries->file_size(gone) : 0;
    if (!gone) bytes += static_cast<int64_t>(size);
  }
  if (error && !IsGone(error)) return Unavailable(fmt::format("{}: {}", folder, error.message()));
  return bytes;
}

Status CheckRelative(const std::string& path) {
  const fs::path parts(path);
  const bool climbs = std::find(parts.begin(), parts.end(), "..") != parts.end();
  if (path.empty() || parts.is_absolute() || climbs) {
    return InvalidInput(fmt::format("'{}' is not a path below a location", path));
  }
  return Ok();
}

}  // namespace godwit::executor::local
