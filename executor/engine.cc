#include "executor/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/hash.h"
#include "executor/defence.h"
#include "executor/ledger.h"
#include "executor/limiter.h"
#include "executor/neighbours.h"

namespace godwit::executor {
namespace {

using Json = nlohmann::json;
using state::Entry;
using state::RecordKind;

constexpr int kForeignWritesMax = 3;
constexpr int kRoundsMax = 32;  // state changes of one unit within one Poll
constexpr Nanoseconds kBeatEvery = std::chrono::seconds(5);

// How an open intent stands in this process. Not durable: after a crash all are kToLookUp.
enum class OpStage : uint8_t { kToLookUp, kUnderWay, kBegun };
struct OpProgress {
  OpStage stage = OpStage::kToLookUp;
  Nanoseconds not_before{0};  // look up no earlier
};

struct Unit {
  Answers answers;
  std::map<Question, uint64_t> asking;  // question -> request
  std::map<std::string, OpProgress> ops;
  std::set<std::string> begun;  // copies among them that the world has accepted
  Nanoseconds state_since{0};
  std::optional<Anchor> anchor;
  bool dirty = true;
  std::optional<Nanoseconds> wake;
  std::vector<std::string> waits_for;
  bool needs_person = false;
  std::string problem;
  int failures = 0;
  Nanoseconds backoff_until{0};
  std::set<TableName> wanted_elsewhere;
  std::set<TableName> missing_inputs;
  std::set<TableName> in_step;  // tables whose replica was seen to be in step since it was first wanted
};

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

// What the limits are about, counted over all units.
struct Tally {
  int in_flight = 0;
  int frozen = 0;
  int copies = 0;
  int open_wave = 0;  // the first wave that has a unit to start or on its way
};

// The answers that an action may have made untrue.
std::vector<Question> QuestionsAbout(const Action& action) {
  if (const auto* a = std::get_if<CreateDatabase>(&action))
    return {LookAtDatabase{a->side, a->database.name}};
  if (const auto* a = std::get_if<CreateTable>(&action)) {
    return {LookAtTable{a->side, a->table.name}, LookAtManifest{a->side, a->table.name}};
  }
  if (const auto* a = std::get_if<AlterTable>(&action)) return {LookAtTable{a->side, a->table.name}};
  if (const auto* a = std::get_if<Publish>(&action)) {
    return {LookAtTable{a->side, a->table}, LookAtManifest{a->side, a->table}};
  }
  if (const auto* a = std::get_if<SetBarrier>(&action)) return {LookAtBarrier{a->side, a->table, a->party}};
  if (const auto* a = std::get_if<SetPaused>(&action)) return {LookAtJob{a->side, a->job}};
  if (const auto* a = std::get_if<SetGuard>(&action)) return {LookAtJob{a->side, a->job}};
  if (const auto* a = std::get_if<SetCursor>(&action)) return {LookAtJob{a->side, a->job}};
  if (const auto* a = std::get_if<SetRoute>(&action)) return {LookAtRoute{a->side, a->table}};
  if (const auto* a = std::get_if<StartCopy>(&action)) return {LookAtCopy{a->tag}};
  if (const auto* a = std::get_if<CancelCopy>(&action)) return {LookAtCopy{a->tag}};
  return {};
}

std::string DescribeQuestion(const Question& question) {
  static constexpr const char* kNames[] = {"read job",    "read barrier", "read database", "read table",
                                           "list",        "read route",   "poll copy",     "find copies of",
                                           "verify copy", "compare rows", "explain rows"};
  const std::string what = kNames[question.index()];
  if (const auto* q = std::get_if<LookAtJob>(&question))
    return fmt::format("{} {} at {}", what, q->job, SideName(q->side));
  if (const auto* q = std::get_if<LookAtTable>(&question)) {
    return fmt::format("{} {} at {}", what, q->table.Text(), SideName(q->side));
  }
  if (const auto* q = std::get_if<LookAtManifest>(&question)) {
    return fmt::format("{} {} at {}", what, q->table.Text(), SideName(q->side));
  }
  if (const auto* q = std::get_if<CompareRows>(&question))
    return fmt::format("{} of {}", what, q->table.Text());
  if (const auto* q = std::get_if<ExplainDifference>(&question))
    return fmt::format("{} of {}", what, q->table.Text());
  return what;
}

bool IsCopy(const Action& action) { return std::holds_alternative<StartCopy>(action); }

// An operation that was meant for a state that is over is not begun again; a copy is good in any state that
// copies.
bool IsStillMeant(const OpenIntent& intent, const UnitRow& row) {
  if (IsCopy(intent.action)) return row.state != UnitState::kCancelling && !IsTerminal(row.state);
  return intent.state == row.state && intent.generation == row.generation;
}

}  // namespace

Reply CarryOut(const Work& work, World& world) {
  if (const auto* question = std::get_if<Question>(&work)) return Ask(*question, world);
  if (const auto* perform = std::get_if<PerformRequest>(&work))
    return Perform(perform->action, perform->op, world);
  const auto& look_up = std::get<LookUpRequest>(work);
  return LookUp(look_up.action, look_up.op, world);
}

class Engine::Impl {
 public:
  Impl(Migration migration, state::Journal& journal, EngineOptions options)
      : migration_(std::move(migration)),
        journal_(journal),
        options_(std::move(options)),
        ledger_(migration_, journal, options_.keep_facts),
        neighbours_(migration_),
        limiter_(migration_.policy, migration_.units.size(), options_.brake),
        units_(migration_.units.size()) {}

