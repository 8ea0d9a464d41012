// executor/turn.h — one look at one unit: what it knows, and what it wants done next. The functions that
// decide (replicate.cc, shadow.cc, freeze.cc, cutover.cc, linger.cc) read a view and fill a decision; they do
// nothing else.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "executor/observation.h"
#include "executor/unit_row.h"

namespace godwit::executor {

// A moment that one decision wants the next ones to remember. Lost in a crash or a change of state: then it
// is sought again.
struct Anchor {
  std::string what;
  Nanoseconds since{0};
  std::optional<Nanoseconds> done;  // when what was begun then was complete
};

struct UnitView {
  const Migration& migration;
  const UnitSpec& spec;
  const UnitRow& row;
  Token first_token;  // of this migration; those of earlier ones are smaller
  const ReplicaReader& replicas;
  const Answers& answers;
  const std::map<Question, uint64_t>& asking;  // questions under way
  const std::set<std::string>& begun;          // copies that the world has accepted, by operation

  Nanoseconds now{0};  // since boot
  Timestamp wall{};
  std::string boot_id;
  Nanoseconds state_since{0};  // answers asked before are not used
  // How long answers take: twice the time of the slowest of late, or as long as one is awaited already; each
  // up to kAnswerTimeMax (executor/unit_memory.h) or twice that.
  Nanoseconds answers_take{0};
  Nanoseconds awaited_for{0};

  bool run_held = false;                  // a person stopped everything
  std::string brake;                      // why nothing new begins just now; "" if it may
  bool wave_open = false;                 // the unit may start
  bool freeze_slot = false;               // one more unit may be frozen
  int64_t bytes_per_second_max = 0;       // for one copy; 0: no limit
  int64_t expected_bytes_per_second = 0;  // measured, or the policy's

  // Tables of this unit that jobs on the other side read, so that their replicas must keep up.
  const std::set<TableName>& wanted_elsewhere;
  // Tables of other units that this unit's jobs will read at `to` and that are not there yet.
  const std::set<TableName>& missing_inputs;

  std::optional<Anchor> anchor;  // of the last decision

  const Policy& policy() const { return migration.policy; }
  // What was asked before this is too old for what may be of that `age`. No age is shorter than answers take:
  // of many questions the first answer would be too old when the last one comes, for ever.
  Nanoseconds Since(Nanoseconds age) const {
    return std::max(state_since, now - std::max({age, answers_take, awaited_for}));
  }
  Token closing() const { return first_token + ClosingToken(row.generation); }
  Token opening() const { return first_token + OpeningToken(row.generation); }
  Token sealing() const { return first_token + ClosingToken(row.seal_generation); }
  Token publishing() const { return first_token + OpeningToken(row.seal_generation); }
  // How often to ask for the end of something that is awaited: writers that stand still wait for it too.
  Nanoseconds ask_every() const { return Nanoseconds(policy().look_again) / (IsFrozen(row.state) ? 10 : 1); }
  bool held() const { return row.held || run_held || !brake.empty(); }
  // What a held unit waits for.
  std::string held_why() const {
    if (row.held) return "a person: held: " + row.held_why;
    return run_held ? "a person: the whole run is held" : brake;
  }
};

// The end of an operation that runs on after it was begun.
struct Conclusion {
  std::string op;
  nlohmann::json body;
  bool failed = false;
  std::optional<Question> untrue;  // what was answered to it has shown itself to be out of date
};

struct Step {
  Event event;
  nlohmann::json body = nlohmann::json::object();
};

struct Wish {
  std::vector<Question> questions;
  std::vector<Action> actions;
  std::vector<Conclusion> conclusions;
  std::vector<nlohmann::json> evidence;
  std::optional<Decision> verdict;  // asked of the arbiter; never kNone
  std::string verdict_why;
  std::optional<Step> step;
  std::optional<std::string> hold;  // nothing can go on without a person: why
  bool needs_person = false;        // an approval or a waiver is awaited
  std::string want_approval;        // people are to be told so, once; "" if they were, or need not be

  std::vector<std::string> waits_for;     // for people, most important first
  std::optional<Nanoseconds> look_again;  // since boot: decide again then, even if nothing happened
  std::set<TableName> in_step;  // tables whose replica was seen to be equal to the manifest just read
  std::optional<Anchor> anchor;
};

class Turn {
 public:
  explicit Turn(const UnitView& unit_view) : view(unit_view) {}

  const UnitView& view;
  Wish wish;

  // The answer, if it was asked in this state and at most `age` ago; else the question is asked.
  template <typename Q>
  const typename AnswerTo<Q>::Type* Look(const Q& question, Nanoseconds age) {
    const auto* answer = LookSince(question, view.Since(age));
    if (answer == nullptr) return nullptr;
    const Nanoseconds too_old = *view.answers.AskedAt(question) + std::max(age, view.answers_take);
    if (too_old >= view.now) LookAgainIn(too_old + Nanoseconds(1) - view.now);
    return answer;  // else what is awaited comes first
  }
  // The answer, if it was asked at or after `since`.
  template <typename Q>
  const typename AnswerTo<Q>::Type* LookSince(const Q& question, Nanoseconds since) {
    const auto* answer = view.answers.Find(question, since);
    if (answer == nullptr) wish.questions.push_back(question);
    return answer;
  }

