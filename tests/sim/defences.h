// tests/sim/defences.h — the defences of executor/defence.h that this process goes without.
#pragma once

#include <optional>
#include <string_view>

#include "executor/defence.h"

namespace godwit::sim {

const char* DefenceName(executor::Defence defence);
const char* DefenceText(executor::Defence defence);  // what stands, in a few words
std::optional<executor::Defence> ParseDefence(std::string_view name);

// For the rest of the process. Not while a simulation runs.
void SwitchOff(executor::Defence defence);

}  // namespace godwit::sim