  Status Start(const Moment& now) {
    GODWIT_TRY(CheckMigration(migration_));
    Entry entry =
        MakeEntry(now, "", RecordKind::kEpoch, {{"who", options_.who}, {"plan_hash", migration_.plan_hash}});
    GODWIT_TRY(ledger_.Load());
    GODWIT_TRY_ASSIGN(epoch_, journal_.TakeOver(entry));
    GODWIT_TRY(ledger_.CatchUp());
    limiter_.Restore(std::nullopt, ledger_.run().breaker_why, now.since_boot);
    for (size_t i = 0; i < units_.size(); ++i) {
      limiter_.Restore(i, ledger_.row(i).breaker_why, now.since_boot);
      units_[i].state_since = now.since_boot;
      for (const auto& [op, intent] : ledger_.row(i).open) units_[i].ops[op] = {};
      Surround(i);
    }
    last_beat_ = now.since_boot;
    return Ok();
  }

  Result<std::vector<Request>> Poll(const Moment& now) {
    now_ = now;
    requests_.clear();
    Status status = PollOnce();
    // Somebody else wrote in between: once more, knowing it.
    for (int i = 1; i < kForeignWritesMax && !status.ok() && status.error().code == ErrorCode::kUnavailable;
         ++i) {
      status = PollOnce();
    }
    if (!status.ok() && status.error().code != ErrorCode::kUnavailable) return status.error();
    // The disk is full, say: what was handed out stands, the rest is done next time.
    if (!status.ok()) Tell("", "problem", status.error().message);
    return std::move(requests_);
  }

  Status Complete(uint64_t id, Reply reply, const Moment& now) {
    const auto found = under_way_.find(id);
    if (found == under_way_.end()) return InvalidInput(fmt::format("no request {} is under way", id));
    (void)now;
    arrived_.push_back({id, std::move(found->second), std::move(reply)});
    under_way_.erase(found);
    return Ok();
  }

  Status RecordArrivals(const Moment& now) {
    now_ = now;
    GODWIT_TRY(CatchUp());
    return TakeArrivals();
  }

  std::optional<Nanoseconds> NextWake() const {
    std::optional<Nanoseconds> next;
    for (const Unit& unit : units_) {
      if (unit.dirty) return now_.since_boot;
      if (unit.wake && (!next || *unit.wake < *next)) next = unit.wake;
    }
    return next;
  }

  bool IsFinished() const {
    for (size_t i = 0; i < units_.size(); ++i) {
      if (!IsAtRest(i)) return false;
    }
    return arrived_.empty();
  }

  bool NeedsPerson() const {
    if (!arrived_.empty()) return false;
    for (size_t i = 0; i < units_.size(); ++i) {
      if (!IsStuck(i)) return false;
    }
    return true;
  }

  // At rest, or waiting for a person, or for a table of a unit that does.
  bool IsStuck(size_t i) const {
    if (Rests(i) || WaitsForPerson(i)) return true;
    const UnitState state = ledger_.row(i).state;
    if (state == UnitState::kProbation) return !units_[i].wanted_elsewhere.empty();
    // It waits for units of an earlier wave, which answer for themselves.
    if (state == UnitState::kPlanned && migration_.units[i].wave > tally_.open_wave) return true;
    if (state != UnitState::kDualRun) return false;
    return std::any_of(units_[i].missing_inputs.begin(), units_[i].missing_inputs.end(),
                       [&](const TableName& table) { return WaitsForPerson(*neighbours_.UnitOf(table)); });
  }

