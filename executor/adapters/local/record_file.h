// executor/adapters/local/record_file.h — small files of tab-separated fields that two processes talk
// through. Any byte can stand in a field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace godwit::executor::local {

using Record = std::vector<std::string>;

std::string RecordText(const Record& record);  // with its newline
std::vector<Record> ParseRecords(const std::string& text);

// Replaces the file as a whole: a reader, or a crash, finds the old one or the new one. Synced.
Status WriteRecords(const std::string& path, const std::vector<Record>& records);
// None if there is no such file.
Result<std::optional<std::vector<Record>>> ReadRecords(const std::string& path);

// Makes what was created, renamed or removed in the folder durable.
Status SyncFolder(const std::string& folder);

}  // namespace godwit::executor::local
