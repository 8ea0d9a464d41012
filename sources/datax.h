// sources/datax.h — a DataX job file (JSON) → which rows it moves.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "sources/facts.h"

namespace godwit::sources {

// One transfer for each pair of reader and writer; places are not set. ${name} and $name in the text take
// their value from `variables`. Errors: kInvalidInput if it is no DataX job.
Result<std::vector<Transfer>> ReadDataXJob(std::string_view text, const Variables& variables);

}  // namespace godwit::sources
