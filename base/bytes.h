// base/bytes.h — amounts of data as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace godwit {

// "2TB", "1.5 GB", "512MiB", "300": decimal units count thousands, KiB… count 1024. A number alone is bytes.
// Errors: kInvalidInput for another form, a negative amount or one above 2^63.
Result<int64_t> ParseBytes(std::string_view text);

// "0 B", "12.3 GB", "2.00 TB": decimal, three digits.
std::string FormatBytes(int64_t bytes);

}  // namespace godwit
