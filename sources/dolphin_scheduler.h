// sources/dolphin_scheduler.h — DolphinScheduler's exported process definitions (JSON, 1.x to 3.x) → jobs.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/definition.h"

namespace godwit::sources {

bool LooksLikeDolphinScheduler(std::string_view text);

// One workflow for each process. Errors: kInvalidInput if it is no such export.
Result<Definitions> ReadDolphinScheduler(const std::string& file, std::string_view text);

}  // namespace godwit::sources
