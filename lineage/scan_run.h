// lineage/scan_run.h — from folders of scripts to a scan file: what changed is read, the rest is taken from
// the cache.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lineage/scan.h"
#include "sources/job.h"

namespace godwit::lineage {

struct ScanOptions {
  std::vector<std::string> paths;    // files and folders
  std::vector<std::string> exclude;  // globs, relative to their folder
  sources::SourceOptions sources;
  std::vector<std::string> declarations;  // lineage.yaml files besides those below `paths`
  std::string snapshot;                   // a file; empty: none
  std::vector<std::string> logs;          // OpenLineage events and Hive lineage logs, a JSON document a line
  std::vector<AllowRule> allows;
  std::string output;  // the scan file
  std::string cache;   // the cache file; empty: none
  int threads = 1;
  std::function<void(uint64_t done, uint64_t total, const std::string& what)>
      progress;                             // called from the scan's own thread
  const std::atomic<bool>* stop = nullptr;  // set by a signal: what was read so far is kept for the next scan
};

struct ScanSummary {
  uint64_t files = 0;    // in the folders
  uint64_t scripts = 0;  // of them read into jobs
  uint64_t jobs = 0;
  uint64_t jobs_read = 0;  // in this scan; the others came from the cache
  uint64_t statements = 0;
  uint64_t unread = 0;     // diagnostics that leave a gap
  bool unchanged = false;  // nothing changed since the scan file was written: it was left alone
  std::string fingerprint;
};

// Errors: kInvalidInput for a path, jobs.yaml, lineage.yaml, snapshot or log that is wrong; kUnavailable if a
// file cannot be written, or the scan was stopped ("run it again to go on").
Result<ScanSummary> RunScan(const ScanOptions& options);

}  // namespace godwit::lineage
