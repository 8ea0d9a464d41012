// planner/edits.h — what people changed in a plan, kept so that every later plan respects it. Edits speak of
// tables, since units come and go. As text they are a JSON file (edits_json.h, docs/plan_format.md).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner/arrange/cut.h"
#include "planner/atoms.h"
#include "planner/edit.h"
#include "planner/request.h"
#include "planner/waves.h"

namespace godwit::planner {

// A unit while its place is still being settled.
struct UnitDraft {
  std::vector<Node> atoms;       // sorted
  std::optional<uint32_t> wave;  // pinned to this one
  bool edited = false;           // taken out by an edit
  bool cascade = false;          // had to come along with an edit, because a hard read forbids another order
};

struct DraftOrder {
  std::vector<UnitDraft> units;  // in the order of movement
  std::vector<uint32_t> waves;   // by unit; never falls
};

// How large a draft is and how long it will be frozen; `wave` is left to the caller.
using DraftLoad = std::function<WaveLoad(const UnitDraft&)>;

// Takes out what edits split off or pin, with what has to come along; then groups all into waves. `atoms` has
// each edit's tables in one atom (AtomRules::together), `reads` are AtomReads, `units` are in a legal order.
// Errors: kInvalidInput if an edit's table does not move, or hard reads contradict two pins.
Result<DraftOrder> ApplyEdits(const std::vector<Edit>& edits, const Atoms& atoms,
                              const std::vector<arrange::Read>& reads, const arrange::Units& units,
                              const WaveRules& rules, int64_t total_bytes, const DraftLoad& load);

}  // namespace godwit::planner
