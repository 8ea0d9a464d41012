// executor/ports/storage.h — one site's files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "executor/ports/effect.h"

namespace godwit::executor {

struct FileStatus {
  std::string path;  // relative to the location that was listed
  int64_t bytes = 0;
  int64_t modified_ms = 0;
  // Changes whenever a file is replaced, even by one of the same size and time (inode and change time; HDFS
  // file id). Empty where the storage has no such thing.
  std::string identity;
  bool open_for_write = false;

  auto operator<=>(const FileStatus&) const = default;
};

struct SpaceStatus {
  int64_t bytes_free = 0;  // usable by this user, quotas included
  int64_t bytes_total = 0;
};

struct FileName {
  std::string location;
  std::string path;  // below it

  auto operator<=>(const FileName&) const = default;
};

class Storage {
 public:
  virtual ~Storage() = default;

  // Data files below `location`, sorted by path. Left out: names beginning with '.' or '_' (Hive does not
  // read them). A location that does not exist has no files. Errors: kUnavailable.
  virtual Result<std::vector<FileStatus>> ListFiles(const std::string& location) = 0;

  // Digest of a file's bytes: the same bytes give the same text at every site of the migration, whatever
  // their block size. Cost: may read the file.
  virtual Result<std::string> FileDigest(const std::string& location, const std::string& path) = 0;

  // The same for many, in the order asked; an adapter whose calls travel has several under way at once.
  virtual Result<std::vector<std::vector<FileStatus>>> ListEach(const std::vector<std::string>& locations);
  virtual Result<std::vector<std::string>> DigestEach(const std::vector<FileName>& files);

  // Checksums that the storage keeps beside its files, without reading the bytes; "" where it has none. Equal
  // texts mean equal bytes. Different ones mean nothing: block sizes or encryption may differ. Errors:
  // kConflict for a file that is gone. Cost: a small call for each file.
  virtual Result<std::vector<std::string>> StoredChecksumEach(const std::vector<FileName>& files);

  virtual Result<SpaceStatus> Space(const std::string& location) = 0;

  // Removes a folder that godwit made (its name holds the operation's tag). Errors: kInvalidInput if
  // `location` does not lie in a folder named kAttemptFolder.
  virtual Result<Effect> RemoveAttempt(const std::string& location) = 0;
};

// Copies land in DATABASE_LOCATION/_godwit/TABLE/ATTEMPT/PARTITION; the leading '_' hides them from whoever
// lists.
inline constexpr char kAttemptFolder[] = "_godwit";

}  // namespace godwit::executor
