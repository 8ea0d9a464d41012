#include "executor/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/defence.h"
#include "executor/engine_impl.h"

namespace godwit::executor {
namespace {

using Json = nlohmann::json;
using state::Entry;
using state::RecordKind;

constexpr int kForeignWritesMax = 3;
constexpr int kRoundsMax = 32;  // state changes of one unit within one Poll
constexpr Nanoseconds kBeatEvery = std::chrono::seconds(5);
// After the journal could not be written: a full disk is not emptied by asking it again and again.
constexpr Nanoseconds kJournalRetry = std::chrono::milliseconds(500);

// Whether `holds` of all units. `witness` is the first to be asked, and becomes the unit it does not hold of:
// whoever asks again and again as units come to rest one after another pays O(units) in all.
template <typename Predicate>
bool AllOf(size_t units, size_t& witness, Predicate holds) {
  for (size_t i = 0; i < units; ++i) {
    const size_t unit = (witness + i) % units;
    if (!holds(unit)) {
      witness = unit;
      return false;
    }
  }
  return true;
}

}  // namespace

Reply CarryOut(const Work& work, World& world) {
  if (const auto* question = std::get_if<Question>(&work)) return Ask(*question, world);
  if (const auto* perform = std::get_if<PerformRequest>(&work))
    return Perform(perform->action, perform->op, world);
  const auto& look_up = std::get<LookUpRequest>(work);
  return LookUp(look_up.action, look_up.op, world);
}

Engine::Impl::Impl(Migration migration, state::Journal& journal, EngineOptions options)
    : migration_(std::move(migration)),
      journal_(journal),
      options_(std::move(options)),
      ledger_(migration_, journal, options_.keep_facts),
      neighbours_(migration_),
      limiter_(migration_.policy, migration_.units.size(), options_.brake),
      standings_(migration_.units.size()),
      slots_(migration_),
      agenda_(migration_.units.size()),
      units_(migration_.units.size()) {}

Status Engine::Impl::Start(const Moment& now) {
  now_ = now;
  GODWIT_TRY(CheckMigration(migration_));
  GODWIT_TRY(ledger_.Load());
  Json body = {{"who", options_.who}, {"plan_hash", migration_.plan_hash}};
  if (ledger_.newest_epoch() == 0) {
    body["began"] = std::chrono::duration_cast<std::chrono::seconds>(now.wall.time_since_epoch()).count();
  }
  const Entry entry = MakeEntry("", RecordKind::kEpoch, std::move(body));
  GODWIT_TRY_ASSIGN(epoch_, journal_.TakeOver(entry));
  GODWIT_TRY(ledger_.CatchUp());
  limiter_.Restore(std::nullopt, ledger_.run().breaker_why, now.since_boot);
  for (size_t i = 0; i < units_.size(); ++i) standings_[i] = StandingOf(ledger_.row(i));
  for (size_t i = 0; i < units_.size(); ++i) {
    limiter_.Restore(i, ledger_.row(i).breaker_why, now.since_boot);
    units_[i].state_since = now.since_boot;
    for (const auto& [op, intent] : ledger_.row(i).open) units_[i].ops[op] = {};
    Surround(i);
    agenda_.Mark(i);
  }
  last_beat_ = now.since_boot;
  return Ok();
}

Result<std::vector<Request>> Engine::Impl::Poll(const Moment& now) {
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
  journal_retry_.reset();
  if (!status.ok()) journal_retry_ = now_.since_boot + kJournalRetry;
  return std::move(requests_);
}

Status Engine::Impl::Complete(uint64_t id, Reply reply) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return InvalidInput(fmt::format("no request {} is under way", id));
  arrived_.push_back({id, std::move(found->second), std::move(reply)});
  under_way_.erase(found);
  return Ok();
}

void Engine::Impl::Doubt(size_t unit, const Question& question) {
  if (Forget(question, units_[unit])) agenda_.Mark(unit);
}

Status Engine::Impl::RecordArrivals(const Moment& now) {
  now_ = now;
  GODWIT_TRY(CatchUp());
  return TakeArrivals();
}

std::optional<Nanoseconds> Engine::Impl::NextWake() const {
  return journal_retry_ ? journal_retry_ : agenda_.NextWake(now_.since_boot);
}

bool Engine::Impl::IsFinished() const {
  return arrived_.empty() && AllOf(units_.size(), unfinished_, [&](size_t i) { return IsAtRest(i); });
}

bool Engine::Impl::NeedsPerson() const {
  return arrived_.empty() && AllOf(units_.size(), not_stuck_, [&](size_t i) { return IsStuck(i); });
}

// At rest, or waiting for a person, or for a table of a unit that does.
bool Engine::Impl::IsStuck(size_t i) const {
  if (Rests(i) || WaitsForPerson(i)) return true;
  const UnitState state = ledger_.row(i).state;
  if (state == UnitState::kProbation) return !units_[i].wanted_elsewhere.empty();
  // It waits for units of an earlier wave, which answer for themselves.
  if (state == UnitState::kPlanned && migration_.units[i].wave > slots_.open_wave()) return true;
  if (state != UnitState::kDualRun) return false;
  return std::any_of(units_[i].missing_inputs.begin(), units_[i].missing_inputs.end(),
                     [&](const TableName& table) { return WaitsForPerson(*neighbours_.UnitOf(table)); });
}

