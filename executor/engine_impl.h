// executor/engine_impl.h — the engine's inside, in three files: engine.cc has the poll and the requests,
// engine_arrivals.cc what came of them, engine_decide.cc what to do next. For these files alone.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "executor/agenda.h"
#include "executor/engine.h"
#include "executor/ledger.h"
#include "executor/limiter.h"
#include "executor/neighbours.h"
#include "executor/slots.h"
#include "executor/unit_memory.h"

namespace godwit::executor {

class Engine::Impl {
 public:
  Impl(Migration migration, state::Journal& journal, EngineOptions options);

  // As Engine's.
  Status Start(const Moment& now);
  Result<std::vector<Request>> Poll(const Moment& now);
  Status Complete(uint64_t id, Reply reply);
  void Doubt(size_t unit, const Question& question);
  Status RecordArrivals(const Moment& now);
  std::optional<Nanoseconds> NextWake() const;
  bool IsFinished() const;
  bool NeedsPerson() const;
  bool IsStuck(size_t unit) const;
  bool HasSyncs() const { return units_with_syncs_ > 0; }
  std::vector<UnitStatus> Units() const;
  const UnitRow& RowOf(size_t unit) const { return ledger_.row(unit); }
  const RunRow& run() const { return ledger_.run(); }
  int64_t epoch() const { return epoch_; }

 private:
  struct UnderWay {
    size_t unit;
    Work work;
    Nanoseconds asked;
  };
  struct Arrived {
    uint64_t id;
    UnderWay under_way;
    Reply reply;
  };

  // --- engine.cc: the poll, step by step ---
  Status PollOnce();
  Status Beat();
  Status CatchUp();
  void CloseBreaker(std::optional<size_t> unit);

  void LookUpOpen(size_t i);
  void SendActions(size_t i, const Wish& wish, int64_t number);
  void Send(size_t i, const std::string& op, const Action& action);
  void AskFor(size_t i, const Question& question);
  uint64_t HandOut(size_t i, Work work);

  // --- engine_arrivals.cc ---
  // Writes the outcomes of what came back, then believes them.
  Status TakeArrivals();
  void AddOutcome(const Arrived& arrived, std::vector<state::Entry>& entries);
  void Believe(Arrived& arrived);
  void BelieveAnswer(Arrived& arrived, const Question& question);
  void BelieveEffect(const Arrived& arrived, const PerformRequest& perform);
  void BelieveSighting(const Arrived& arrived, const LookUpRequest& look_up);
  void NoteAttempt(size_t i, const Result<Effect>& reply);
  void Fail(size_t i, const std::string& what, const Error& error);

  // --- engine_decide.cc ---
  // One round over all units that have a reason. True if a unit changed state, so that there is more to
  // decide.
  Result<bool> DecideAll();
  // Decides about one unit; true if the arbiter was asked and there is a decision now. Else the wish is kept
  // in `wishes`, and what must be durable before it is adopted in `entries`.
  Result<bool> DecideOne(size_t i, std::vector<std::pair<size_t, Wish>>& wishes,
                         std::vector<state::Entry>& entries);
  // A breaker that opened or closed is durable before anything is decided by it.
  Status RecordBreakers();
  Nanoseconds AwaitedFor(const UnitMemory& unit) const;
  UnitView ViewOf(size_t i) const;
  Result<bool> Arbitrate(size_t i, const Wish& wish);
  void AddEntries(size_t i, Wish& wish, std::vector<state::Entry>& entries);
  void AddStep(size_t i, const Step& step, std::vector<state::Entry>& entries);
  void AddIntents(size_t i, Wish& wish, std::vector<state::Entry>& entries);
  void Adopt(size_t i, Wish& wish);
  void AdoptConclusion(size_t i, const Conclusion& conclusion);
  void RememberInStep(size_t i, const Wish& wish);
  void AdoptStep(size_t i, const Step& step);

  // --- Neighbourhood and limits, engine.cc ---
  void Surround(size_t i);
  void SurroundAll(size_t i);
  void TakeStock();
  bool FreezeIsFree() const;
  bool NeedsReplicas(size_t i) const;
  bool Rests(size_t i) const;
  bool IsAtRest(size_t i) const;
  bool WaitsForPerson(size_t i) const;

  // --- Records ---
  std::string NameOfOperation(size_t i, int64_t number) const;  // the unit's first is number 1
  state::Entry MakeEntry(const std::string& unit, state::RecordKind kind, const nlohmann::json& body,
                         int64_t generation = 0) const;
  state::Entry Outcome(size_t i, const std::string& op, const nlohmann::json& body) const;
  void Tell(const std::string& unit, const std::string& kind, const std::string& text) const;

  const Migration migration_;
  state::Journal& journal_;
  EngineOptions options_;
  Ledger ledger_;
  Neighbours neighbours_;
  Limiter limiter_;
  std::vector<BreakerNews> unrecorded_;  // breakers that opened or closed
  Neighbours::Standings standings_;
  Slots slots_;
  Agenda agenda_;
  std::vector<UnitMemory> units_;
  size_t units_with_syncs_ = 0;  // whose `wanted_elsewhere` is not empty
  std::unordered_map<uint64_t, UnderWay> under_way_;
  std::vector<Arrived> arrived_;
  std::vector<Request> requests_;
  uint64_t last_request_ = 0;
  int64_t epoch_ = 0;
  Moment now_;
  Nanoseconds last_beat_{0};
  std::optional<Nanoseconds> journal_retry_;  // it could not be written: nothing can be done before
  mutable size_t unfinished_ = 0;  // a unit that was not at rest when last asked: most likely still so
  mutable size_t not_stuck_ = 0;   // likewise
};

inline bool IsCopy(const Action& action) { return std::holds_alternative<StartCopy>(action); }

}  // namespace godwit::executor
