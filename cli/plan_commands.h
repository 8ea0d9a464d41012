// cli/plan_commands.h — the commands below `godwit plan`.
#pragma once

#include "cli/command.h"

namespace godwit::cli {

void AddPlanExplain(CLI::App& plan, Invocation& invocation);
void AddPlanDiff(CLI::App& plan, Invocation& invocation);
void AddPlanEdit(CLI::App& plan, Invocation& invocation);

}  // namespace godwit::cli
