#include "base/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/descriptor.h"

namespace godwit {
namespace {

Error IoError(const std::string& path) { return Unavailable(path + ": " + std::strerror(errno)); }

Status WriteAll(const Descriptor& file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return IoError(path);
    text.remove_prefix(static_cast<size_t>(count));
  }
  return fsync(file.number()) == 0 ? Ok() : IoError(path);
}

Status SyncFolderOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const Descriptor file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.ok()) return IoError(folder);
  return fsync(file.number()) == 0 ? Ok() : IoError(folder);
}

// Whether the file ends in the middle of a line.
bool EndsTorn(const Descriptor& file) {
  const off_t size = lseek(file.number(), 0, SEEK_END);
  char last = '\n';
  return size > 0 && pread(file.number(), &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Status ReplaceFile(const std::string& path, std::string_view text) {
  const std::string fresh = fmt::format("{}.{}", path, getpid());
  {
    const Descriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.ok()) return IoError(fresh);
    GODWIT_TRY(WriteAll(file, fresh, text));
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return IoError(path);
  return SyncFolderOf(path);
}

Status AppendToFile(const std::string& path, std::string_view text) {
  const bool is_new = access(path.c_str(), F_OK) != 0;
  const Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file.ok()) return IoError(path);
  const std::string whole = (EndsTorn(file) ? "\n" : "") + std::string(text);
  GODWIT_TRY(WriteAll(file, path, whole));
  return is_new ? SyncFolderOf(path) : Ok();
}

Result<std::optional<std::string>> ReadFileIfThere(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok() && errno == ENOENT) return std::optional<std::string>();
  if (!file.ok()) return IoError(path);
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t count = read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return IoError(path);
    if (count == 0) return std::optional(std::move(text));
    text.append(buffer.data(), static_cast<size_t>(count));
  }
}

}  // namespace godwit
