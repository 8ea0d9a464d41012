#include <fmt/format.h>

#include "base/hash.h"
#include "executor/adapters/sim/sim_site.h"

namespace godwit::executor::sim {
namespace {

bool IsHidden(const std::string& path) {
  for (size_t begin = 0; begin != std::string::npos;) {
    if (path[begin] == '_' || path[begin] == '.') return true;
    const size_t slash = path.find('/', begin);
    begin = slash == std::string::npos ? slash : slash + 1;
  }
  return false;
}

bool IsAttempt(const std::string& location) {
  const size_t folder = location.find(std::string("/") + kAttemptFolder + "/");
  return folder != std::string::npos && location.find("/../", folder) == std::string::npos;
}

}  // namespace

Result<std::vector<FileStatus>> SimStorage::ListFiles(const std::string& location) {
  std::vector<FileStatus> list;
  for (const auto& [path, file] : Files(location)) {
    if (IsHidden(path)) continue;
    list.push_back({path, file.bytes, file.modified_ms, std::to_string(file.identity), file.open_for_write});
  }
  return list;
}

Result<std::string> SimStorage::FileDigest(const std::string& location, const std::string& path) {
  const auto& files = Files(location);
  const auto file = files.find(path);
  if (file == files.end()) return Conflict(fmt::format("{}/{}: no such file", location, path));
  return Hex64(Hash64(file->second.content));
}

Result<SpaceStatus> SimStorage::Space(const std::string&) {
  return SpaceStatus{bytes_total - bytes_used, bytes_total};
}

Result<Effect> SimStorage::RemoveAttempt(const std::string& location) {
  if (!IsAttempt(location)) return InvalidInput(location + " is no attempt of godwit");
  const auto found = files_.find(location);
  if (found == files_.end()) return Effect::kAlready;
  for (const auto& [path, file] : found->second) bytes_used -= file.bytes;
  files_.erase(found);
  return Effect::kDone;
}

Status SimStorage::Write(const std::string& location, const std::string& path, std::string content,
                         int64_t bytes) {
  const int64_t size = bytes < 0 ? static_cast<int64_t>(content.size()) : bytes;
  if (bytes_used + size > bytes_total) return Unavailable(location + ": no space left");
  Remove(location, path);
  bytes_used += size;
  const int64_t modified = clock_.wall().time_since_epoch().count();
  files_[location][path] = {std::move(content), size, modified, ++last_identity_, false};
  return Ok();
}

void SimStorage::Remove(const std::string& location, const std::string& path) {
  const auto found = files_.find(location);
  if (found == files_.end()) return;
  const auto file = found->second.find(path);
  if (file == found->second.end()) return;
  bytes_used -= file->second.bytes;
  found->second.erase(file);
}

void SimStorage::SetOpen(const std::string& location, const std::string& path, bool open) {
  files_[location][path].open_for_write = open;
}

void SimStorage::SetModified(const std::string& location, const std::string& path, int64_t modified_ms) {
  files_[location][path].modified_ms = modified_ms;
}

const std::map<std::string, SimFile>& SimStorage::Files(const std::string& location) const {
  static const std::map<std::string, SimFile> kNone;
  const auto found = files_.find(location);
  return found == files_.end() ? kNone : found->second;
}

}  // namespace godwit::executor::sim