std::vector<UnitStatus> Engine::Impl::Units() const {
  std::vector<UnitStatus> all;
  for (size_t i = 0; i < units_.size(); ++i) {
    all.push_back({&migration_.units[i], &ledger_.row(i), units_[i].waits_for, units_[i].problem,
                   WaitsForPerson(i), DifferenceInBytes(ViewOf(i))});
  }
  return all;
}

// --- The poll, step by step ---

Status Engine::Impl::PollOnce() {
  GODWIT_TRY(Beat());
  GODWIT_TRY(CatchUp());
  GODWIT_TRY(TakeArrivals());
  for (int round = 0; round < kRoundsMax; ++round) {
    GODWIT_TRY_ASSIGN(const bool moved, DecideAll());
    if (!moved) break;
  }
  return Ok();
}

Status Engine::Impl::Beat() {
  if (now_.since_boot < last_beat_ + kBeatEvery) return Ok();
  last_beat_ = now_.since_boot;
  return journal_.Beat(epoch_, now_.since_boot.count(), now_.boot_id);
}

// The journal says that it is closed: a person did it. Of what it has not been told yet it says nothing.
void Engine::Impl::CloseBreaker(std::optional<size_t> unit) {
  if (std::ranges::find(unrecorded_, unit, &BreakerNews::unit) == unrecorded_.end()) limiter_.Close(unit);
}

Status Engine::Impl::CatchUp() {
  for (BreakerNews& news : limiter_.TakeNews()) unrecorded_.push_back(std::move(news));
  GODWIT_TRY_ASSIGN(const std::set<size_t> concerned, ledger_.CatchUp());
  if (ledger_.newest_epoch() > epoch_ && Stands(Defence::kEpochs))
    return Conflict("another process took over this migration");
  for (const size_t unit : concerned) {
    agenda_.Mark(unit);
    if (ledger_.row(unit).breaker_why.empty()) CloseBreaker(unit);
    ForgetTroubles(units_[unit]);
  }
  if (!concerned.empty() && ledger_.run().breaker_why.empty()) CloseBreaker(std::nullopt);
  return Ok();
}

// --- Requests ---

// Open intents that nobody in this process has begun: what became of them?
void Engine::Impl::LookUpOpen(size_t i) {
  for (const auto& [op, intent] : ledger_.row(i).open) {
    OpProgress& progress = units_[i].ops[op];
    if (progress.stage != OpStage::kToLookUp) continue;
    if (progress.not_before > now_.since_boot) {
      agenda_.WakeBy(i, progress.not_before);
      continue;
    }
    progress.stage = OpStage::kUnderWay;
    HandOut(i, LookUpRequest{op, intent.action});
  }
}

std::string Engine::Impl::NameOfOperation(size_t i, int64_t number) const {
  return fmt::format("{}-{:x}-{}", migration_.units[i].id, ledger_.run().began, number);
}

// `number`: of the unit's operations before these.
void Engine::Impl::SendActions(size_t i, const Wish& wish, int64_t number) {
  for (const Action& action : wish.actions) Send(i, NameOfOperation(i, ++number), action);
}

void Engine::Impl::Send(size_t i, const std::string& op, const Action& action) {
  units_[i].ops[op].stage = OpStage::kUnderWay;
  if (options_.tell) Tell(migration_.units[i].id, "action", Describe(action));
  HandOut(i, PerformRequest{op, action});
}

void Engine::Impl::AskFor(size_t i, const Question& question) {
  const auto [asked, is_new] = units_[i].asking.try_emplace(question, 0);
  if (is_new) asked->second = HandOut(i, question);
}

uint64_t Engine::Impl::HandOut(size_t i, Work work) {
  const uint64_t id = ++last_request_;
  requests_.push_back({id, migration_.units[i].id, work});
  under_way_.emplace(id, UnderWay{i, std::move(work), now_.since_boot});
  return id;
}

// --- Neighbourhood and limits ---

// Looks again at what neighbours mean to the unit, and marks it if that changed.
void Engine::Impl::Surround(size_t i) {
  UnitMemory& unit = units_[i];
  std::set<TableName> wanted = neighbours_.WantedElsewhere(i, standings_);
  for (const TableName& table : unit.wanted_elsewhere) {
    if (!wanted.contains(table) && !IsCommitted(ledger_.row(i).state)) unit.in_step.erase(table);
  }
  std::set<TableName> missing = neighbours_.ForeignInputs(i, standings_);
  std::erase_if(missing, [&](const TableName& table) {
    return units_[*neighbours_.UnitOf(table)].in_step.contains(table);
  });
  if (wanted == unit.wanted_elsewhere && missing == unit.missing_inputs) return;
  units_with_syncs_ += wanted.empty() ? 0 : 1;
  units_with_syncs_ -= unit.wanted_elsewhere.empty() ? 0 : 1;
  unit.wanted_elsewhere = std::move(wanted);
  unit.missing_inputs = std::move(missing);
  agenda_.Mark(i);
}

