// What came back from the world: what the journal has to know of it, and what it means for its unit.
#include "executor/defence.h"
#include "executor/engine_impl.h"

namespace godwit::executor {
namespace {

using state::Entry;

// An operation that was meant for a state that is over is not begun again; a copy is good in any state that
// copies.
bool IsStillMeant(const OpenIntent& intent, const UnitRow& row) {
  if (IsCopy(intent.action)) return row.state != UnitState::kCancelling && !IsTerminal(row.state);
  return intent.state == row.state && intent.generation == row.generation;
}

}  // namespace

Status Engine::Impl::TakeArrivals() {
  std::vector<Entry> entries;
  for (const Arrived& arrived : arrived_) AddOutcome(arrived, entries);
  if (!entries.empty()) GODWIT_TRY(ledger_.Append(epoch_, entries));
  for (Arrived& arrived : arrived_) Believe(arrived);
  arrived_.clear();
  return Ok();
}

// The outcome record that a reply deserves, if any.
void Engine::Impl::AddOutcome(const Arrived& arrived, std::vector<Entry>& entries) {
  const size_t unit = arrived.under_way.unit;
  const auto is_open = [&](const std::string& op) { return ledger_.row(unit).open.contains(op); };
  if (const auto* perform = std::get_if<PerformRequest>(&arrived.under_way.work)) {
    if (!is_open(perform->op)) return;  // a copy that was concluded before its submission was answered
    const auto& reply = std::get<Result<Effect>>(arrived.reply);
    const bool unknown = !reply.ok() && reply.error().code == ErrorCode::kUnavailable;
    if (unknown && Stands(Defence::kLookUp)) return;
    if (reply.ok() && IsCopy(perform->action)) return;  // begun, not done
    if (reply.ok()) {
      entries.push_back(
          Outcome(unit, perform->op, {{"outcome", *reply == Effect::kDone ? "done" : "already"}}));
    } else {
      entries.push_back(
          Outcome(unit, perform->op, {{"outcome", "refused"}, {"error", reply.error().message}}));
    }
  } else if (const auto* look_up = std::get_if<LookUpRequest>(&arrived.under_way.work)) {
    const auto& reply = std::get<Result<Sighting>>(arrived.reply);
    if (!reply.ok() || !is_open(look_up->op)) return;
    const OpenIntent& intent = ledger_.row(unit).open.at(look_up->op);
    if (*reply == Sighting::kDone && !IsCopy(intent.action)) {
      entries.push_back(Outcome(unit, look_up->op, {{"outcome", "already"}}));
    } else if (*reply == Sighting::kOvertaken) {
      entries.push_back(Outcome(unit, look_up->op, {{"outcome", "overtaken"}}));
    } else if (*reply == Sighting::kNotDone && !IsStillMeant(intent, ledger_.row(unit))) {
      entries.push_back(Outcome(unit, look_up->op, {{"outcome", "absent"}}));
    }
  }
}

void Engine::Impl::Believe(Arrived& arrived) {
  agenda_.Mark(arrived.under_way.unit);
  if (const auto* question = std::get_if<Question>(&arrived.under_way.work)) {
    BelieveAnswer(arrived, *question);
  } else if (const auto* perform = std::get_if<PerformRequest>(&arrived.under_way.work)) {
    BelieveEffect(arrived, *perform);
  } else {
    BelieveSighting(arrived, std::get<LookUpRequest>(arrived.under_way.work));
  }
}

void Engine::Impl::BelieveAnswer(Arrived& arrived, const Question& question) {
  UnitMemory& unit = units_[arrived.under_way.unit];
  // Asked before something made the answer untrue: it is not among those awaited any more.
  const auto awaited = unit.asking.find(question);
  if (awaited == unit.asking.end() || awaited->second != arrived.id) return;
  unit.asking.erase(awaited);
  auto& reply = std::get<Result<Answer>>(arrived.reply);
  if (!reply.ok()) {
    Fail(arrived.under_way.unit, Describe(question), reply.error());
    return;
  }
  RememberAnswerTime(now_.since_boot - arrived.under_way.asked, unit);
  // Rows that were compared before, or meanwhile, need not be those of the files that are listed now.
  if (const auto* listing = std::get_if<LookAtManifest>(&question)) ForgetComparisons(listing->table, unit);
  if (const auto* compared = std::get_if<std::vector<ComparedPartition>>(&*reply)) {
    const TableName table = std::get<CompareRows>(question).table;
    for (const ComparedPartition& one : *compared) {
      unit.answers.Put(CompareRows{table, {one.partition}}, std::vector<ComparedPartition>{one},
                       arrived.under_way.asked);
    }
    return;
  }
  unit.answers.Put(question, *std::move(reply), arrived.under_way.asked);
}

void Engine::Impl::BelieveEffect(const Arrived& arrived, const PerformRequest& perform) {
  const size_t i = arrived.under_way.unit;
  UnitMemory& unit = units_[i];
  ForgetAbout(perform.action, unit);
  const auto& reply = std::get<Result<Effect>>(arrived.reply);
  if (!reply.ok() || !IsCopy(perform.action)) NoteAttempt(i, reply);
  if (IsCopy(perform.action) && !ledger_.row(i).open.contains(perform.op)) {
    unit.ops.erase(perform.op);
    return;
  }
  if (reply.ok()) {
    if (IsCopy(perform.action)) {  // accepted, which is not done: whether it fails shows later
      RememberBegun(perform.op, unit);
    } else {
      RememberSuccess(unit);
      unit.ops.erase(perform.op);
    }
    return;
  }
  Fail(i, Describe(perform.action), reply.error());
  if (reply.error().code == ErrorCode::kUnavailable && Stands(Defence::kLookUp)) {
    unit.ops[perform.op] = {OpStage::kToLookUp,
                            now_.since_boot + Nanoseconds(migration_.policy.unknown_wait)};
  } else {
    unit.ops.erase(perform.op);
  }
}

void Engine::Impl::BelieveSighting(const Arrived& arrived, const LookUpRequest& look_up) {
  const size_t i = arrived.under_way.unit;
  UnitMemory& unit = units_[i];
  const auto& reply = std::get<Result<Sighting>>(arrived.reply);
  ForgetAbout(look_up.action, unit);
  if (!reply.ok()) {
    Fail(i, "look up: " + Describe(look_up.action), reply.error());
    unit.ops[look_up.op] = {OpStage::kToLookUp,
                            now_.since_boot + Nanoseconds(migration_.policy.unknown_wait)};
    return;
  }
  const auto open = ledger_.row(i).open.find(look_up.op);
  if (open == ledger_.row(i).open.end()) {  // its outcome was written just now
    unit.ops.erase(look_up.op);
  } else if (*reply == Sighting::kDone) {
    RememberBegun(look_up.op, unit);  // a copy that runs, or ran
  } else {
    Send(i, look_up.op, open->second.action);
  }
}

void Engine::Impl::NoteAttempt(size_t i, const Result<Effect>& reply) {
  limiter_.Note(i, !reply.ok(), reply.ok() ? "" : reply.error().message);
}

void Engine::Impl::Fail(size_t i, const std::string& what, const Error& error) {
  const std::string& id = migration_.units[i].id;
  RememberFailure(id, what + ": " + error.message, now_.since_boot, migration_.policy.backoff_max, units_[i]);
  Tell(id, "problem", units_[i].problem);
}

}  // namespace godwit::executor
