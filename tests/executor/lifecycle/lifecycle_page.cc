#include "tests/executor/lifecycle/lifecycle_page.h"

#include <fmt/format.h>

#include "executor/unit_state.h"

namespace godwit::executor {
namespace {

constexpr char kHead[] = R"(# The life of a unit

Made from the table in `executor/unit_state.cc` (`cmake --build build --target lifecycle_page`; a test fails if this page is not what the
table says). The model of it is `docs/model/unit.pml`; `docs/model/check` shows with spin that it keeps its promises, and that each of
them is broken when a defence is taken away.

`from` is the side that owns the unit's data until the switch, `to` the other one. A reversal is the same machine with the sides swapped. A
generation is one attempt to cut over; it begins with a freeze, and its requests carry a token that the resources remember, so that a late
request of an earlier attempt is refused.

)";

constexpr char kTail[] = R"(
## What always holds

- **One effect a step.** The intent is durable before the effect, its outcome after. An outcome that is not known is looked up, never guessed.
- **One decision.** Commit or cancel is written once for each generation; the journal refuses a second one. Until it is commit, everything can be
  taken back; from then on the only way is forward, and the way back is a reversal.
- **A freeze ends.** When its budget is spent the arbiter says cancel, and the writers are thawed. If godwit dies, the next start goes on; the watchdog's
  rules (`executor/watchdog.h`) say what may be thawed without it.
- **Evidence is of this freeze.** The comparison names the versions it saw and the generation it belongs to; older evidence is not used.
- **States that rest keep their promises.** A scheduler that forgets a pause, a late request, a barrier that opens: what a state promises is looked at
  again and again, and put right.

## What people can do

| | |
|---|---|
| `godwit unit hold UNIT`, `resume` | nothing new is begun for the unit; a freeze still ends |
| `godwit unit cancel UNIT` | before the decision: writers go on at `from` |
| `godwit unit retry UNIT` | an aborted or reversed unit begins anew |
| `godwit unit cutover UNIT --at TIME` | not before this time |
| `godwit unit waive UNIT --table T` | accepts a difference that the dual run found, for the columns that it named |
| `godwit unit reverse UNIT` | from probation: data, writers and readers go back |
| `godwit unit complete UNIT` | gives up the way back |
| `godwit mode set JOB old\|both` | whether a job runs on both sides before the switch |
)";

std::string Drawing() {
  std::string text = "```mermaid\nstateDiagram-v2\n";
  for (const Transition& each : Transitions()) {
    text += fmt::format("  {} --> {}: {}\n", UnitStateName(each.from), UnitStateName(each.to),
                        EventName(each.event));
  }
  return text + "```\n";
}

}  // namespace

std::string LifecyclePage() {
  std::string text = kHead + Drawing() + "\n## States\n\n| state | what holds |\n|---|---|\n";
  for (int i = 0; i < kUnitStates; ++i) {
    const auto state = static_cast<UnitState>(i);
    text += fmt::format("| `{}` | {} |\n", UnitStateName(state), UnitStatePromise(state));
  }
  text += "\n## Transitions\n\n| in | when | to | guard |\n|---|---|---|---|\n";
  for (const Transition& each : Transitions()) {
    text += fmt::format("| `{}` | {} | `{}` | {} |\n", UnitStateName(each.from), EventName(each.event),
                        UnitStateName(each.to), each.guard);
  }
  return text + kTail;
}

}  // namespace godwit::executor
