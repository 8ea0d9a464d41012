// planner/edit.h — what a person changed in a plan, kept so that every later plan respects it. Edits speak of
// tables, since units come and go. As text they are a JSON file (edits_json.h, docs/plan_format.md).
#pragma once

#include <string>
#include <vector>

#include "planner/workload.h"

namespace godwit::planner {

enum class EditKind : uint8_t {
  kMerge,  // the tables stay together, whatever the cap
  kSplit,  // they are a unit of their own
  kPin,    // the same, in this wave
};

struct Edit {
  EditKind kind = EditKind::kMerge;
  std::vector<TableId> tables;
  uint32_t wave = 0;  // kPin: counted from 0
  std::string why;
  bool operator==(const Edit&) const = default;
};

}  // namespace godwit::planner