  bool HasSyncs() const {
    return std::any_of(units_.begin(), units_.end(),
                       [](const Unit& unit) { return !unit.wanted_elsewhere.empty(); });
  }

  std::vector<UnitStatus> Units() const {
    std::vector<UnitStatus> all;
    for (size_t i = 0; i < units_.size(); ++i) {
      all.push_back({&migration_.units[i], &ledger_.row(i), units_[i].waits_for, units_[i].problem,
                     WaitsForPerson(i), DifferenceInBytes(ViewOf(i))});
    }
    return all;
  }

  const RunRow& run() const { return ledger_.run(); }
  int64_t epoch() const { return epoch_; }

 private:
  // --- The poll, step by step ---

  Status PollOnce() {
    GODWIT_TRY(Beat());
    GODWIT_TRY(CatchUp());
    GODWIT_TRY(TakeArrivals());
    for (int round = 0; round < kRoundsMax; ++round) {
      GODWIT_TRY_ASSIGN(const bool moved, DecideAll());
      if (!moved) break;
    }
    return Ok();
  }

  Status Beat() {
    if (now_.since_boot < last_beat_ + kBeatEvery) return Ok();
    last_beat_ = now_.since_boot;
    return journal_.Beat(epoch_, now_.since_boot.count(), now_.boot_id);
  }

  Status CatchUp() {
    std::vector<UnitState> before;
    GODWIT_TRY_ASSIGN(const std::set<size_t> concerned, ledger_.CatchUp());
    if (ledger_.newest_epoch() > epoch_ && Stands(Defence::kEpochs))
      return Conflict("another process took over this migration");
    for (const size_t unit : concerned) {
      units_[unit].dirty = true;
      units_[unit].failures = 0;
      units_[unit].backoff_until = Nanoseconds(0);
    }
    return Ok();
  }

  // Writes the outcomes of what came back, then believes them.
  Status TakeArrivals() {
    std::vector<Entry> entries;
    for (const Arrived& arrived : arrived_) AddOutcome(arrived, entries);
    if (!entries.empty()) GODWIT_TRY(ledger_.Append(epoch_, entries));
    for (Arrived& arrived : arrived_) Believe(arrived);
    arrived_.clear();
    return Ok();
  }

