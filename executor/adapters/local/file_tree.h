// executor/adapters/local/file_tree.h — the data files below a folder.
#pragma once

#include <string>
#include <vector>

#include "executor/ports/storage.h"

namespace godwit::executor::local {

inline constexpr size_t kTreeDepthMax = 64;

// Hive does not read names that begin so; godwit hides its copies behind them.
inline bool IsHiddenName(const std::string& name) { return name.starts_with('.') || name.starts_with('_'); }

// Storage::ListFiles. A file that goes while it is listed is left out. Errors: kUnsupported for what is
// neither file nor folder (a symbolic link, a device), kUnavailable.
Result<std::vector<FileStatus>> ListDataFiles(const std::string& location);

// One file's status; `path` is kept as the status's path. Errors: kConflict if it is gone.
Result<FileStatus> StatDataFile(const std::string& location, const std::string& path);

// Bytes of all files below `folder`, hidden ones too.
Result<int64_t> BytesBelow(const std::string& folder);

// Refuses a path that is empty, absolute or climbs with "..": kInvalidInput.
Status CheckRelative(const std::string& path);

}  // namespace godwit::executor::local
