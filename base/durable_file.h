// base/durable_file.h — small files that survive a crash: replaced as a whole, or only ever added to.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace godwit {

// Replaces the file as a whole: a reader, or a crash, finds the old one or the new one. Mode 0600, synced
// with its folder. Errors: kUnavailable with the system's reason.
Status ReplaceFile(const std::string& path, std::string_view text);

// Adds `text` at the end, and syncs it. A file whose last line was cut off by a crash gets a newline first.
// Makes the file (0600) if it is not there. Errors: kUnavailable.
Status AppendToFile(const std::string& path, std::string_view text);

// The whole file; none if there is no such file. Errors: kUnavailable.
Result<std::optional<std::string>> ReadFileIfThere(const std::string& path);

}  // namespace godwit
