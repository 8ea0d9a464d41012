// lineage/scan_cache.h — what the last scan read, so that the next one reads only what changed. A file of
// lines that are added while the scan runs: a scan that is stopped goes on from there. Not a record of
// anything: it may be deleted.
#pragma once

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "sources/source_tree.h"

namespace godwit::lineage {

// One job source as it was read.
struct CachedUnit {
  uint64_t key = 0;                                     // of the definition and the options
  std::vector<std::pair<std::string, uint64_t>> files;  // read, with their digests
  std::vector<std::pair<std::string, uint64_t>>
      lookups;  // file names looked up, with a digest of what has that name
  bool nothing = false;
  uint64_t statements = 0;
  uint64_t unread = 0;
  std::string record;  // the job's line of the scan file
};

struct CachedFile {
  int64_t bytes = 0;
  int64_t changed_nanoseconds = 0;
  uint64_t digest = 0;
};

class ScanCache {
 public:
  ScanCache() = default;
  ~ScanCache();
  ScanCache(const ScanCache&) = delete;
  ScanCache& operator=(const ScanCache&) = delete;

  // Reads what `path` holds, if it was written by this version; lines that are cut are left out. An empty
  // path: no cache.
  Status Open(const std::string& path);

  const CachedUnit* Find(const std::string& job) const;
  const CachedFile* FindFile(const std::string& path) const;

  // Adds to the file at once. Safe from several threads.
  void Append(const std::string& job, const CachedUnit& unit);

  // Replaces the file by exactly these. Errors: kUnavailable.
  Status Replace(const std::vector<std::pair<std::string, const CachedUnit*>>& units,
                 const std::vector<std::pair<std::string, CachedFile>>& files);

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  std::mutex mutex_;
  std::unordered_map<std::string, CachedUnit> units_;
  std::unordered_map<std::string, CachedFile> files_;
};

}  // namespace godwit::lineage
