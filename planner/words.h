// planner/words.h — the words for the planner's closed sets, as files and people see them.
#pragma once

#include <string_view>

#include "base/result.h"
#include "planner/edit.h"
#include "planner/terms.h"
#include "planner/workload.h"

namespace godwit::planner {

std::string_view WordOf(JobType type);
std::string_view WordOf(Repeatability repeatability);
std::string_view WordOf(Residence residence);
std::string_view WordOf(AccessKind kind);
std::string_view WordOf(Provenance provenance);
std::string_view WordOf(RunMode mode);
std::string_view WordOf(Strategy strategy);
std::string_view WordOf(Direction direction);
std::string_view WordOf(OrderRule order);
std::string_view WordOf(Objective objective);
std::string_view WordOf(EditKind kind);
std::string_view WordOf(Tie tie);
std::string_view WordOf(Effort effort);

// The value with this word. Errors: kInvalidInput that lists the words there are.
template <typename Value>
Result<Value> FromWord(std::string_view word);

}  // namespace godwit::planner