  // Asks once more when the answer that is known is `every` old; until then it counts. For what is awaited.
  template <typename Q>
  void AskAgainEvery(const Q& question, Nanoseconds every) {
    const Nanoseconds again = *view.answers.AskedAt(question) + every;
    if (view.now < again) {
      LookAgainIn(again - view.now);
    } else {
      LookSince(question, again);
    }
  }

  void Do(Action action) { wish.actions.push_back(std::move(action)); }
  // True if the unit is to be neither started nor frozen; then it waits for what keeps it.
  bool Stays() {
    if (!view.held() && view.spec.asked_for) return false;
    WaitFor(view.held() ? view.held_why() : "`godwit apply` for it: this one was asked for other units");
    wish.needs_person |= !view.spec.asked_for;
    return true;
  }
  void WaitFor(std::string what) { wish.waits_for.push_back(std::move(what)); }
  void Hold(std::string why) {
    if (!wish.hold) wish.hold = std::move(why);
  }
  void LookAgainIn(Nanoseconds delay) {
    const Nanoseconds at = view.now + std::max(delay, Nanoseconds(1));
    if (!wish.look_again || at < *wish.look_again) wish.look_again = at;
  }
  void Go(Event event, nlohmann::json body = nlohmann::json::object()) {
    wish.step = Step{event, std::move(body)};
  }
};

// What should happen to the unit now. Pure: the same view gives the same wish.
Wish Decide(const UnitView& view);

// --- The parts of Decide ---

// A job's mode before the switch: kBoth only where the job may run twice.
RunMode ModeOf(const UnitView& view, const JobSpec& job);

enum class CopyRule : uint8_t {
  kCopy,         // whatever differs is copied
  kLeaveRows,    // jobs at the receiving side write it: definitions only
  kAdoptOrCopy,  // rows that jobs at the receiving side computed stay if they are equal; the rest is copied
};
// Brings `table` at `receiver` into step with the other side. True if everything seen since `since` stands
// equal; else the wish holds what to do next, or it is under way.
bool Replicate(Turn& turn, const TableName& table, Side receiver, CopyRule rule, Nanoseconds since);
// Brings tables that others read at `receiver` into step there, and drops copies that nobody waits for any
// more.
void ReplicateWanted(Turn& turn, Side receiver);
// Whether what `from` wrote is brought to `to`: always; on the way back it is a defence of its own.
bool SyncsBack(const UnitView& view);
// Bytes that differ as far as known: an estimate of what a final copy would move.
int64_t DifferenceInBytes(const UnitView& view);

// Starts, keeps and compares shadow runs. True if they are in the state that a freeze asks for.
bool RunShadows(Turn& turn, bool tables_in_step);
bool HasShadowJobs(const UnitView& view);
// Tables that shadow jobs write.
std::set<TableName> ShadowTables(const UnitView& view);

void DecideDualRun(Turn& turn);   // cutover.cc: when to freeze
void DecideFreezing(Turn& turn);  // freeze.cc
void DecideFinalCopy(Turn& turn);
void DecideWaitConsistent(Turn& turn);
void DecideReady(Turn& turn);  // cutover.cc: the guards
void DecideSwitching(Turn& turn);
void DecideUnfreezing(Turn& turn);
void DecideCancelling(Turn& turn);  // linger.cc: states that keep their promises
void DecideProbation(Turn& turn);
void DecideAtRest(Turn& turn);  // completed, aborted, reversed

// What was seen of something that should be so: an answer that is awaited is neither yes nor no.
enum class Seen : uint8_t { kYes, kUnknown, kNo };
inline Seen operator&(Seen a, Seen b) { return std::max(a, b); }
inline Seen SeenAs(bool so) { return so ? Seen::kYes : Seen::kNo; }

// Reads whether a job is paused (or not) under this token, and wishes it so if it is not.
Seen AssertPaused(Turn& turn, Side side, const JobSpec& job, bool paused, Token token, Nanoseconds age);
// The same of a job's guard, and of a barrier.
Seen AssertGuard(Turn& turn, Side side, const JobSpec& job, bool closed, Token token, Nanoseconds age);
Seen AssertBarrier(Turn& turn, Side side, const TableName& table, Party party, bool closed, Token token,
                   Nanoseconds age);

// From the first look that nothing runs to the last.
inline Nanoseconds DrainGaps(const Policy& policy) {
  return Nanoseconds(policy.drain_gap) * std::max(0, policy.drain_reads - 1);
}
// The unit's tables that hold data: all but views.
std::vector<TableName> StoredTables(const UnitSpec& spec);
// Thawed is what a unit promises that was frozen and is not: what an earlier attempt left behind, or what was
// sent for it and came late, is taken back. True once nothing is left.
bool NothingIsLeftBehind(Turn& turn);
// Writers of the side that does not own the unit stay shut out, but for those of shadow runs.
void KeepOtherSideShut(Turn& turn);

// "godwit:<unit>:": all copies of a unit begin so.
std::string CopyTagPrefix(const std::string& unit);
// A wished copy knows the database's folder that receives it; its operation gives it a tag and a place of its
// own: DATABASE/_godwit/TABLE/OP/PARTITION.
void NameAttempt(StartCopy& copy, const std::string& unit, int64_t generation, const std::string& op);

// One line of the check before the switch.
struct GuardVerdict {
  std::string name;
  std::optional<bool> holds;  // nothing: not known yet
  std::string detail;
};
std::vector<GuardVerdict> Guards(Turn& turn);

}  // namespace godwit::executor
