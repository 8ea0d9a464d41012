// executor/adapters/hdfs/barrier_record.h — inside acl_barrier: the files that say who closed a table and
// what its folders' permissions were.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/ports/effect.h"

namespace godwit::executor {

using FolderModes = std::map<std::string, int>;  // path → permission

struct BarrierRecord {
  bool closed = false;
  Token token = 0;

  auto operator<=>(const BarrierRecord&) const = default;
};

// "00000000000000000042.closed" and back. Errors: kInvalidInput for any other name.
std::string RecordName(const BarrierRecord& record);
Result<BarrierRecord> ParseRecordName(std::string_view name);

// A line "755 /path" each, then "end": a file that was cut short has no end. Errors: kCorrupt.
std::string FormatModes(const FolderModes& modes);
Result<FolderModes> ParseModes(std::string_view text);

// All records in `folder`, by token; files that are none are passed over.
Result<std::vector<BarrierRecord>> ReadRecords(WebHdfs& hdfs, const std::string& folder);

}  // namespace godwit::executor
