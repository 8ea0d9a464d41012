// cli/text_file.h — whole text files in and out.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace godwit::cli {

// "-" is stdin. Errors: kInvalidInput, if it is not there or cannot be read.
Result<std::string> ReadTextFile(const std::string& path);

// All or nothing: written beside, then renamed. "-" is stdout. Errors: kInvalidInput.
Status WriteTextFile(const std::string& path, std::string_view text);

}  // namespace godwit::cli
