// lineage/scan.h — all that a scan found, and the file that keeps it (docs/scan_format.md): one line of JSON
// each for a file, a job, a declaration, a table of the catalog … sorted, so that the same input gives the
// same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "lineage/record.h"
#include "lineage/snapshot.h"
#include "sources/lineage_yaml.h"

namespace godwit::lineage {

inline constexpr int kScanVersion = 1;

struct ScannedFile {
  std::string path;
  std::string digest;  // of its bytes
};

// Something that no job's record can hold: a scheduler's file that does not parse.
struct FileProblem {
  std::string file;
  uint32_t line = 1;
  std::string message;
};

// A run's lineage as a log tells it.
struct LogLineage {
  std::string job;
  std::vector<std::string> reads;  // sorted and unique
  std::vector<std::string> writes;
};

// A finding that the configuration says not to report; '*' stands for any characters.
struct AllowRule {
  std::string code;
  std::string object;  // a job's or table's name, or a file
  std::string reason;
};

struct Scan {
  std::vector<std::string> roots;
  std::vector<ScannedFile> files;     // sorted by path
  std::vector<JobRecord> jobs;        // sorted by name, unique
  std::vector<FileProblem> problems;  // sorted by file, line
  std::vector<sources::Declaration> declarations;
  std::vector<sources::TableOwner> owners;
  std::vector<AllowRule> allows;
  std::vector<LogLineage> logs;  // sorted by job
  Snapshot snapshot;
  std::string fingerprint;  // of everything above
};

// Writes a scan line by line, so that it never stands in memory as a whole. Lines must come in the order of
// Scan's members.
class ScanWriter {
 public:
  ScanWriter();
  void Add(const Scan& all_but_jobs_and_later);  // the header and files
  void AddJob(std::string_view record_json);
  void AddRest(const Scan& scan);  // what comes after the jobs, and the end
  // The text so far is handed over.
  std::string Take();
  std::string fingerprint() const;

 private:
  void Line(std::string_view line);
  std::string text_;
  uint64_t lines_ = 0;
  uint64_t hash_ = 0;
};

// Errors: kUnavailable if the file cannot be read, kCorrupt if it is cut or of another version, with what to
// do.
Result<Scan> LoadScan(const std::string& path);
Result<Scan> ParseScan(const std::string& name, std::string_view text);
std::string ScanToText(const Scan& scan);

}  // namespace godwit::lineage