  // The outcome record that a reply deserves, if any.
  void AddOutcome(const Arrived& arrived, std::vector<Entry>& entries) {
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

  void Believe(Arrived& arrived) {
    Unit& unit = units_[arrived.under_way.unit];
    unit.dirty = true;
    if (const auto* question = std::get_if<Question>(&arrived.under_way.work)) {
      BelieveAnswer(arrived, unit, *question);
    } else if (const auto* perform = std::get_if<PerformRequest>(&arrived.under_way.work)) {
      BelieveEffect(arrived, unit, *perform);
    } else {
      BelieveSighting(arrived, unit, std::get<LookUpRequest>(arrived.under_way.work));
    }
  }

  void BelieveAnswer(Arrived& arrived, Unit& unit, const Question& question) {
    // Asked before something made the answer untrue: it is not among those awaited any more.
    const auto awaited = unit.asking.find(question);
    if (awaited == unit.asking.end() || awaited->second != arrived.id) return;
    unit.asking.erase(awaited);
    auto& reply = std::get<Result<Answer>>(arrived.reply);
    if (!reply.ok()) {
      Fail(arrived.under_way.unit, DescribeQuestion(question), reply.error());
      return;
    }
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

  void BelieveEffect(const Arrived& arrived, Unit& unit, const PerformRequest& perform) {
    ForgetAbout(unit, perform.action);
    const auto& reply = std::get<Result<Effect>>(arrived.reply);
    if (!reply.ok() || !IsCopy(perform.action)) NoteAttempt(arrived.under_way.unit, reply);
    if (IsCopy(perform.action) && !ledger_.row(arrived.under_way.unit).open.contains(perform.op)) {
      unit.ops.erase(perform.op);
      return;
    }
    if (reply.ok()) {
      if (IsCopy(perform.action)) {  // accepted, which is not done: whether it fails shows later
        Begun(unit, perform.op);
      } else {
        unit.failures = 0;
        unit.problem.clear();
        unit.ops.erase(perform.op);
      }
      return;
    }
    Fail(arrived.under_way.unit, Describe(perform.action), reply.error());
    if (reply.error().code == ErrorCode::kUnavailable && Stands(Defence::kLookUp)) {
      unit.ops[perform.op] = {OpStage::kToLookUp,
                              now_.since_boot + Nanoseconds(migration_.policy.unknown_wait)};
    } else {
      unit.ops.erase(perform.op);
    }
  }

  void NoteAttempt(size_t i, const Result<Effect>& reply) {
    limiter_.Note(i, !reply.ok(), reply.ok() ? "" : reply.error().message);
  }

  static void Begun(Unit& unit, const std::string& op) {
    unit.ops[op].stage = OpStage::kBegun;
    unit.begun.insert(op);
  }

  void BelieveSighting(const Arrived& arrived, Unit& unit, const LookUpRequest& look_up) {
    const auto& reply = std::get<Result<Sighting>>(arrived.reply);
    ForgetAbout(unit, look_up.action);
    if (!reply.ok()) {
      Fail(arrived.under_way.unit, "look up: " + Describe(look_up.action), reply.error());
      unit.ops[look_up.op] = {OpStage::kToLookUp,
                              now_.since_boot + Nanoseconds(migration_.policy.unknown_wait)};
      return;
    }
    const UnitRow& row = ledger_.row(arrived.under_way.unit);
    const auto open = row.open.find(look_up.op);
    if (open == row.open.end()) {  // its outcome was written just now
      unit.ops.erase(look_up.op);
    } else if (*reply == Sighting::kDone) {
      Begun(unit, look_up.op);  // a copy that runs, or ran
    } else {
      Send(arrived.under_way.unit, look_up.op, open->second.action);
    }
  }

  void ForgetAbout(Unit& unit, const Action& action) {
    for (const Question& question : QuestionsAbout(action)) {
      unit.answers.Forget(question);
      unit.asking.erase(question);
    }
    if (std::holds_alternative<CancelCopy>(action)) {
      std::erase_if(unit.asking,
                    [](const auto& each) { return std::holds_alternative<LookForCopies>(each.first); });
      // Its prefix is the unit's.
      unit.answers.ForgetIf(
          [](const Question& question) { return std::holds_alternative<LookForCopies>(question); });
    }
  }

  void Fail(size_t index, const std::string& what, const Error& error) {
    Unit& unit = units_[index];
    unit.problem = what + ": " + error.message;
    ++unit.failures;
    const Nanoseconds cap = migration_.policy.backoff_max;
    const Nanoseconds base = std::min(
        cap, Nanoseconds(std::chrono::milliseconds(250)) * (int64_t{1} << std::min(unit.failures, 16)));
    // Half fixed, half spread by unit and count, so that units that failed together do not come back
    // together.
    const uint64_t spread = Hash64(migration_.units[index].id, static_cast<uint64_t>(unit.failures)) % 1000;
    unit.backoff_until = now_.since_boot + base / 2 + base * static_cast<int64_t>(spread) / 2000;
    Tell(migration_.units[index].id, "problem", unit.problem);
  }

  // --- Deciding ---

  // One round over all units that have a reason. True if a unit changed state, so that there is more to
  // decide.
  Result<bool> DecideAll() {
    bool moved = false;
    std::vector<Entry> entries;
    std::vector<std::pair<size_t, Wish>> wishes;
    limiter_.Advance(now_.since_boot, now_.wall);
    GODWIT_TRY(RecordBreakers());
    TakeStock();
    for (size_t i = 0; i < units_.size(); ++i) {
      Unit& unit = units_[i];
      const bool due = unit.dirty || (unit.wake && *unit.wake <= now_.since_boot);
      if (!due) continue;
      if (NeedsReplicas(i)) GODWIT_TRY(ledger_.LoadReplicas(i));
      Wish wish = Decide(ViewOf(i));
      if (wish.verdict) {
        GODWIT_TRY_ASSIGN(const bool decided, Arbitrate(i, wish));
        moved = moved || decided;
        continue;
      }
      if (units_[i].failures >= migration_.policy.failures_max && MayBeHeld(ledger_.row(i)) && !wish.hold) {
        wish.hold = fmt::format("failed {} times in a row, last: {}", unit.failures, unit.problem);
      }
      if (wish.step && wish.step->event == Event::kFreezeBegun) ++tally_.frozen;
      if (wish.step && wish.step->event == Event::kStarted) ++tally_.in_flight;
      wishes.emplace_back(i, std::move(wish));
      AddEntries(i, wishes.back().second, entries);
    }
    for (const auto& [i, wish] : wishes) {
      if (!Stands(Defence::kIntentFirst)) SendActions(i, wish, ledger_.row(i).operations);
    }
    if (!entries.empty()) {
      const Status kept = ledger_.Append(epoch_, entries);
      if (!kept.ok()) counted_until_ = 0;  // the slots that were promised above are free
      if (!kept.ok()) limiter_.TakeBack();
      GODWIT_TRY(kept);
    }
    limiter_.Confirm();
    for (auto& [i, wish] : wishes) {
      Adopt(i, wish);
      moved = moved || wish.step.has_value() || !wish.evidence.empty() || !wish.conclusions.empty();
    }
    return moved;
  }

  // A breaker that opened or closed is durable before anything is decided by it. All look again: what may
  // begin has changed.
  Status RecordBreakers() {
    for (const BreakerNews& news : limiter_.TakeNews()) unrecorded_.push_back(news);
    if (unrecorded_.empty()) return Ok();
    std::vector<Entry> entries;
    for (const BreakerNews& news : unrecorded_) {
      const bool opened = news.change == BreakerChange::kOpened;
      entries.push_back(MakeEntry(
          now_, news.unit ? migration_.units[*news.unit].id : "", RecordKind::kControl,
          {{"verb", opened ? "breaker_open" : "breaker_closed"}, {"by", "godwit"}, {"comment", news.why}}));
    }
    GODWIT_TRY(ledger_.Append(epoch_, entries));
    for (const BreakerNews& news : unrecorded_) {
      Tell(news.unit ? migration_.units[*news.unit].id : "", "breaker",
           (news.change == BreakerChange::kOpened ? "open: " : "closed: ") + news.why);
    }
    unrecorded_.clear();
    for (Unit& unit : units_) unit.dirty = true;
    return Ok();
  }

  UnitView ViewOf(size_t i) const {
    const Unit& unit = units_[i];
    const Policy& policy = migration_.policy;
    const int64_t rate = limiter_.BytesPerSecond(ledger_.row(i).from);
    return UnitView{
        migration_,
        migration_.units[i],
        ledger_.row(i),
        ledger_,
        unit.answers,
        unit.asking,
        unit.begun,
        now_.since_boot,
        now_.wall,
        now_.boot_id,
        unit.state_since,
        ledger_.run().held,
        limiter_.BrakeOf(i, ledger_.row(i)),
        migration_.units[i].wave <= tally_.open_wave && tally_.in_flight < policy.units_in_flight_max,
        tally_.frozen<limiter_.FreezesMax(), rate / std::max(1, tally_.copies), rate> 0
            ? std::min(rate, policy.expected_bytes_per_second)
            : policy.expected_bytes_per_second,
        unit.wanted_elsewhere,
        unit.missing_inputs,
        unit.anchor};
  }

  // Asks the arbiter: the journal, which takes one decision a generation. True if there is one now.
  Result<bool> Arbitrate(size_t i, const Wish& wish) {
    Unit& unit = units_[i];
    const UnitRow& row = ledger_.row(i);
    if (*wish.verdict == Decision::kCommit && options_.check_state_file)
      GODWIT_TRY(options_.check_state_file());
    const Status decided = ledger_.Append(
        epoch_,
        {MakeEntry(
            now_, migration_.units[i].id, RecordKind::kDecision,
            {{"decision", DecisionName(*wish.verdict)}, {"why", wish.verdict_why}, {"by", options_.who}},
            row.generation)});
    unit.dirty = true;
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
  void AddEntries(size_t i, Wish& wish, std::vector<Entry>& entries) {
    const std::string& id = migration_.units[i].id;
    const UnitRow& row = ledger_.row(i);
    for (Json& evidence : wish.evidence) {
      entries.push_back(MakeEntry(now_, id, RecordKind::kEvidence, evidence, row.generation));
    }
    for (const Conclusion& conclusion : wish.conclusions) {
      entries.push_back(Outcome(i, conclusion.op, conclusion.body));
    }
    if (wish.hold && !row.held) {
      entries.push_back(MakeEntry(now_, id, RecordKind::kControl,
                                  {{"verb", "hold"}, {"by", "godwit"}, {"comment", *wish.hold}},
                                  row.generation));
    }
    if (!wish.want_approval.empty() && !wish.step) {
      entries.push_back(MakeEntry(
          now_, id, RecordKind::kControl,
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

  void AddStep(size_t i, const Step& step, std::vector<Entry>& entries) {
    const UnitRow& row = ledger_.row(i);
    Json body = step.body;
    body["event"] = EventName(step.event);
    body["from"] = UnitStateName(row.state);
    const Result<UnitState> to = Next(row.state, step.event);
    GODWIT_ASSERT(to.ok());
    body["to"] = UnitStateName(*to);
    const int64_t generation = row.generation + (step.event == Event::kFreezeBegun ? 1 : 0);
    entries.push_back(MakeEntry(now_, migration_.units[i].id, RecordKind::kTransition, body, generation));
  }

  // Keeps of the wished actions those that may begin now, each with its name, and writes their intents.
  void AddIntents(size_t i, Wish& wish, std::vector<Entry>& entries) {
    const std::string& id = migration_.units[i].id;
    const UnitRow& row = ledger_.row(i);
    std::set<std::string> busy;
    for (const auto& [op, intent] : row.open) busy.insert(ResourceOf(intent.action));
    int64_t number = row.operations;
    std::vector<Action> begun;
    for (Action& action : wish.actions) {
      if (!limiter_.MayBegin(i, row, action, tally_.copies)) {
        const Nanoseconds again = now_.since_boot + limiter_.Patience(row);
        wish.look_again = wish.look_again ? std::min(*wish.look_again, again) : again;
        wish.waits_for.insert(wish.waits_for.begin(), "its turn: " + Describe(action));
        continue;
      }
      const bool named_later = IsCopy(action);
      if (!named_later && !busy.insert(ResourceOf(action)).second && Stands(Defence::kOneOutstanding))
        continue;
      const std::string op = id + "-" + std::to_string(++number);
      if (auto* copy = std::get_if<StartCopy>(&action)) NameAttempt(*copy, id, row.generation, op);
      Entry entry = MakeEntry(now_, id, RecordKind::kIntent, ToJson(action), row.generation);
      entry.op = op;
      entries.push_back(std::move(entry));
      limiter_.Begin(i, action);
      if (named_later) ++tally_.copies;
      begun.push_back(std::move(action));
    }
    wish.actions = std::move(begun);
  }

  // The wish is durable: makes it so in memory, and hands out its requests.
  void Adopt(size_t i, Wish& wish) {
    Unit& unit = units_[i];
    const std::string& id = migration_.units[i].id;
    unit.dirty = false;
    unit.wake = wish.look_again;
    unit.waits_for = wish.waits_for;
    unit.needs_person = wish.needs_person;
    unit.anchor = wish.anchor;
    if (wish.hold) {
      unit.dirty = true;
      Tell(id, "problem", "held: " + *wish.hold);
    }
    for (const Conclusion& conclusion : wish.conclusions) AdoptConclusion(i, conclusion);
    if (!wish.evidence.empty()) {
      unit.dirty = true;
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
    if (unit.backoff_until > now_.since_boot && (!unit.wake || *unit.wake > unit.backoff_until)) {
      unit.wake = unit.backoff_until;
    }
    LookUpOpen(i);
  }

  void AdoptConclusion(size_t i, const Conclusion& conclusion) {
    Unit& unit = units_[i];
    unit.dirty = true;
    unit.ops.erase(conclusion.op);
    unit.begun.erase(conclusion.op);
    limiter_.Note(i, conclusion.failed, conclusion.failed ? conclusion.body.dump() : "");
    if (conclusion.failed) {
      Fail(i, "copy " + conclusion.op, Unavailable(conclusion.body.dump().substr(0, 400)));
    } else {
      unit.failures = 0;
      unit.problem.clear();
    }
  }

  void RememberInStep(size_t i, const Wish& wish) {
    Unit& unit = units_[i];
    bool news = false;
    for (const TableName& table : wish.in_step) news = unit.in_step.insert(table).second || news;
    if (news) SurroundAll(i);
  }

  void AdoptStep(size_t i, const Step& step) {
    Unit& unit = units_[i];
    unit.dirty = true;
    unit.wake.reset();
    unit.answers.Clear();
    unit.asking.clear();  // replies that are still under way will be dropped
    unit.anchor.reset();
    unit.state_since = now_.since_boot;
    unit.failures = 0;
    unit.backoff_until = Nanoseconds(0);
    if (step.event == Event::kReversalBegun || step.event == Event::kRetried) unit.in_step.clear();
    Tell(migration_.units[i].id, "transition",
         std::string(EventName(step.event)) + " -> " + UnitStateName(ledger_.row(i).state));
    SurroundAll(i);
  }

  // Open intents that nobody in this process has begun: what became of them?
  void LookUpOpen(size_t i) {
    Unit& unit = units_[i];
    for (const auto& [op, intent] : ledger_.row(i).open) {
      OpProgress& progress = unit.ops[op];
      if (progress.stage != OpStage::kToLookUp) continue;
      if (progress.not_before > now_.since_boot) {
        if (!unit.wake || *unit.wake > progress.not_before) unit.wake = progress.not_before;
        continue;
      }
      progress.stage = OpStage::kUnderWay;
      HandOut(i, LookUpRequest{op, intent.action});
    }
  }

  // `number`: of the unit's operations before these.
  void SendActions(size_t i, const Wish& wish, int64_t number) {
    for (const Action& action : wish.actions)
      Send(i, migration_.units[i].id + "-" + std::to_string(++number), action);
  }

  void Send(size_t i, const std::string& op, const Action& action) {
    units_[i].ops[op].stage = OpStage::kUnderWay;
    Tell(migration_.units[i].id, "action", Describe(action));
    HandOut(i, PerformRequest{op, action});
  }

  void AskFor(size_t i, const Question& question) {
    Unit& unit = units_[i];
    if (unit.asking.contains(question)) return;
    unit.asking[question] = HandOut(i, question);
  }

  uint64_t HandOut(size_t i, Work work) {
    const uint64_t id = ++last_request_;
    requests_.push_back({id, migration_.units[i].id, work});
    under_way_.emplace(id, UnderWay{i, std::move(work), now_.since_boot});
    return id;
  }

  // --- Neighbourhood and limits ---

  void Surround(size_t i) {
    const Neighbours::RowOf row_of = [&](size_t unit) -> const UnitRow& { return ledger_.row(unit); };
    Unit& unit = units_[i];
    const std::set<TableName> before = std::move(unit.wanted_elsewhere);
    unit.wanted_elsewhere = neighbours_.WantedElsewhere(i, row_of);
    for (const TableName& table : before) {
      if (!unit.wanted_elsewhere.contains(table) && !IsCommitted(ledger_.row(i).state))
        unit.in_step.erase(table);
    }
    unit.missing_inputs.clear();
    for (const TableName& table : neighbours_.ForeignInputs(i, row_of)) {
      if (!units_[*neighbours_.UnitOf(table)].in_step.contains(table)) unit.missing_inputs.insert(table);
    }
    unit.dirty = true;
  }

  void SurroundAll(size_t i) {
    for (const size_t near : neighbours_.Around(i)) Surround(near);
  }

  // Slots and waves are everybody's: who waits for one looks again when one is free. O(units) when something
  // was written since, else O(1).
  void TakeStock() {
    if (counted_until_ == ledger_.next_sequence()) return;
    counted_until_ = ledger_.next_sequence();
    const Tally before = tally_;
    tally_ = Count();
    const Policy& policy = migration_.policy;
    const bool may_start =
        tally_.in_flight < policy.units_in_flight_max &&
        (before.open_wave != tally_.open_wave || before.in_flight >= policy.units_in_flight_max);
    const bool may_freeze = tally_.frozen < policy.freezes_max && before.frozen >= policy.freezes_max;
    if (!may_start && !may_freeze) return;
    for (size_t j = 0; j < units_.size(); ++j) {
      const UnitState state = ledger_.row(j).state;
      const bool starts =
          may_start && state == UnitState::kPlanned && migration_.units[j].wave <= tally_.open_wave;
      const bool freezes = may_freeze && state == UnitState::kDualRun;
      if (starts || freezes) units_[j].dirty = true;
    }
  }

  bool NeedsReplicas(size_t i) const {
    const UnitState state = ledger_.row(i).state;
    return state != UnitState::kRegistered && state != UnitState::kCompleted &&
           (state != UnitState::kPlanned || !units_[i].wanted_elsewhere.empty());
  }

  static bool IsInFlight(const UnitRow& row) {
    return row.state >= UnitState::kBulkCopy && row.state != UnitState::kProbation &&
           !IsTerminal(row.state) && !row.held;
  }

  // States in which waiting for a person does no harm.
  static bool MayBeHeld(const UnitRow& row) {
    return !row.held && (row.state == UnitState::kPlanned || row.state == UnitState::kBulkCopy ||
                         row.state == UnitState::kDualRun);
  }

  // A wave opens when no unit of an earlier one is on its way or still to start; held and aborted ones do not
  // block.
  Tally Count() const {
    Tally tally;
    tally.open_wave = std::numeric_limits<int>::max();
    for (size_t i = 0; i < units_.size(); ++i) {
      const UnitRow& row = ledger_.row(i);
      tally.in_flight += IsInFlight(row) ? 1 : 0;
      tally.frozen += IsFrozen(row.state) ? 1 : 0;
      for (const auto& [op, intent] : row.open) tally.copies += IsCopy(intent.action) ? 1 : 0;
      const bool to_start = row.state <= UnitState::kPlanned && !row.held;
      if (to_start || IsInFlight(row)) tally.open_wave = std::min(tally.open_wave, migration_.units[i].wave);
    }
    return tally;
  }

  // Where it stays by itself, as far as it alone is concerned.
  bool Rests(size_t i) const {
    const UnitRow& row = ledger_.row(i);
    // A request that came too late for its state is nothing to wait for.
    if (row.state == UnitState::kCompleted) return true;
    if (IsTerminal(row.state)) return !row.retry_requested;
    return row.state == UnitState::kProbation && !migration_.policy.complete_by_itself &&
           !row.reverse_requested && !row.complete_requested;
  }

  bool IsAtRest(size_t i) const {
    return Rests(i) && units_[i].wanted_elsewhere.empty() && ledger_.row(i).open.empty();
  }

  bool WaitsForPerson(size_t i) const {
    const UnitRow& row = ledger_.row(i);
    if (IsFrozen(row.state) || row.state == UnitState::kCancelling) return false;
    return row.held || ledger_.run().held || units_[i].needs_person;
  }

  // --- Records ---

  Entry MakeEntry(const Moment& now, const std::string& unit, RecordKind kind, const Json& body,
                  int64_t generation = 0) const {
    Entry entry;
    entry.unit = unit;
    entry.kind = kind;
    entry.generation = generation;
    entry.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    entry.wall = FormatTimestamp(now.wall);
    entry.since_boot_ns = now.since_boot.count();
    entry.boot_id = now.boot_id;
    return entry;
  }

  Entry Outcome(size_t i, const std::string& op, const Json& body) const {
    const OpenIntent& intent = ledger_.row(i).open.at(op);
    Entry entry = MakeEntry(now_, migration_.units[i].id, RecordKind::kOutcome, body, intent.generation);
    entry.op = op;
    entry.reference = intent.sequence;
    return entry;
  }

  void Tell(const std::string& unit, const std::string& kind, const std::string& text) const {
    if (options_.tell) options_.tell({now_.wall, unit, kind, text});
  }

  const Migration migration_;
  state::Journal& journal_;
  EngineOptions options_;
  Ledger ledger_;
  Neighbours neighbours_;
  Limiter limiter_;
  std::vector<BreakerNews> unrecorded_;  // breakers that opened or closed
  std::vector<Unit> units_;
  std::map<uint64_t, UnderWay> under_way_;
  std::vector<Arrived> arrived_;
  std::vector<Request> requests_;
  uint64_t last_request_ = 0;
  int64_t epoch_ = 0;
  Tally tally_;
  int64_t counted_until_ = 0;  // the ledger's next sequence number when `tally_` was counted
  Moment now_;
  Nanoseconds last_beat_{0};
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Start(Migration migration, state::Journal& journal,
                                              EngineOptions options, const Moment& now) {
  auto impl = std::make_unique<Impl>(std::move(migration), journal, std::move(options));
  GODWIT_TRY(impl->Start(now));
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

Result<std::vector<Request>> Engine::Poll(const Moment& now) { return impl_->Poll(now); }
Status Engine::Complete(uint64_t id, Reply reply, const Moment& now) {
  return impl_->Complete(id, std::move(reply), now);
}
Status Engine::RecordArrivals(const Moment& now) { return impl_->RecordArrivals(now); }
std::optional<Nanoseconds> Engine::NextWake() const { return impl_->NextWake(); }
bool Engine::IsFinished() const { return impl_->IsFinished(); }
bool Engine::NeedsPerson() const { return impl_->NeedsPerson(); }
bool Engine::IsStuck(size_t unit) const { return impl_->IsStuck(unit); }
bool Engine::HasSyncs() const { return impl_->HasSyncs(); }
std::vector<UnitStatus> Engine::Units() const { return impl_->Units(); }
const RunRow& Engine::run() const { return impl_->run(); }
int64_t Engine::epoch() const { return impl_->epoch(); }

}  // namespace godwit::executor
