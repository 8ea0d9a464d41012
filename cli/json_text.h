// cli/json_text.h — JSON straight into a string, for answers that come by the million.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace godwit::cli {

// Appends `text` as a JSON string. Bytes that are not UTF-8 are shown as U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

// Appends ["a","b"].
void AppendJsonStrings(const std::vector<std::string>& texts, std::string& out);

}  // namespace godwit::cli