void Engine::Impl::SurroundAll(size_t i) {
  for (const size_t near : neighbours_.Around(i)) Surround(near);
}

// Slots and waves are everybody's: who waits for one looks again when one is free. O(units whose rows changed
// since).
void Engine::Impl::TakeStock() {
  const std::vector<size_t> changed = ledger_.TakeChanged();
  const bool had_freeze = FreezeIsFree();
  slots_.ForgetPromises();
  for (const size_t unit : changed) slots_.Count(unit, ledger_.row(unit));
  const int free = slots_.StartsFree();
  if (!changed.empty() && free > 0 && !ledger_.run().held) {
    for (const size_t unit : slots_.Startable(static_cast<size_t>(free))) agenda_.Mark(unit);
  }
  if (FreezeIsFree() && !had_freeze) {
    for (const size_t unit : slots_.InDualRun()) agenda_.Mark(unit);
  }
}

bool Engine::Impl::FreezeIsFree() const { return slots_.frozen() < limiter_.FreezesMax(); }

// What stands equal matters once there is a listing to compare with, and to the switch, which turns it round.
// Until then it stays on disk: most units wait, and a partition's entry takes half a kilobyte.
bool Engine::Impl::NeedsReplicas(size_t i) const {
  return IsFrozen(ledger_.row(i).state) || units_[i].answers.HasAny<LookAtManifest>();
}

// Where it stays by itself, as far as it alone is concerned.
bool Engine::Impl::Rests(size_t i) const {
  const UnitRow& row = ledger_.row(i);
  // A request that came too late for its state is nothing to wait for.
  if (row.state == UnitState::kCompleted) return true;
  if (IsTerminal(row.state)) return !row.retry_requested;
  return row.state == UnitState::kProbation && !migration_.policy.complete_by_itself &&
         !row.reverse_requested && !row.complete_requested;
}

bool Engine::Impl::IsAtRest(size_t i) const {
  return Rests(i) && units_[i].wanted_elsewhere.empty() && ledger_.row(i).open.empty();
}

bool Engine::Impl::WaitsForPerson(size_t i) const {
  const UnitRow& row = ledger_.row(i);
  if (IsFrozen(row.state) || row.state == UnitState::kCancelling) return false;
  return row.held || ledger_.run().held || units_[i].needs_person;
}

// --- Records ---

Entry Engine::Impl::MakeEntry(const std::string& unit, RecordKind kind, const Json& body,
                              int64_t generation) const {
  Entry entry;
  entry.unit = unit;
  entry.kind = kind;
  entry.generation = generation;
  entry.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  entry.wall = FormatTimestamp(now_.wall);
  entry.since_boot_ns = now_.since_boot.count();
  entry.boot_id = now_.boot_id;
  return entry;
}

Entry Engine::Impl::Outcome(size_t i, const std::string& op, const Json& body) const {
  const OpenIntent& intent = ledger_.row(i).open.at(op);
  Entry entry = MakeEntry(migration_.units[i].id, RecordKind::kOutcome, body, intent.generation);
  entry.op = op;
  entry.reference = intent.sequence;
  return entry;
}

void Engine::Impl::Tell(const std::string& unit, const std::string& kind, const std::string& text) const {
  if (options_.tell) options_.tell({now_.wall, unit, kind, text});
}

// --- The face ---

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Start(Migration migration, state::Journal& journal,
                                              EngineOptions options, const Moment& now) {
  auto impl = std::make_unique<Impl>(std::move(migration), journal, std::move(options));
  GODWIT_TRY(impl->Start(now));
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

Result<std::vector<Request>> Engine::Poll(const Moment& now) { return impl_->Poll(now); }
Status Engine::Complete(uint64_t id, Reply reply, const Moment&) {
  return impl_->Complete(id, std::move(reply));
}
void Engine::Doubt(size_t unit, const Question& question) { impl_->Doubt(unit, question); }
Status Engine::RecordArrivals(const Moment& now) { return impl_->RecordArrivals(now); }
std::optional<Nanoseconds> Engine::NextWake() const { return impl_->NextWake(); }
bool Engine::IsFinished() const { return impl_->IsFinished(); }
bool Engine::NeedsPerson() const { return impl_->NeedsPerson(); }
bool Engine::IsStuck(size_t unit) const { return impl_->IsStuck(unit); }
bool Engine::HasSyncs() const { return impl_->HasSyncs(); }
std::vector<UnitStatus> Engine::Units() const { return impl_->Units(); }
const UnitRow& Engine::RowOf(size_t unit) const { return impl_->RowOf(unit); }
const RunRow& Engine::run() const { return impl_->run(); }
int64_t Engine::epoch() const { return impl_->epoch(); }

}  // namespace godwit::executor
