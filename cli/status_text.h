// cli/status_text.h — how a migration stands, as a table and as JSON (docs/status_format.md).
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "executor/engine.h"
#include "executor/ledger.h"

namespace godwit::cli {

std::string StatusTable(const std::vector<executor::UnitStatus>& units);
// What stops the whole run, and what to do about it; "" if nothing does.
std::string RunText(const executor::RunRow& run);
Json RunJson(const executor::RunRow& run);
Json StatusJson(const std::vector<executor::UnitStatus>& units);

// One unit with everything known of it.
std::string UnitText(const executor::UnitStatus& unit);
Json UnitJson(const executor::UnitStatus& unit);

}  // namespace godwit::cli
