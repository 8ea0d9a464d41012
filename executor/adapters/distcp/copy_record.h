// executor/adapters/distcp/copy_record.h — what is kept of a copy on the local disk, so that whoever knows
// its tag finds it again: WORK/HASH-OF-TAG/ with request.json and, once it is over, end.json. The run that
// carries it is told of by copy_run.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/ports/copier.h"

namespace godwit::executor {

// A folder to copy: where it lands under the number of its inode, and where it goes from there (paths).
struct Leg {
  uint64_t inode = 0;
  std::string to;

  auto operator<=>(const Leg&) const = default;
};

struct CopyRecord {
  std::string tag;
  Direction direction = Direction::kToTarget;
  std::string request;    // RequestDigest of what was asked for
  std::vector<Leg> legs;  // items whose source was there
  int64_t bytes = 0;      // about; 0: not known
  int64_t bytes_per_second_max = 0;

  auto operator<=>(const CopyRecord&) const = default;
};

// The same for the same items in the same direction.
std::string RequestDigest(const CopyRequest& request);

std::string RecordFolder(const std::string& work_folder, const std::string& tag);

// Durable when it returns. Errors: kUnavailable (disk).
Status WriteRecord(const std::string& folder, const CopyRecord& record);
// None: there is no such copy. Errors: kCorrupt.
Result<std::optional<CopyRecord>> ReadRecord(const std::string& folder);

// How it ended; written once, the first word stands.
Status WriteEnd(const std::string& folder, const CopyStatus& end);
Result<std::optional<CopyStatus>> ReadEnd(const std::string& folder);

// Writes a file so that it is whole or not there after a crash.
Status WriteDurably(const std::string& path, const std::string& bytes);
// None: it is not there.
std::optional<std::string> ReadWhole(const std::string& path);
// kCorrupt: the file is not what was written.
Error Damaged(const std::string& path);

}  // namespace godwit::executor
