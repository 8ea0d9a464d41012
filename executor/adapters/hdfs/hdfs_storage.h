// executor/adapters/hdfs/hdfs_storage.h — the Storage port over WebHDFS.
//
// A file's identity is its inode and modification time. A digest is "crc32c:XXXXXXXX" over all bytes, read
// from the DataNodes: equal to Hadoop's composite CRC, whatever the block sizes. A file counts as open for
// writing only where its length is a whole number of blocks (a new file's length as the NameNode knows it
// before it is closed); a file that was reopened for appending shows by its length later.
#pragma once

#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/ports/storage.h"

namespace godwit::executor {

class HdfsStorage : public Storage {
 public:
  explicit HdfsStorage(WebHdfs& hdfs) : hdfs_(hdfs) {}

  Result<std::vector<FileStatus>> ListFiles(const std::string& location) override;
  Result<std::vector<std::vector<FileStatus>>> ListEach(const std::vector<std::string>& locations) override;
  Result<std::string> FileDigest(const std::string& location, const std::string& path) override;
  Result<std::vector<std::string>> DigestEach(const std::vector<FileName>& files) override;
  // MD5 of MD5 of CRC: equal where block sizes are, or all files have one block.
  Result<std::vector<std::string>> StoredChecksumEach(const std::vector<FileName>& files) override;
  // Free space is raw space, or quota left at the location or above it, divided by the replication of new
  // files.
  Result<SpaceStatus> Space(const std::string& location) override;
  Result<Effect> RemoveAttempt(const std::string& location) override;

 private:
  WebHdfs& hdfs_;
};

}  // namespace godwit::executor
