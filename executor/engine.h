// executor/engine.h — drives all units of a migration. The engine is a value that is told what happened and
// says what to do next; it has no threads, no clock and no sockets. Everything it knows for certain comes
// from the journal: a new engine on the same journal goes on where the last one died.
//
//     engine.Poll(now)                → requests to carry out, each at most once per engine
//     engine.Complete(id, reply, now) → what came of one
//
// Order of things: an action's intent is durable before its request is handed out; its outcome is written
// when the reply comes; an outcome that nobody knows is looked up before the action is sent again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "executor/turn.h"
#include "state/journal.h"

namespace godwit::executor {

struct RunRow;  // executor/ledger.h

struct Moment {
  Nanoseconds since_boot{0};
  std::string boot_id;
  Timestamp wall{};
};

// Carry out `Perform(action, op)`, `LookUp(action, op)` or `Ask(question)`.
struct PerformRequest {
  std::string op;
  Action action;
};
struct LookUpRequest {
  std::string op;
  Action action;
};
using Work = std::variant<Question, PerformRequest, LookUpRequest>;

struct Request {
  uint64_t id = 0;
  std::string unit;
  Work work;
};

using Reply = std::variant<Result<Answer>, Result<Effect>, Result<Sighting>>;  // in the order of Work

Reply CarryOut(const Work& work, World& world);

// What the engine tells whoever watches. Not durable: the journal is.
struct EngineEvent {
  Timestamp time;
  std::string unit;
  std::string kind;  // "transition", "action", "problem", "decision", "evidence"
  std::string text;
};

struct EngineOptions {
  std::string who;         // host and process, for the journal
  bool keep_facts = true;  // see Ledger
  // Told of every event, at once. May be empty.
  std::function<void(const EngineEvent&)> tell;
  // Asked before the arbiter: whether the state file is whole. May be empty.
  std::function<Status()> check_state_file;
  // Asked in every round: why nothing new may begin just now (load, a full disk); "" if it may. What is
  // frozen goes through. Must not wait. May be empty.
  std::function<std::string()> brake;
};

// How one unit stands, for faces.
struct UnitStatus {
  const UnitSpec* spec;
  const UnitRow* row;
  std::vector<std::string> waits_for;
  std::string problem;          // the last failure that was not overcome yet
  bool needs_person = false;    // it goes on only when a person does something
  int64_t bytes_different = 0;  // as far as known
};

class Engine {
 public:
  // Takes the journal over and folds it. Errors: kCorrupt, kUnavailable; kConflict — the journal belongs to
  // another plan (it says which); kInvalidInput — see CheckMigration.
  static Result<std::unique_ptr<Engine>> Start(Migration migration, state::Journal& journal,
                                               EngineOptions options, const Moment& now);
  ~Engine();

  // Decides for every unit that has a reason to, writes what must be durable, and returns requests. Call it
  // again when something was completed, at NextWake, and now and then (commands of people arrive through the
  // journal). Errors: kConflict — another process took over: stop at once. kCorrupt — stop. kUnavailable —
  // the journal cannot be written now (disk full): nothing was handed out, call again later.
  Result<std::vector<Request>> Poll(const Moment& now);
  Status Complete(uint64_t id, Reply reply, const Moment& now);

  // What `unit` (a position in Migration::units) was told of this is not true any more: it asks again, if it
  // relied on it. Who is told of changes may pass them on; else units look again at the policy's intervals.
  void Doubt(size_t unit, const Question& question);

  // Writes down what was completed, and decides nothing: before stopping. Errors as Poll.
  Status RecordArrivals(const Moment& now);

  // When Poll should be called even if nothing happens.
  std::optional<Nanoseconds> NextWake() const;

  // Every unit is where it stays without a person's command, and no table has to be kept in sync.
  bool IsFinished() const;
  // No unit moves on until a person does something: each is at rest, held, waits for an approval, or for such
  // a one.
  bool NeedsPerson() const;
  bool IsStuck(size_t unit) const;  // as NeedsPerson, of one unit
  // Tables are kept in sync across sites; whoever stops now leaves their readers behind.
  bool HasSyncs() const;

  std::vector<UnitStatus> Units() const;
  const UnitRow& RowOf(size_t unit) const;
  const RunRow& run() const;
  int64_t epoch() const;

 private:
  class Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace godwit::executor
