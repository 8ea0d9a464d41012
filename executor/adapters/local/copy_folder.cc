#include "executor/adapters/local/copy_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "executor/adapters/local/record_file.h"
#include "executor/ports/storage.h"
#include "executor/ports/table_meta.h"

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFolderNameMax = 250;
constexpr size_t kReserveBytes = 16 << 10;

int64_t Number(const std::string& text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

constexpr std::pair<CopyState, const char*> kStates[] = {{CopyState::kRunning, "running"},
                                                         {CopyState::kSucceeded, "succeeded"},
                                                         {CopyState::kFailed, "failed"},
                                                         {CopyState::kCancelled, "cancelled"}};

std::string CopiesFolder(const std::string& site_root) {
  return site_root + "/" + kAttemptFolder + "/copies";
}

Error Broken(const std::string& path) {
  return Corrupt(fmt::format("{}: not a file that godwit wrote", path));
}

Result<CopyRequest> RequestOf(const std::vector<Record>& records, const std::string& path) {
  CopyRequest request;
  for (const Record& record : records) {
    if (record[0] == "copy" && record.size() == 4) {
      request.tag = record[1];
      request.direction = record[2] == "to_source" ? Direction::kToSource : Direction::kToTarget;
      request.bytes_per_second_max = Number(record[3]);
    } else if (record[0] == "item" && record.size() == 3) {
      request.items.push_back({record[1], record[2]});
    } else {
      return Broken(path);
    }
  }
  return request;
}

}  // namespace

Result<CopyFolder> CopyFolder::At(const std::string& site_root, const std::string& tag) {
  const std::string name = EscapePartitionValue(tag);
  if (tag.empty() || tag[0] == '.' || name.size() > kFolderNameMax) {
    return InvalidInput(
        fmt::format("'{}' cannot be the tag of a copy: it must be short and not begin with a dot", tag));
  }
  return CopyFolder(CopiesFolder(site_root) + "/" + name);
}

Status CopyFolder::Make() const {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) return Unavailable(fmt::format("{}: {}", path_, error.message()));
  const int fd = open(lock_path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return Unavailable(fmt::format("{}: {}", lock_path(), std::strerror(errno)));
  close(fd);
  GODWIT_TRY(WriteRecords(path_ + "/reserve", {{std::string(kReserveBytes, '.')}}));
  return SyncFolder(fs::path(path_).parent_path().string());
}

void CopyFolder::FreeReserve() const {
  std::error_code error;
  fs::remove(path_ + "/reserve", error);
}

Status CopyFolder::WriteRequest(const CopyRequest& request) const {
  std::vector<Record> records = {{"copy", request.tag,
                                  request.direction == Direction::kToSource ? "to_source" : "to_target",
                                  std::to_string(request.bytes_per_second_max)}};
  for (const CopyItem& item : request.items) records.push_back({"item", item.from, item.to});
  return WriteRecords(path_ + "/request", records);
}

Result<std::optional<CopyRequest>> CopyFolder::ReadRequest() const {
  GODWIT_TRY_ASSIGN(const std::optional<std::vector<Record>> records, ReadRecords(path_ + "/request"));
  if (!records) return std::optional<CopyRequest>();
  GODWIT_TRY_ASSIGN(CopyRequest request, RequestOf(*records, path_ + "/request"));
  return std::optional<CopyRequest>(std::move(request));
}

Status CopyFolder::ForbidStart() const { return WriteRecords(path_ + "/cancel", {}); }

bool CopyFolder::IsForbidden() const {
  std::error_code error;
  return fs::exists(path_ + "/cancel", error);
}

Status CopyFolder::WriteWorker(const ProcessIdentity& worker) const {
  return WriteRecords(path_ + "/worker",
                      {{std::to_string(worker.pid), std::to_string(worker.start), ThisBoot()}});
}

Result<std::optional<ProcessIdentity>> CopyFolder::ReadWorker() const {
  GODWIT_TRY_ASSIGN(const std::optional<std::vector<Record>> records, ReadRecords(path_ + "/worker"));
  if (!records) return std::optional<ProcessIdentity>();
  if (records->size() != 1 || records->front().size() != 3) return Broken(path_ + "/worker");
  const Record& fields = records->front();
  if (fields[2] != ThisBoot()) return std::optional<ProcessIdentity>();
  return std::optional<ProcessIdentity>({Number(fields[0]), Number(fields[1])});
}

bool CopyFolder::HadWorker() const {
  std::error_code error;
  return fs::exists(path_ + "/worker", error);
}

Status CopyFolder::WriteStatus(const CopyStatus& status) const {
  for (const auto& [state, name] : kStates) {
    if (state != status.state) continue;
    return WriteRecords(path_ + "/status", {{name, std::to_string(status.bytes_copied), status.message}});
  }
  return Ok();
}

Result<CopyStatus> CopyFolder::ReadStatus() const {
  GODWIT_TRY_ASSIGN(const std::optional<std::vector<Record>> records, ReadRecords(path_ + "/status"));
  CopyStatus status;
  if (!records) return status;
  if (records->size() != 1 || records->front().size() != 3) return Broken(path_ + "/status");
  for (const auto& [state, name] : kStates) {
    if (records->front()[0] == name) status.state = state;
  }
  status.bytes_copied = Number(records->front()[1]);
  status.message = records->front()[2];
  return status;
}

Result<bool> CopyFolder::IsLocked() const {
  const int fd = open(lock_path().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return false;
  if (fd < 0) return Unavailable(fmt::format("{}: {}", lock_path(), std::strerror(errno)));
  const bool locked = flock(fd, LOCK_SH | LOCK_NB) != 0;
  close(fd);
  return locked;
}

Result<CopyStatus> CopyFolder::Look() const {
  // In this order: a worker writes its last status before it lets the lock go.
  GODWIT_TRY_ASSIGN(const bool locked, IsLocked());
  GODWIT_TRY_ASSIGN(CopyStatus status, ReadStatus());
  if (IsOver(status.state)) return status;
  if (locked) {
    status.state = CopyState::kRunning;
  } else if (HadWorker()) {
    status = {CopyState::kFailed, status.bytes_copied, "the process that copied died"};
  } else {
    status = {IsForbidden() ? CopyState::kCancelled : CopyState::kAbsent, 0, ""};
  }
  return status;
}

Result<std::vector<std::string>> CopyTags(const std::string& site_root) {
  std::vector<std::string> tags;
  std::error_code error;
  fs::directory_iterator entries(CopiesFolder(site_root), error);
  if (error == std::errc::no_such_file_or_directory) return tags;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    tags.push_back(UnescapePartitionValue(entries->path().filename().string()));
  }
  if (error) return Unavailable(fmt::format("{}: {}", CopiesFolder(site_root), error.message()));
  std::sort(tags.begin(), tags.end());
  return tags;
}

}  // namespace godwit::executor::local
