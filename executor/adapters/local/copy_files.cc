#include "executor/adapters/local/copy_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/hash.h"
#include "executor/adapters/local/file_tree.h"
#include "executor/adapters/local/record_file.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

constexpr size_t kChunkBytes = 256 << 10;
constexpr auto kTellEvery = std::chrono::milliseconds(200);

struct Closing {
  int fd;
  ~Closing() {
    if (fd >= 0) close(fd);
  }
};

Error Changed(const std::string& path) {
  return Conflict(fmt::format("{}: the source file changed while it was copied: copy it again", path));
}

// As listed: same file, same size, same times, and nobody about to write to it.
Status CheckUnchanged(const CopyItem& item, const FileStatus& listed) {
  const std::string path = item.from + "/" + listed.path;
  const Result<FileStatus> now = StatDataFile(item.from, listed.path);
  if (!now.ok()) return now.error().code == ErrorCode::kConflict ? Changed(path) : now.error();
  if (now->open_for_write)
    return Conflict(fmt::format("{}: somebody has the source file open to write", path));
  return *now == listed ? Ok() : Changed(path);
}

Error WriteError(const std::string& path, int64_t bytes) {
  if (errno == ENOSPC || errno == EDQUOT) {
    return Unavailable(
        fmt::format("{}: no space left for its {} bytes: make room at this site", path, bytes));
  }
  return Unavailable(fmt::format("{}: {}", path, std::strerror(errno)));
}

Status WriteFully(int fd, const char* data, size_t size, const std::string& path) {
  while (size > 0) {
    const ssize_t count = write(fd, data, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return WriteError(path, static_cast<int64_t>(size));
    data += count;
    size -= static_cast<size_t>(count);
  }
  return Ok();
}

}  // namespace

Result<std::string> FileCopy::Copy(const CopyItem& item, const FileStatus& file) {
  GODWIT_TRY(CheckUnchanged(item, file));
  const std::string from_path = item.from + "/" + file.path;
  const std::string to_path = item.to + "/" + file.path;
  std::error_code error;
  fs::create_directories(fs::path(to_path).parent_path(), error);
  const Closing from{open(from_path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (from.fd < 0 && errno == ENOENT) return Changed(from_path);
  if (from.fd < 0) return Unavailable(fmt::format("{}: {}", from_path, std::strerror(errno)));
  const Closing to{open(to_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
  if (to.fd < 0 && errno == EEXIST) return Conflict(fmt::format("{}: something is there already", to_path));
  if (to.fd < 0) return WriteError(to_path, file.bytes);
  Result<std::string> digest = CopyBytes(from.fd, to.fd, to_path, file.bytes);
  const Status unchanged = digest.ok() ? CheckUnchanged(item, file) : Status(digest.error());
  if (unchanged.ok()) return digest;
  fs::remove(to_path, error);  // half a file is of no use, and the disk may be full
  return unchanged.error();
}

Result<std::string> FileCopy::CopyBytes(int from, int to, const std::string& to_path, int64_t bytes) {
  StreamHash hash;
  std::string buffer(kChunkBytes, '\0');
  int64_t copied = 0;
  for (;;) {
    const ssize_t count = read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unavailable(fmt::format("read for {}: {}", to_path, std::strerror(errno)));
    if (count == 0) break;
    hash.Add({buffer.data(), static_cast<size_t>(count)});
    GODWIT_TRY(WriteFully(to, buffer.data(), static_cast<size_t>(count), to_path));
    copied += count;
    if (copied > bytes) break;  // it grows: told by the caller's second look
    Advance(count);
  }
  if (fsync(to) != 0) return WriteError(to_path, bytes);
  return Hex64(hash.Finish());
}

// Counts, tells, and waits where the rate asks for it.
void FileCopy::Advance(int64_t bytes) {
  bytes_copied_ += bytes;
  if (Clock::now() - told_ >= kTellEvery) {
    told_ = Clock::now();
    progress_(bytes_copied_);
  }
  if (bytes_per_second_ <= 0) return;
  const std::chrono::duration<double> wanted(static_cast<double>(bytes_copied_) /
                                             static_cast<double>(bytes_per_second_));
  std::this_thread::sleep_until(started_ + std::chrono::duration_cast<Clock::duration>(wanted));
}

Status SyncTree(const std::string& root) {
  GODWIT_TRY(SyncFolder(root));
  std::error_code error;
  fs::recursive_directory_iterator entries(root, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    if (entries->is_directory(error)) GODWIT_TRY(SyncFolder(entries->path().string()));
  }
  if (error) return Unavailable(fmt::format("{}: {}", root, error.message()));
  return Ok();
}

}  // namespace godwit::executor::local
