#include "executor/adapters/hdfs/hdfs_storage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/parallel.h"
#include "executor/adapters/hdfs/crc32c.h"
#include "executor/adapters/hdfs/list_tree.h"

namespace godwit::executor {

namespace {

constexpr size_t kParentsMax = 64;

bool Hidden(const std::string& name) { return name.starts_with('.') || name.starts_with('_'); }

FileStatus StatusOf(const HdfsEntry& entry, const std::string& folder) {
  FileStatus status;
  status.path = folder.empty() ? entry.name : folder + "/" + entry.name;
  status.bytes = entry.bytes;
  status.modified_ms = entry.modified_ms;
  status.identity = fmt::format("{}@{}", entry.id, entry.modified_ms);
  return status;
}

// The folder that a partition shares with its table's others: "/w/t" of "/w/t/dt=1/city=b".
std::string WithoutPartition(std::string path) {
  for (size_t slash = path.rfind('/'); slash > 0 && path.find('=', slash) != path.npos;
       slash = path.rfind('/'))
    path.resize(slash);
  return path;
}

// Files that are open for writing below the folders of `roots`; none if the NameNode does not tell.
Result<std::optional<std::set<std::string>>> OpenFilesBelow(WebHdfs& hdfs,
                                                            const std::vector<std::string>& roots) {
  std::set<std::string> distinct;
  for (const std::string& root : roots) distinct.insert(WithoutPartition(root));
  const std::vector<std::string> folders(distinct.begin(), distinct.end());
  std::vector<std::optional<std::vector<std::string>>> found(folders.size());
  GODWIT_TRY(ForEach(folders.size(), hdfs.config().parallel_calls, [&](size_t i) -> Status {
    GODWIT_TRY_ASSIGN(found[i], hdfs.OpenFiles(folders[i]));
    return Ok();
  }));
  std::set<std::string> open;
  for (auto& files : found) {
    if (!files) return std::optional<std::set<std::string>>();
    open.insert(files->begin(), files->end());
  }
  return std::optional(std::move(open));
}

// What the NameNode shows of a new file's length before it is closed: its full blocks. A file that is open
// for appending cannot be told this way.
bool MayBeOpen(const HdfsEntry& entry) {
  return entry.block_bytes > 0 && entry.bytes % entry.block_bytes == 0;
}

struct Suspect {
  size_t root;
  std::string path;
};

// `list` is sorted and has the path.
std::vector<FileStatus>::iterator PlaceOf(std::vector<FileStatus>& list, const std::string& path) {
  return std::lower_bound(
      list.begin(), list.end(), path,
      [](const FileStatus& status, const std::string& wanted) { return status.path < wanted; });
}

}  // namespace

Result<std::vector<FileStatus>> HdfsStorage::ListFiles(const std::string& location) {
  GODWIT_TRY_ASSIGN(auto lists, ListEach({location}));
  return std::move(lists.front());
}

Result<std::vector<std::vector<FileStatus>>> HdfsStorage::ListEach(
    const std::vector<std::string>& locations) {
  std::vector<std::string> roots;
  for (const std::string& location : locations) {
    GODWIT_TRY_ASSIGN(std::string path, hdfs_.PathOf(location));
    roots.push_back(std::move(path));
  }
  // Before listing: what is closed in between is listed as it is then.
  GODWIT_TRY_ASSIGN(const std::optional<std::set<std::string>> open, OpenFilesBelow(hdfs_, roots));
  std::vector<std::vector<FileStatus>> lists(roots.size());
  std::vector<Suspect> suspects;
  TreeVisitor visitor;
  visitor.enter = [](const HdfsEntry& folder, const std::string&) { return !Hidden(folder.name); };
  visitor.page = [&](size_t root, const std::string& folder, const std::vector<HdfsEntry>& entries) {
    for (const HdfsEntry& entry : entries) {
      if (entry.folder || Hidden(entry.name)) continue;
      FileStatus& status = lists[root].emplace_back(StatusOf(entry, folder));
      if (open) status.open_for_write = open->contains(roots[root] + "/" + status.path);
      if (!open && MayBeOpen(entry)) suspects.push_back({root, status.path});
    }
    return Ok();
  };
  const size_t parallel = hdfs_.config().parallel_calls;
  GODWIT_TRY(ListTree(hdfs_, roots, parallel, visitor));
  for (auto& list : lists) std::sort(list.begin(), list.end());
  GODWIT_TRY(ForEach(suspects.size(), parallel, [&](size_t i) -> Status {
    const auto& [root, path] = suspects[i];
    GODWIT_TRY_ASSIGN(const bool open, hdfs_.UnderConstruction(roots[root] + "/" + path));
    PlaceOf(lists[root], path)->open_for_write = open;
    return Ok();
  }));
  return lists;
}

Result<std::string> HdfsStorage::FileDigest(const std::string& location, const std::string& path) {
  GODWIT_TRY_ASSIGN(const std::string folder, hdfs_.PathOf(location));
  uint32_t crc = 0;
  GODWIT_TRY(hdfs_.Read(folder + "/" + path, 0, -1, [&](std::string_view piece) {
    crc = ExtendCrc32c(crc, piece);
    return true;
  }));
  return fmt::format("crc32c:{:08x}", crc);
}

Result<std::vector<std::string>> HdfsStorage::DigestEach(const std::vector<FileName>& files) {
  std::vector<std::string> digests(files.size());
  GODWIT_TRY(ForEach(files.size(), hdfs_.config().parallel_calls, [&](size_t i) -> Status {
    GODWIT_TRY_ASSIGN(digests[i], FileDigest(files[i].location, files[i].path));
    return Ok();
  }));
  return digests;
}

Result<std::vector<std::string>> HdfsStorage::StoredChecksumEach(const std::vector<FileName>& files) {
  std::vector<std::string> checksums(files.size());
  GODWIT_TRY(ForEach(files.size(), hdfs_.config().parallel_calls, [&](size_t i) -> Status {
    GODWIT_TRY_ASSIGN(const std::string folder, hdfs_.PathOf(files[i].location));
    Result<std::string> checksum = hdfs_.BlockChecksum(folder + "/" + files[i].path);
    if (checksum.ok()) {
      checksums[i] = *std::move(checksum);
    } else if (checksum.error().code == ErrorCode::kConflict) {
      return checksum.error();  // it has vanished
    }
    return Ok();
  }));
  return checksums;
}

Result<SpaceStatus> HdfsStorage::Space(const std::string& location) {
  GODWIT_TRY_ASSIGN(std::string path, hdfs_.PathOf(location));
  GODWIT_TRY_ASSIGN(const HdfsSpace space, hdfs_.Space());
  int64_t raw = space.remaining;
  for (size_t i = 0; i < kParentsMax; ++i) {
    GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> there, hdfs_.Stat(path));
    if (there) {
      const Result<HdfsQuota> quota = hdfs_.Quota(path);
      // Of a folder above ours the quota may be none of our business.
      if (!quota.ok() && quota.error().code != ErrorCode::kInvalidInput) return quota.error();
      if (quota.ok() && quota->space_max >= 0) raw = std::min(raw, quota->space_max - quota->space_used);
    }
    if (path == "/") break;
    const size_t slash = path.rfind('/');
    path = slash == 0 ? "/" : path.substr(0, slash);
  }
  const int64_t replication = hdfs_.config().replication;
  return SpaceStatus{std::max<int64_t>(raw, 0) / replication, space.capacity / replication};
}

Result<Effect> HdfsStorage::RemoveAttempt(const std::string& location) {
  GODWIT_TRY_ASSIGN(const std::string path, hdfs_.PathOf(location));
  if (path.find(fmt::format("/{}/", kAttemptFolder)) == path.npos) {
    return InvalidInput(fmt::format("{} is not below a folder {}: godwit removes only what it made", location,
                                    kAttemptFolder));
  }
  GODWIT_TRY_ASSIGN(const bool removed, hdfs_.Delete(path, /*recursive=*/true));
  return removed ? Effect::kDone : Effect::kAlready;
}

}  // namespace godwit::executor
