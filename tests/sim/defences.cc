#include "tests/sim/defences.h"

#include <array>
#include <bitset>

namespace godwit::sim {
namespace {

using executor::Defence;
using executor::kDefences;

std::bitset<kDefences> switched_off;

struct Named {
  const char* name;
  const char* text;
};

constexpr std::array<Named, kDefences> kNamed = {{
    {"arbiter", "one decision a generation, commit or cancel"},
    {"epochs", "only the newest process writes to the journal"},
    {"head_check", "a process writes only if it has read everything"},
    {"intent_first", "the intent is durable before the effect"},
    {"look_up", "an outcome that is not known is looked up"},
    {"one_outstanding", "one operation on a resource at a time"},
    {"drain", "no run is under way when the writers count as stopped"},
    {"second_look", "and none a moment later"},
    {"open_files", "no file is open for write"},
    {"pause", "the scheduler begins no run"},
    {"job_guard", "a run that begins all the same ends at once"},
    {"write_barrier", "the resource denies writes"},
    {"generation", "what is read back carries this generation's token"},
    {"left_behind", "what an earlier attempt left is taken back before the next"},
    {"budget", "a freeze ends when its time is spent"},
    {"watchdog_asks", "the watchdog thaws only if the arbiter lets it"},
    {"thaw", "a cancelled freeze is over when writers were seen to run"},
    {"linger", "states at rest put right what changed"},
    {"verified_copies", "what arrived is compared by content"},
    {"own_folder", "each attempt of a copy has a folder of its own"},
    {"watermark_last", "a table's promises follow its rows"},
    {"seal", "copiers are shut out before the proof"},
    {"proof", "both sides are compared while nothing writes"},
    {"unchanged", "neither side changed since the proof"},
    {"schema", "nor did the columns"},
    {"guards", "everything is read once more before the decision"},
    {"approval", "a person allowed the switch"},
    {"inputs", "what the unit's jobs read is in step at the other side"},
    {"runs_twice", "only jobs that may run twice do"},
    {"equal_cycles", "runs on both sides were equal before the freeze"},
    {"routes_first", "readers are routed before writers go on"},
    {"cursor", "the next run at the new side follows the last at the old"},
    {"reverse_sync", "what was written since the switch goes back before a reversal"},
    {"writer_fence", "a barrier refuses a request of an earlier generation"},
    {"copier_fence", "a catalog refuses a publication under an earlier seal"},
    {"guard_fence", "a job's guard refuses a request of an earlier generation"},
    {"watchdog", "somebody thaws when godwit is gone"},
}};

}  // namespace

const char* DefenceName(Defence defence) { return kNamed[static_cast<size_t>(defence)].name; }
const char* DefenceText(Defence defence) { return kNamed[static_cast<size_t>(defence)].text; }

std::optional<Defence> ParseDefence(std::string_view name) {
  for (size_t i = 0; i < kNamed.size(); ++i) {
    if (name == kNamed[i].name) return static_cast<Defence>(i);
  }
  return std::nullopt;
}

void SwitchOff(Defence defence) { switched_off.set(static_cast<size_t>(defence)); }

}  // namespace godwit::sim

namespace godwit::executor {

bool Stands(Defence defence) { return !sim::switched_off.test(static_cast<size_t>(defence)); }

}  // namespace godwit::executor
