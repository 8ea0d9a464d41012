#include "executor/adapters/local/local_storage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/hash.h"
#include "executor/adapters/local/file_tree.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadBytes = 1 << 20;

// `location` itself or the nearest folder above it that is there.
fs::path ExistingFolder(const fs::path& location) {
  std::error_code error;
  fs::path folder = location;
  while (folder.has_relative_path() && !fs::exists(folder, error)) folder = folder.parent_path();
  return folder;
}

// Strictly below a folder named kAttemptFolder, spelled out plainly.
bool IsAttempt(const fs::path& location) {
  const auto marker = std::find(location.begin(), location.end(), kAttemptFolder);
  return location.is_absolute() && location.lexically_normal() == location && location.has_filename() &&
         marker != location.end() && std::next(marker) != location.end();
}

Result<bool> CatalogPointsInto(Database& db, const std::string& folder) {
  GODWIT_TRY_ASSIGN(
      const std::vector<Row> rows,
      db.Query("SELECT 1 FROM tables WHERE location = ?1 OR substr(location, 1, length(?1) + 1) = ?1 || '/' "
               "UNION ALL SELECT 1 FROM partitions WHERE location = ?1 OR "
               "substr(location, 1, length(?1) + 1) = ?1 || '/' LIMIT 1",
               {folder}));
  return !rows.empty();
}

}  // namespace

Result<std::vector<FileStatus>> LocalStorage::ListFiles(const std::string& location) {
  return ListDataFiles(location);
}

Result<std::string> LocalStorage::FileDigest(const std::string& location, const std::string& path) {
  GODWIT_TRY(CheckRelative(path));
  const std::string full_path = (fs::path(location) / path).string();
  const int fd = open(full_path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return Conflict(fmt::format("{}: the file is gone", full_path));
  if (fd < 0) return Unavailable(fmt::format("{}: {}", full_path, std::strerror(errno)));
  StreamHash hash;
  std::string buffer(kReadBytes, '\0');
  ssize_t count = 0;
  while ((count = read(fd, buffer.data(), buffer.size())) > 0)
    hash.Add({buffer.data(), static_cast<size_t>(count)});
  const int error = errno;
  close(fd);
  if (count < 0) return Unavailable(fmt::format("{}: {}", full_path, std::strerror(error)));
  return Hex64(hash.Finish());
}

Result<SpaceStatus> LocalStorage::Space(const std::string& location) {
  const std::string folder = ExistingFolder(location).string();
  struct statvfs stat {};
  if (statvfs(folder.c_str(), &stat) != 0)
    return Unavailable(fmt::format("{}: {}", folder, std::strerror(errno)));
  SpaceStatus space;
  space.bytes_free = static_cast<int64_t>(stat.f_bavail * stat.f_frsize);
  space.bytes_total = static_cast<int64_t>(stat.f_blocks * stat.f_frsize);
  GODWIT_TRY_ASSIGN(const std::string quota_text, site_->Setting("quota_bytes"));
  int64_t quota = 0;
  std::from_chars(quota_text.data(), quota_text.data() + quota_text.size(), quota);
  if (quota_text.empty()) return space;
  GODWIT_TRY_ASSIGN(const int64_t used, BytesBelow(site_->root() + "/warehouse"));
  space.bytes_free = std::clamp<int64_t>(quota - used, 0, space.bytes_free);
  space.bytes_total = std::min(space.bytes_total, quota);
  return space;
}

Result<Effect> LocalStorage::RemoveAttempt(const std::string& location) {
  if (!IsAttempt(location)) {
    return InvalidInput(
        fmt::format("{}: not a folder below {}: godwit removes no other", location, kAttemptFolder));
  }
  // With the write lock, so that no publication can point there meanwhile.
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const bool used, CatalogPointsInto(db, location));
    if (used) return Conflict(fmt::format("{}: the catalog points there: it is live data", location));
    std::error_code error;
    const uintmax_t removed = fs::remove_all(location, error);
    if (error) return Unavailable(fmt::format("{}: {}", location, error.message()));
    return removed > 0 ? Effect::kDone : Effect::kAlready;
  });
}

}  // namespace godwit::executor::local
