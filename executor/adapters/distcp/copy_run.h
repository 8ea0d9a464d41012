// executor/adapters/distcp/copy_run.h — one DistCp run and the copies that travel in it: WORK/HASH-OF-TAG/
// with run.json, sources (DistCp's list) and the files of supervised_process.h. run.json is written once,
// before the run starts: from then on it is this run that carries those copies.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "executor/adapters/distcp/copy_record.h"

namespace godwit::executor {

struct CopyRun {
  std::string tag;  // of the copy if it travels alone, else made from those of all
  Direction direction = Direction::kToTarget;
  std::string landing;               // path at the receiver, of this run alone
  std::vector<std::string> members;  // tags of the copies, sorted
  size_t sources = 0;                // folders
  int64_t bytes_per_second_max = 0;  // of all together; 0: no limit

  auto operator<=>(const CopyRun&) const = default;
};

// Which of the waiting copies travel together: small ones, in one direction, into one database's `_godwit`.
// Two copies of one folder go apart, and so does whatever has a folder among `loners`. Copies without legs do
// not travel.
std::vector<std::vector<CopyRecord>> GroupIntoRuns(std::vector<CopyRecord> waiting,
                                                   const std::set<uint64_t>& loners);

// `members` as GroupIntoRuns gives them. The same for the same members.
CopyRun RunOf(const std::vector<CopyRecord>& members);

// Durable when it returns; `sources` is DistCp's list. Errors: kUnavailable (disk).
Status WriteRun(const std::string& folder, const CopyRun& run, const std::string& sources);
// All runs of a work folder, by tag. Errors: kCorrupt.
Result<std::vector<CopyRun>> ReadRuns(const std::string& work_folder);

}  // namespace godwit::executor
