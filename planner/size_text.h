// planner/size_text.h — sizes as people write them: a share of everything, or bytes.
#pragma once

#include <string>
#include <string_view>

#include "planner/request.h"

namespace godwit::planner {

// "1%", "0.5 %", "2TB", "300000000". Errors: kInvalidInput for anything else, 0, and more than 100 %.
Result<Size> ParseSize(std::string_view text);

std::string FormatSize(const Size& size);

}  // namespace godwit::planner
