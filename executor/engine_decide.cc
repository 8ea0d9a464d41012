// What every unit that has a reason does next: decided by pure functions, written down, then adopted.
#include <fmt/format.h>

#include <algorithm>

#include "executor/defence.h"
#include "executor/engine_impl.h"

namespace godwit::executor {
namespace {

using Json = nlohmann::json;
using state::Entry;
using state::RecordKind;

// States in which waiting for a person does no harm.
bool MayBeHeld(const UnitRow& row) {
  return !row.held && (row.state == UnitState::kPlanned || row.state == UnitState::kBulkCopy ||
                       row.state == UnitState::kDualRun);
}

}  // namespace

Result<bool> Engine::Impl::DecideAll() {
  bool moved = false;
  std::vector<Entry> entries;
  std::vector<std::pair<size_t, Wish>> wishes;
  if (limiter_.Advance(now_.since_boot, now_.wall)) {
    const std::string& why = limiter_.outside_why();
    Tell("", "problem", why.empty() ? "what was in the way is gone" : "nothing new begins: " + why);
  }
  GODWIT_TRY(RecordBreakers());
  TakeStock();
  agenda_.Ripen(now_.since_boot);
  for (std::optional<size_t> i = agenda_.MarkedFrom(0); i; i = agenda_.MarkedFrom(*i + 1)) {
    GODWIT_TRY_ASSIGN(const bool decided, DecideOne(*i, wishes, entries));
    moved = moved || decided;
  }
  for (const auto& [i, wish] : wishes) {
    if (!Stands(Defence::kIntentFirst)) SendActions(i, wish, ledger_.row(i).operations);
  }
  if (!entries.empty()) {
    const Status kept = ledger_.Append(epoch_, entries);
    if (!kept.ok()) limiter_.TakeBack();
    GODWIT_TRY(kept);
  }
  limiter_.Confirm();
  // All before any is adopted: what one does may be a reason for another.
  for (const auto& [i, wish] : wishes) agenda_.Settle(i, wish.look_again);
  for (auto& [i, wish] : wishes) {
    Adopt(i, wish);
    if (!NeedsReplicas(i)) ledger_.DropReplicas(i);
    moved = moved || wish.step.has_value() || !wish.evidence.empty() || !wish.conclusions.empty();
  }
  return moved;
}

Result<bool> Engine::Impl::DecideOne(size_t i, std::vector<std::pair<size_t, Wish>>& wishes,
                                     std::vector<Entry>& entries) {
  if (NeedsReplicas(i)) GODWIT_TRY(ledger_.LoadReplicas(i));
  Wish wish = Decide(ViewOf(i));
  if (wish.verdict) return Arbitrate(i, wish);
  const UnitMemory& unit = units_[i];
  if (unit.failures >= migration_.policy.failures_max && MayBeHeld(ledger_.row(i)) && !wish.hold) {
    wish.hold = fmt::format("failed {} times in a row, last: {}", unit.failures, unit.problem);
  }
  if (wish.step && wish.step->event == Event::kFreezeBegun) slots_.PromiseFreeze();
  if (wish.step && wish.step->event == Event::kStarted) slots_.PromiseStart();
  wishes.emplace_back(i, std::move(wish));
  AddEntries(i, wishes.back().second, entries);
  return false;
}

Status Engine::Impl::RecordBreakers() {
  for (const BreakerNews& news : limiter_.TakeNews()) unrecorded_.push_back(news);
  if (unrecorded_.empty()) return Ok();
  const auto opened = [](const BreakerNews& news) { return news.change == BreakerChange::kOpened; };
  const auto unit = [&](const BreakerNews& news) { return news.unit ? migration_.units[*news.unit].id : ""; };
  std::vector<Entry> entries;
  for (const BreakerNews& news : unrecorded_) {
    const char* verb = opened(news) ? "breaker_open" : "breaker_closed";
    entries.push_back(MakeEntry(unit(news), RecordKind::kControl,
                                {{"verb", verb}, {"by", "godwit"}, {"comment", news.why}}));
  }
  GODWIT_TRY(ledger_.Append(epoch_, entries));
  for (const BreakerNews& news : unrecorded_) {
    Tell(unit(news), "breaker", (opened(news) ? "open: " : "closed: ") + news.why);
  }
  unrecorded_.clear();
  for (size_t i = 0; i < units_.size(); ++i) agenda_.Mark(i);  // what may begin has changed
  return Ok();
}

// For how long the answer that was asked for first is on its way. O(questions on their way).
Nanoseconds Engine::Impl::AwaitedFor(const UnitMemory& unit) const {
  Nanoseconds longest{0};
  for (const auto& [question, id] : unit.asking) {
    const auto under_way = under_way_.find(id);
    if (under_way != under_way_.end()) longest = std::max(longest, now_.since_boot - under_way->second.asked);
  }
  return std::min(longest, kAnswerTimeMax);
}

UnitView Engine::Impl::ViewOf(size_t i) const {
  const UnitMemory& unit = units_[i];
  const Policy& policy = migration_.policy;
  const int64_t rate = limiter_.BytesPerSecond(ledger_.row(i).from);
  return UnitView{
      migration_,
      migration_.units[i],
      ledger_.row(i),
      ledger_.run().first_token(),
      ledger_,
      unit.answers,
      unit.asking,
      unit.begun,
      now_.since_boot,
      now_.wall,
      now_.boot_id,
      unit.state_since,
      2 * unit.slowest,
      AwaitedFor(unit),
      ledger_.run().held,
      limiter_.BrakeOf(i, ledger_.row(i)),
      slots_.IsOpen(migration_.units[i].wave),
      FreezeIsFree(),
      rate / std::max(1, slots_.copies()),
      rate > 0 ? std::min(rate, policy.expected_bytes_per_second) : policy.expected_bytes_per_second,
      unit.wanted_elsewhere,
      unit.missing_inputs,
      unit.anchor};
}

// Asks the arbiter: the journal, which takes one decision a generation. True if there is one now.
Result<bool> Engine::Impl::Arbitrate(size_t i, const Wish& wish) {
  const UnitRow& row = ledger_.row(i);
  if (*wish.verdict == Decision::kCommit && options_.check_state_file)
    GODWIT_TRY(options_.check_state_file());
  const Status decided = ledger_.Append(
      epoch_,
      {MakeEntry(migration_.units[i].id, RecordKind::kDecision,
                 {{"decision", DecisionName(*wish.verdict)}, {"why", wish.verdict_why}, {"by", options_.who}},
                 row.generation)});
  if (decided.ok()) {
    Tell(migration_.units[i].id, "decision",
         std::string(DecisionName(*wish.verdict)) + ": " + wish.verdict_why);
    return true;
  }
  if (decided.error().code != ErrorCode::kConflict) return decided.error();
  GODWIT_TRY(CatchUp());  // somebody else decided, or took over
  if (row.decision == Decision::kNone) return decided.error();
  return true;
}

// What must be durable before anything else is done about the wish.
void Engine::Impl::AddEntries(size_t i, Wish& wish, std::vector<Entry>& entries) {
  const std::string& id = migration_.units[i].id;
  const UnitRow& row = ledger_.row(i);
  for (Json& evidence : wish.evidence) {
    entries.push_back(MakeEntry(id, RecordKind::kEvidence, evidence, row.generation));
  }
  for (const Conclusion& conclusion : wish.conclusions) {
    entries.push_back(Outcome(i, conclusion.op, conclusion.body));
  }
  if (row.held) wish.hold.reset();  // that is no news
  if (wish.hold) {
    entries.push_back(MakeEntry(id, RecordKind::kControl,
                                {{"verb", "hold"}, {"by", "godwit"}, {"comment", *wish.hold}},
                                row.generation));
  }
  if (!wish.want_approval.empty() && !wish.step) {
    entries.push_back(MakeEntry(
        id, RecordKind::kControl,
        {{"verb", "want_approval"}, {"by", "godwit"}, {"comment", wish.want_approval}}, row.generation));
  }
  if (wish.step) {
    AddStep(i, *wish.step, entries);
    wish.actions.clear();
    wish.questions.clear();
    return;
  }
  if (now_.since_boot < units_[i].backoff_until) {
    wish.actions.clear();
    wish.questions.clear();
    return;
  }
  AddIntents(i, wish, entries);
}

void Engine::Impl::AddStep(size_t i, const Step& step, std::vector<Entry>& entries) {
  const UnitRow& row = ledger_.row(i);
  Json body = step.body;
  body["event"] = EventName(step.event);
  body["from"] = UnitStateName(row.state);
  const Result<UnitState> to = Next(row.state, step.event);
  GODWIT_ASSERT(to.ok());
  body["to"] = UnitStateName(*to);
  const int64_t generation = row.generation + (step.event == Event::kFreezeBegun ? 1 : 0);
  entries.push_back(MakeEntry(migration_.units[i].id, RecordKind::kTransition, body, generation));
}

// Keeps of the wished actions those that may begin now, each with its name, and writes their intents.
void Engine::Impl::AddIntents(size_t i, Wish& wish, std::vector<Entry>& entries) {
  const std::string& id = migration_.units[i].id;
  const UnitRow& row = ledger_.row(i);
  std::set<std::string> busy;
  for (const auto& [op, intent] : row.open) busy.insert(ResourceOf(intent.action));
  int64_t number = row.operations;
  std::vector<Action> begun;
  for (Action& action : wish.actions) {
    if (!limiter_.MayBegin(i, row, action, slots_.copies())) {
      const Nanoseconds again = now_.since_boot + limiter_.Patience(row);
      wish.look_again = wish.look_again ? std::min(*wish.look_again, again) : again;
      wish.waits_for.insert(wish.waits_for.begin(), "its turn: " + Describe(action));
      continue;
    }
    const bool named_later = IsCopy(action);
    if (!named_later && !busy.insert(ResourceOf(action)).second && Stands(Defence::kOneOutstanding)) continue;
    const std::string op = NameOfOperation(i, ++number);
    if (auto* copy = std::get_if<StartCopy>(&action)) NameAttempt(*copy, id, row.generation, op);
    Entry entry = MakeEntry(id, RecordKind::kIntent, ToJson(action), row.generation);
    entry.op = op;
    entries.push_back(std::move(entry));
    limiter_.Begin(i, action);
    if (named_later) slots_.PromiseCopy();
    begun.push_back(std::move(action));
  }
  wish.actions = std::move(begun);
}

// The wish is durable: makes it so in memory, and hands out its requests.
void Engine::Impl::Adopt(size_t i, Wish& wish) {
  UnitMemory& unit = units_[i];
  const std::string& id = migration_.units[i].id;
  unit.waits_for = wish.waits_for;
  unit.needs_person = wish.needs_person;
  unit.anchor = wish.anchor;
  if (wish.hold) {
    agenda_.Mark(i);
    Tell(id, "problem", "held: " + *wish.hold);
  }
  for (const Conclusion& conclusion : wish.conclusions) AdoptConclusion(i, conclusion);
  if (!wish.evidence.empty()) {
    agenda_.Mark(i);
    for (const Json& evidence : wish.evidence) Tell(id, "evidence", evidence.value("type", ""));
  }
  RememberInStep(i, wish);
  if (wish.step) {
    AdoptStep(i, *wish.step);
    return;
  }
  const int64_t before = ledger_.row(i).operations - static_cast<int64_t>(wish.actions.size());
  if (Stands(Defence::kIntentFirst)) SendActions(i, wish, before);
  for (const Question& question : wish.questions) AskFor(i, question);
  if (unit.backoff_until > now_.since_boot) agenda_.WakeBy(i, unit.backoff_until);
  LookUpOpen(i);
}

void Engine::Impl::AdoptConclusion(size_t i, const Conclusion& conclusion) {
  UnitMemory& unit = units_[i];
  agenda_.Mark(i);
  unit.ops.erase(conclusion.op);
  unit.begun.erase(conclusion.op);
  if (conclusion.untrue) Forget(*conclusion.untrue, unit);
  const std::string why = conclusion.failed ? conclusion.body.value("error", conclusion.body.dump()) : "";
  limiter_.Note(i, conclusion.failed, why);
  if (conclusion.failed) {
    Fail(i, "copy " + conclusion.op, Unavailable(why.substr(0, 400)));
  } else {
    RememberSuccess(unit);
  }
}

void Engine::Impl::RememberInStep(size_t i, const Wish& wish) {
  UnitMemory& unit = units_[i];
  bool news = false;
  for (const TableName& table : wish.in_step) news = unit.in_step.insert(table).second || news;
  if (news) SurroundAll(i);
}

void Engine::Impl::AdoptStep(size_t i, const Step& step) {
  agenda_.Settle(i, std::nullopt);
  agenda_.Mark(i);
  ForgetState(units_[i], now_.since_boot);
  Tell(migration_.units[i].id, "transition",
       std::string(EventName(step.event)) + " -> " + UnitStateName(ledger_.row(i).state));
  const bool starts_over = step.event == Event::kReversalBegun || step.event == Event::kRetried;
  if (starts_over) units_[i].in_step.clear();
  const Standing standing = StandingOf(ledger_.row(i));
  const bool news = starts_over || standing != standings_[i];
  standings_[i] = standing;
  if (news) SurroundAll(i);
}

}  // namespace godwit::executor
