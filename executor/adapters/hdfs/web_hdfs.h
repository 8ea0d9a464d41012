// executor/adapters/hdfs/web_hdfs.h — HDFS over its REST interface (WebHDFS, Hadoop 2.7 … 3.4).
//
// Paths are absolute, without scheme, byte for byte as HDFS has them. Calls go to the NameNode that answered
// last; a StandbyException or a NameNode that cannot be reached sends them on to the next. Reads are tried at
// each NameNode, changes only where the one before is known not to have acted. A DataNode that cannot be
// reached is named to the NameNode, which offers another.
//
// Errors: kUnavailable (time-out, reset, 5xx, safe mode, no active NameNode; a change may have happened),
// kInvalidInput (no permission, over quota, bad path, wrong credentials), kConflict (exists already, not
// empty, lease held by another). Threads may share one.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "executor/adapters/hdfs/hdfs_config.h"
#include "executor/adapters/http/http_client.h"

namespace godwit::executor {

struct HdfsEntry {
  std::string name;  // last part of the path; "" for the path that was asked for
  bool folder = false;
  int64_t bytes = 0;
  int64_t modified_ms = 0;
  int64_t block_bytes = 0;
  uint64_t id =
      0;  // inode; a new file has a new one. "/.reserved/.inodes/ID" is the entry, whatever its name is
  int permission = 0;  // 0755; of an entry with an ACL the group's bits are the mask
  std::string owner;
  std::string group;
  int replication = 0;
};

struct HdfsPage {
  std::vector<HdfsEntry> entries;  // by name, as bytes
  int64_t remaining = 0;           // entries after these
};

struct HdfsSummary {
  int64_t files = 0;
  int64_t folders = 0;
  int64_t bytes = 0;
};

struct HdfsAcl {
  std::vector<std::string> entries;  // "user:etl:rwx", "default:group::r-x"
  int permission = 0;
};

// Of one folder, as set on it.
struct HdfsQuota {
  int64_t names_max = -1;  // -1: none
  int64_t names_used = 0;
  int64_t space_max = -1;  // bytes times replication; -1: none
  int64_t space_used = 0;
};

struct HdfsSpace {
  int64_t capacity = 0;
  int64_t remaining = 0;
};

// One line of a snapshot difference.
struct HdfsChange {
  std::string kind;    // CREATE | MODIFY | DELETE | RENAME
  std::string path;    // relative to the folder
  std::string target;  // of a rename

  auto operator<=>(const HdfsChange&) const = default;
};

using HdfsParameters = std::vector<std::pair<std::string, std::string>>;

class WebHdfs {
 public:
  // Errors: kInvalidInput for a configuration without names or NameNodes, or with a name that is not
  // "hdfs://…".
  static Result<std::unique_ptr<WebHdfs>> Open(HdfsConfig config);

  const HdfsConfig& config() const { return config_; }

  // "/warehouse/t" of "hdfs://nn1:8020/warehouse/t"; a location without scheme is a path of this file system.
  // Errors: kInvalidInput for another file system, a relative path, "." or ".." in it, control characters.
  Result<std::string> PathOf(const std::string& location) const;
  std::string LocationOf(const std::string& path) const { return config_.fs_names.front() + path; }

  Result<std::optional<HdfsEntry>> Stat(const std::string& path);
  // Entries of a folder after the name `after`, as many as the NameNode gives at once (dfs.ls.limit, 1000).
  // None if there is no such folder.
  Result<std::optional<HdfsPage>> List(const std::string& path, const std::string& after);
  Result<HdfsSummary> Summary(const std::string& path);
  Result<HdfsSpace> Space();
  Result<HdfsQuota> Quota(const std::string& path);  // cheap: the NameNode keeps these sums
  Result<HdfsAcl> Acl(const std::string& path);
  Result<std::map<std::string, std::string>> ExtendedAttributes(const std::string& path);
  // MD5 of MD5 of CRC: equal only for files of the same block size.
  Result<std::string> BlockChecksum(const std::string& path);
  // Whether somebody has the file open for writing.
  Result<bool> UnderConstruction(const std::string& path);
  // Files at or below `path` that somebody has open for writing, appenders among them: what `hdfs fsck
  // -openforwrite` tells. One call, in which the NameNode looks at every file there. None if it does not
  // serve that page (a gateway), or not to godwit's user.
  Result<std::optional<std::vector<std::string>>> OpenFiles(const std::string& path);
  Result<std::string> HomeFolder();

  // The bytes from `offset` on in pieces, at most `length` of them (-1: all); false from `sink` gives up.
  Status Read(const std::string& path, int64_t offset, int64_t length,
              const std::function<bool(std::string_view)>& sink);
  Result<std::string> ReadSmall(const std::string& path, size_t bytes_max);

  Status MakeFolders(const std::string& path, int permission = 0755);
  // The whole file in one call. Without `overwrite`: kConflict if it is there.
  Status Create(const std::string& path, const std::string& bytes, bool overwrite);
  Status Append(const std::string& path, const std::string& bytes);
  // kConflict if `to` exists, or `from` does not: HDFS would move `from` *into* an existing folder.
  Status Rename(const std::string& from, const std::string& to);
  // False: there was nothing.
  Result<bool> Delete(const std::string& path, bool recursive);
  // Moves into the user's trash, as `hdfs dfs -rm` does. False: there was nothing.
  Result<bool> MoveToTrash(const std::string& path);
  Status SetPermission(const std::string& path, int permission);
  Status SetOwner(const std::string& path, const std::string& owner, const std::string& group);
  Status SetAcl(const std::string& path, const std::vector<std::string>& entries);
  Status SetExtendedAttribute(const std::string& path, const std::string& name, const std::string& value);

  Status CreateSnapshot(const std::string& path, const std::string& name);
  Status DeleteSnapshot(const std::string& path, const std::string& name);
  Result<std::vector<HdfsChange>> SnapshotDifference(const std::string& path, const std::string& from,
                                                     const std::string& to);  // sorted

  // "r-x": whether godwit's user may do this to the path. Errors: kInvalidInput if it does not exist.
  Result<bool> MayAccess(const std::string& path, const std::string& action);
  // The NameNode's clock, to the second, from its HTTP answers.
  Result<std::optional<Timestamp>> ServerTime();
  // The NameNode's own figures, for example "Hadoop:service=NameNode,name=NameNodeInfo". Errors also where an
  // operator has closed that page: kInvalidInput.
  Result<std::string> Bean(const std::string& name);
  // The NameNode's configuration value; none if it has none or the page is closed.
  Result<std::optional<std::string>> Setting(const std::string& name);

 private:
  struct Operation;
  struct Payload;

  explicit WebHdfs(HdfsConfig config);
  std::string Identity() const;  // "&user.name=etl"
  std::string Url(size_t namenode, const Operation& operation, const std::string& path,
                  const HdfsParameters& parameters) const;
  Status MayFollow(const std::string& from, const std::string& to) const;
  // The answer of a NameNode, a redirect among them; not a refusal.
  Result<HttpAnswer> AskNameNode(const Operation& operation, const std::string& path,
                                 const HdfsParameters& parameters);
  Result<HttpAnswer> AskDataNode(const Operation& operation, const std::string& path,
                                 HdfsParameters parameters, const Payload& payload);
  Status Change(const Operation& operation, const std::string& path, const HdfsParameters& parameters);

  HdfsConfig config_;
  HttpClient http_;
  std::atomic<size_t> active_{0};  // NameNode that answered last
};

}  // namespace godwit::executor
