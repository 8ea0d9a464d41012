#include "cli/space_guard.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "base/bytes.h"

namespace godwit::cli {
namespace {

std::optional<int64_t> FreeBytes(const std::string& folder) {
  struct statvfs space {};
  if (statvfs(folder.c_str(), &space) != 0) return std::nullopt;
  return static_cast<int64_t>(space.f_bavail) * static_cast<int64_t>(space.f_frsize);
}

}  // namespace

Status SpaceGuard::LayBallast() const {
  if (ballast_ == 0) return Ok();
  struct stat there {};
  if (stat(BallastPath().c_str(), &there) == 0 && there.st_size == ballast_) return Ok();
  const std::optional<int64_t> free = FreeBytes(folder_);
  if (!free || *free < free_min_ + ballast_) return Ok();
  const int file = open(BallastPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Unavailable(BallastPath() + ": " + std::strerror(errno));
  const int code = posix_fallocate(file, 0, ballast_);
  close(file);
  if (code == 0) return Ok();
  unlink(BallastPath().c_str());
  return Unavailable(BallastPath() + ": " + std::strerror(code));
}

std::string SpaceGuard::Reason() const {
  const std::optional<int64_t> free = FreeBytes(folder_);
  if (!free || *free >= free_min_) return "";
  if (*free < ballast_) unlink(BallastPath().c_str());
  return fmt::format("only {} are free for the state file in {}, {} are wanted: make room there",
                     FormatBytes(*free), folder_, FormatBytes(free_min_));
}

}  // namespace godwit::cli
