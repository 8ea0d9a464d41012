#include "tests/sim/sim_run.h"

#include <fmt/format.h>

#include <memory>

#include "executor/watchdog.h"
#include "tests/sim/checker.h"
#include "tests/sim/defences.h"
#include "tests/sim/faulty_journal.h"
#include "tests/sim/faulty_world.h"
#include "tests/sim/people.h"
#include "tests/sim/rogues.h"
#include "tests/sim/warehouse_of_seed.h"

namespace godwit::sim {
namespace {

using namespace std::chrono_literals;
using executor::Engine;
using executor::Moment;
using executor::Request;
using executor::UnitState;
using simulator::SimRun;
using simulator::SimWarehouse;

constexpr Duration kUnsafeTime = 5h;  // virtual: faults strike
constexpr Duration kCalmTime = 40h;   // then none: everything must come to rest
constexpr Duration kWatchdogEvery = 30s;
constexpr executor::WatchdogPolicy kWatchdog;
constexpr int kPersonsVisits = 4;
constexpr Duration kWatchdogAway = 1min;  // it looks now and acts later: it is another host
constexpr int64_t kEventsMax = 3'000'000;

// One process of godwit: an engine and what it has under way.
struct Godwit {
  explicit Godwit(SimClock& clock) : process(clock) {}
  Process process;
  std::unique_ptr<FaultyJournal> journal;
  std::unique_ptr<FaultyWorld> world;
  std::unique_ptr<Engine> engine;
  std::optional<Nanoseconds> poll_at;  // the next poll
  int polls_planned = 0;
};

class Simulation {
 public:
  Simulation(uint64_t seed, const SimOptions& options)
      : options_(options),
        swarm_(Drawn(seed, options)),
        journal_(state::MakeMemoryJournal(JournalRules())),
        case_(MakeCase(swarm_, options.units_max)),
        watched_(case_.migration, *journal_, false) {
    outcome_.seed = seed;
    world_ = std::make_unique<SimWorld>(*ParseTimestamp("2026-11-22"), "source", "target");
    world_->copier.bytes_per_second = int64_t{50} << 20;
    warehouse_ = std::make_unique<SimWarehouse>(*world_, case_.warehouse, seed);
    const Duration freeze_max = case_.migration.policy.freeze_budget + kWatchdog.patience + 25min;
    checker_ = std::make_unique<Checker>(*world_, case_.migration, warehouse_->spec(), freeze_max);
    scene_ = std::make_unique<Scene>(
        Scene{case_.migration, *world_, *warehouse_, *journal_, *checker_, swarm_,
              [this](const std::string& kind, const std::string& text) { Trace(kind, text); }});
    people_ = std::make_unique<People>(*scene_);
    rogues_ = std::make_unique<Rogues>(*scene_);
    Hook();
  }

  SimOutcome Run() {
    TraceCase();
    StartGodwit();
    PlanFaults();
    people_->PlanApprovals();
    Watch();
    people_->PlanVisits();
    RunUnsafe();
    swarm_.Stop();
    Heal();
    bool calm = false;
    while (!calm && world_->clock.now() < Nanoseconds(kUnsafeTime + kCalmTime) && !Broken()) {
      RunUntil(world_->clock.now() + Nanoseconds(10min));
      people_->Waive();
      calm = IsCalm();
      if (calm && persons_visits_ < kPersonsVisits) {  // what waits for a person gets one
        ++persons_visits_;
        Heal();
        calm = false;
      }
    }
    if (!Broken()) RunUntil(world_->clock.now() + Nanoseconds(30min));  // late requests must not undo it
    checker_->OnTime();
    std::set<size_t> waiting;
    if (const std::shared_ptr<Godwit> godwit = Alive()) {
      for (size_t i = 0; i < case_.migration.units.size(); ++i) {
        if (godwit->engine->IsStuck(i)) waiting.insert(i);
      }
    }
    checker_->AtEnd(calm || Broken(), waiting);
    Summarize();
    return std::move(outcome_);
  }

 private:
  // Faults strike until the time is over, or until some time after everything came to rest.
  void RunUnsafe() {
    while (world_->clock.now() < Nanoseconds(kUnsafeTime) && !Broken()) {
      RunUntil(world_->clock.now() + Nanoseconds(10min));
      const std::shared_ptr<Godwit> godwit = Alive();
      if (godwit && godwit->engine->IsFinished() && swarm_.Coin(0.3)) return;
    }
  }

  // --- Set-up ---

  static Swarm Drawn(uint64_t seed, const SimOptions& options) {
    Swarm swarm(seed);
    for (const Fault fault : options.without) swarm.SwitchOff(fault);
    return swarm;
  }

  static state::MemoryJournalRules JournalRules() {
    using executor::Defence;
    return {executor::Stands(Defence::kEpochs), executor::Stands(Defence::kArbiter),
            executor::Stands(Defence::kHeadCheck)};
  }

  void WeakenSites() {
    for (executor::sim::SimSite* site : {&world_->source, &world_->target}) {
      site->scheduler.keeps_tokens = !swarm_.Has(Fault::kNoTokens);
      site->scheduler.counts_at_once = !swarm_.Has(Fault::kLateListing) && !swarm_.Has(Fault::kNoTokens);
      site->scheduler.fences_guards = executor::Stands(executor::Defence::kGuardFence);
      site->catalog.fences_writers = executor::Stands(executor::Defence::kWriterFence);
      site->catalog.fences_copiers = executor::Stands(executor::Defence::kCopierFence);
      if (swarm_.Has(Fault::kLateListing)) {
        site->scheduler.listing_lag = case_.migration.policy.drain_gap * 9 / 10;
        site->scheduler.on_late_listing = [this] { Met(Fault::kLateListing); };
        const executor::Side side =
            site == &world_->source ? executor::Side::kSource : executor::Side::kTarget;
        site->scheduler.on_pause = [this, side](const std::string& job) {
          if (Strikes(Fault::kLateListing, 0.3)) (void)warehouse_->Trigger(side, job);
        };
      }
    }
    checker_->SetForgetful(swarm_.Has(Fault::kNoTokens) || swarm_.Has(Fault::kForgetsPause));
  }

  void Hook() {
    warehouse_->on_write = [this](executor::Side side, const executor::TableName& table,
                                  const std::string& partition, const std::string& rows) {
      checker_->OnWrite(side, table, partition, rows);
    };
    warehouse_->on_start = [this](const SimRun& run) {
      Trace("job", fmt::format("{} starts {} for {}{}", SideName(run.side), run.job->name, run.due,
                               run.refused ? ": refused" : ""));
      if (run.refused) ++outcome_.delayed_runs;
      checker_->OnStart(run);
    };
    warehouse_->on_end = [this](const SimRun& run) {
      Trace("job", fmt::format("{} ends {} for {}{}", SideName(run.side), run.job->name, run.due,
                               run.refused ? ": refused" : ""));
      checker_->OnEnd(run);
    };
    warehouse_->on_publish = [this](executor::Side side, const executor::Publication& publication) {
      Trace("published",
            fmt::format("{} {} token {}", SideName(side), publication.table.Text(), publication.token));
      checker_->OnPublish(side, publication);
    };
    warehouse_->fails = [this](const simulator::SimJobSpec&) { return Strikes(Fault::kJobFails, 0.1); };
    warehouse_->run_time = [this](const simulator::SimJobSpec& job, const std::string&) {
      return Strikes(Fault::kSlowJobs, 0.2) ? job.run + swarm_.Between(1min, 25min) : job.run;
    };
    world_->copier.dies = [this](const std::string&) { return Strikes(Fault::kCopyDies, 0.1); };
    world_->copier.tears = [this](const std::string&) { return Strikes(Fault::kCopyTorn, 0.1); };
    WeakenSites();
  }

  bool Strikes(Fault fault, double rate) {
    if (!swarm_.Strikes(fault, rate)) return false;
    Met(fault);
    return true;
  }

  void Met(Fault fault) {
    Trace("fault", FaultName(fault));
    CountMet(fault);
  }

  void CountMet(Fault fault) {
    for (size_t i = 0; i < case_.migration.units.size(); ++i) ++outcome_.met[{checker_->row(i).state, fault}];
  }

  void Trace(const std::string& kind, const std::string& text) {
    if (options_.trace)
      fmt::print(stderr, "{} {:<10} {}\n", FormatTimestamp(world_->clock.wall()), kind, text);
  }

  // --- Processes ---

  Moment Now() const {
    return {world_->clock.now() - booted_, fmt::format("boot{}", boot_), world_->clock.wall() + clock_jump_};
  }

  void StartGodwit() {
    auto godwit = std::make_shared<Godwit>(world_->clock);
    godwit->journal = std::make_unique<FaultyJournal>(
        *journal_, [this] { return DrawJournalFault(); },
        [this](const state::Entry& entry) { OnRecord(entry); });
    godwit->world = MakeFaultyWorld(*world_, godwit->process, swarm_, [this](Fault fault) { Met(fault); });
    executor::EngineOptions options;
    options.who = fmt::format("process {}", godwits_.size() + 1);
    options.keep_facts = options_.keep_facts;
    if (options_.trace) {
      options.tell = [this](const executor::EngineEvent& event) {
        Trace(event.kind, event.unit + " " + event.text);
      };
    }
    auto engine = Engine::Start(case_.migration, *godwit->journal, options, Now());
    if (!engine.ok()) {
      outcome_.violations.push_back("no start: " + engine.error().message);
      return;
    }
    godwit->engine = *std::move(engine);
    godwits_.push_back(godwit);
    PlanPoll(godwit, world_->clock.now());
  }

  JournalFault DrawJournalFault() {
    if (swarm_.Has(Fault::kJournalFull) && world_->clock.now() < journal_full_until_)
      return JournalFault::kFull;
    if (Strikes(Fault::kJournalFull, 0.01)) {
      journal_full_until_ = world_->clock.now() + Nanoseconds(swarm_.Between(0s, 3min));
      return JournalFault::kFull;
    }
    if (Strikes(Fault::kForeignWrite, 0.01)) people_->OrderSomething();
    if (Strikes(Fault::kCrashAtJournal, 0.005)) {
      return swarm_.Coin(0.5) ? JournalFault::kCrashBefore : JournalFault::kCrashAfter;
    }
    return JournalFault::kNone;
  }

  void OnRecord(const state::Entry& entry) {
    checker_->OnRecord(entry);
    if (entry.kind == state::RecordKind::kTransition) StrikeSoon(entry.unit);
    if (entry.kind == state::RecordKind::kDecision) {
      const bool commit = entry.body.find("\"commit\"") != std::string::npos;
      ++(commit ? outcome_.commits : outcome_.cancels);
      if (commit && entry.generation > 1) ++outcome_.retried_commits;
      if (entry.body.find("watchdog") != std::string::npos) ++outcome_.watchdog_cancels;
    }
  }

  void PlanPoll(const std::shared_ptr<Godwit>& godwit, Nanoseconds time) {
    if (godwit->poll_at && *godwit->poll_at <= time) return;
    godwit->poll_at = time;
    godwit->process.At(time, [this, godwit, number = ++godwit->polls_planned] {
      if (number != godwit->polls_planned) return;  // an earlier one was planned since
      godwit->poll_at.reset();
      Poll(godwit);
    });
  }

  void Poll(const std::shared_ptr<Godwit>& godwit) {
    try {
      auto requests = godwit->engine->Poll(Now());
      if (!requests.ok()) {
        // Another process took over, and this one ends.
        Trace("process", "ends: " + requests.error().message);
        if (requests.error().code != ErrorCode::kConflict) {
          outcome_.violations.push_back("the engine stopped: " + requests.error().message);
        }
        godwit->process.Kill();
        return;
      }
      for (Request& request : *requests) Send(godwit, std::move(request));
      Nanoseconds next = world_->clock.now() + Nanoseconds(10s);
      if (const auto wake = godwit->engine->NextWake())
        next = std::min(next, std::max(*wake + booted_, world_->clock.now() + Nanoseconds(1ms)));
      PlanPoll(godwit, next);
    } catch (const Crash&) {
      CrashOf(godwit, swarm_.Between(1s, 10min));
    }
  }

  void Send(const std::shared_ptr<Godwit>& godwit, Request request) {
    // A stopped process may still send what it decided before.
    godwit->process.At(world_->clock.now() + Nanoseconds(swarm_.Number(3) * 1'000'000),
                       [this, godwit, request = std::move(request)]() mutable {
                         godwit->process.Run([this, godwit, request = std::move(request)] {
                           checker_->OnRequest(request.work);
                           executor::Reply reply = executor::CarryOut(request.work, godwit->world->world());
                           checker_->OnReply(request.work, IsKnown(reply));
                           if (IsJobWithoutToken(reply)) CountMet(Fault::kNoTokens);
                           const Status done = godwit->engine->Complete(request.id, std::move(reply), Now());
                           GODWIT_ASSERT(done.ok());
                           PlanPoll(godwit, world_->clock.now());
                         });
                       });
  }

  // Whether a reply tells what became of the request.
  static bool IsKnown(const executor::Reply& reply) {
    return std::visit(
        [](const auto& result) { return result.ok() || result.error().code != ErrorCode::kUnavailable; },
        reply);
  }

  // Whether it tells of a job that was paused or unpaused, and not under which token.
  bool IsJobWithoutToken(const executor::Reply& reply) const {
    const auto* answer = std::get_if<Result<executor::Answer>>(&reply);
    if (!swarm_.Has(Fault::kNoTokens) || answer == nullptr || !answer->ok()) return false;
    return std::holds_alternative<executor::JobStatus>(**answer);
  }

  void CrashOf(const std::shared_ptr<Godwit>& godwit, Duration away) {
    Trace("process", "crashes, away for " + FormatDuration(away));
    ++outcome_.crashes;
    godwit->process.Kill();
    world_->clock.In(away, [this] { StartGodwit(); });
  }

  std::shared_ptr<Godwit> Alive() const {
    return godwits_.back()->process.alive() ? godwits_.back() : nullptr;
  }

  // --- Faults that come by themselves ---

  void PlanFaults() {
    world_->clock.In(swarm_.Between(5s, 5min), [this] { StrikeSomething(); });
  }

  void StrikeSomething() {
    if (swarm_.stopped()) return;
    static constexpr Fault kKinds[] = {Fault::kCrash,        Fault::kZombie,        Fault::kReboot,
                                       Fault::kSilentChange, Fault::kLatePartition, Fault::kRogueWriter,
                                       Fault::kForgetsPause, Fault::kClockJumps,    Fault::kNoSpace,
                                       Fault::kOperator,     Fault::kWatchdogAlone, Fault::kSuperuser,
                                       Fault::kFileHeldOpen, Fault::kSchemaChange};
    const Fault fault = kKinds[swarm_.Number(std::size(kKinds))];
    if (Strikes(fault, 0.8)) Strike(fault);
    world_->clock.In(swarm_.Between(5s, 8min), [this] { StrikeSomething(); });
  }

  // The moments that matter are short: what comes by itself would hardly ever meet them.
  void StrikeSoon(const std::string& id) {
    size_t unit = 0;
    while (case_.migration.units[unit].id != id) ++unit;
    if (!executor::IsFrozen(checker_->row(unit).state) && !executor::IsCommitted(checker_->row(unit).state))
      return;
    for (const Fault fault : {Fault::kSuperuser, Fault::kFileHeldOpen, Fault::kSchemaChange,
                              Fault::kForgetsPause, Fault::kRogueWriter}) {
      if (!Strikes(fault, 0.15)) continue;
      world_->clock.In(swarm_.Between(0s, 3s), [this, fault, unit] { rogues_->Strike(fault, unit); });
    }
    if (Strikes(Fault::kOperator, 0.15))
      world_->clock.In(swarm_.Between(0s, 3s), [this, unit] {
        if (!swarm_.stopped()) people_->OrderSomething(unit);  // afterwards nobody would take it back
      });
  }

  void Strike(Fault fault) {
    const std::shared_ptr<Godwit> godwit = Alive();
    switch (fault) {
      case Fault::kCrash:
        if (godwit) CrashOf(godwit, swarm_.Between(1s, 5min));
        return;
      case Fault::kWatchdogAlone:
        if (godwit) CrashOf(godwit, swarm_.Between(10min, 2h));
        return;
      case Fault::kZombie: return StrikeZombie(godwit);
      case Fault::kReboot:
        if (!godwit) return;
        ++boot_;
        booted_ = world_->clock.now();
        return CrashOf(godwit, swarm_.Between(30s, 5min));
      case Fault::kClockJumps:
        clock_jump_ += swarm_.Coin(0.5) ? swarm_.Between(0s, 24h) : -swarm_.Between(0s, 24h);
        return;
      case Fault::kOperator: return people_->OrderSomething();
      default: return rogues_->Strike(fault);
    }
  }

  // Stopped for longer than anybody waits; another process takes its place; then it goes on.
  void StrikeZombie(const std::shared_ptr<Godwit>& godwit) {
    if (!godwit) return;
    const Duration stopped = swarm_.Between(1min, 40min);
    godwit->process.StopUntil(world_->clock.now() + Nanoseconds(stopped));
    world_->clock.In(swarm_.Between(1s, stopped), [this] { StartGodwit(); });
    ++outcome_.crashes;
  }

  // --- The watchdog: another small process that never sleeps ---

  void Watch() {
    world_->clock.In(kWatchdogEvery, [this] {
      WatchOnce();
      Watch();
    });
  }

  void WatchOnce() {
    if (!executor::Stands(executor::Defence::kWatchdog)) return;
    const auto beat = journal_->LastBeat();
    const Moment now = Now();
    if (beat->boot_id == now.boot_id && now.since_boot - Nanoseconds(beat->since_boot_ns) < Nanoseconds(90s))
      return;
    if (!watched_.CatchUp().ok()) return;
    for (executor::WatchdogDuty& duty : WatchdogDuties(case_.migration, watched_, *beat, kWatchdog, now)) {
      const state::Entry entry = CancelEntry(case_.migration, watched_, duty.unit, now);
      world_->clock.In(swarm_.Between(0s, kWatchdogAway),
                       [this, entry, duty = std::move(duty)] { DoDuty(entry, duty); });
    }
  }

  void DoDuty(const state::Entry& cancel, const executor::WatchdogDuty& duty) {
    if (duty.ask_arbiter) {
      if (!journal_->Append(0, std::nullopt, {cancel}, nullptr).ok()) return;
      OnRecord(cancel);
      Trace("watchdog", "cancels " + cancel.unit);
    }
    Thaw(duty, world_->world(), [](const executor::Action&, const Result<executor::Effect>&) {});
  }

  // --- The end ---

  void Heal() {
    rogues_->GiveRoom();
    people_->LookAfterAll();
  }

  bool Broken() const { return !checker_->violations().empty() || !outcome_.violations.empty(); }

  bool IsCalm() const {
    const std::shared_ptr<Godwit> godwit = Alive();
    return godwit && (godwit->engine->IsFinished() || godwit->engine->NeedsPerson());
  }

  void RunUntil(Nanoseconds time) {
    while (!Broken()) {
      const auto next = world_->clock.Next();
      if (!next || *next > time) break;
      if (++outcome_.events > kEventsMax) {
        outcome_.violations.push_back("the simulation does not end");
        break;
      }
      world_->clock.Step();
      if (outcome_.events % 16 == 0) checker_->OnTime();
    }
    world_->clock.RunUntil(Broken() ? world_->clock.now() : time);
  }

  void TraceCase() {
    if (!options_.trace) return;
    const auto names = [](const std::set<executor::TableName>& tables) {
      std::string text;
      for (const executor::TableName& table : tables) text += " " + table.Text();
      return text;
    };
    for (const executor::UnitSpec& unit : case_.migration.units) {
      for (const executor::JobSpec& job : unit.jobs) {
        Trace("job", fmt::format("{} of {}, wave {}{}: reads{}, writes{}", job.name, unit.id, unit.wave,
                                 job.mode == executor::RunMode::kBoth ? ", runs on both sides" : "",
                                 names(job.reads), names(job.writes)));
      }
    }
  }

  void TraceWaits() {
    const std::shared_ptr<Godwit> godwit = Alive();
    if (!godwit || !options_.trace) return;
    for (const executor::UnitStatus& unit : godwit->engine->Units()) {
      Trace("waits", fmt::format("{} {} for: {} {}", unit.spec->id, UnitStateName(unit.row->state),
                                 fmt::join(unit.waits_for, " | "), unit.problem));
    }
  }

  void Summarize() {
    TraceWaits();
    for (const std::string& violation : checker_->violations()) outcome_.violations.push_back(violation);
    outcome_.units = static_cast<int>(case_.migration.units.size());
    outcome_.longest_freeze_ms = checker_->longest_freeze_ms();
    for (size_t i = 0; i < case_.migration.units.size(); ++i) {
      if (executor::IsCommitted(checker_->row(i).state)) ++outcome_.switched;
    }
    if (options_.keep_facts && !Broken()) {
      const Result<std::string> facts = executor::VerifyFacts(case_.migration, *journal_);
      if (!facts.ok()) outcome_.violations.push_back("I10 " + facts.error().message);
      if (facts.ok() && !facts->empty()) outcome_.violations.push_back("I10 " + *facts);
    }
    for (const auto& godwit : godwits_) godwit->process.Kill();
  }

  const SimOptions options_;
  Swarm swarm_;
  SimOutcome outcome_;
  std::unique_ptr<state::Journal> journal_;
  SeededCase case_;
  executor::Ledger watched_;  // as the watchdog knows it; it reads on where it stopped
  std::unique_ptr<SimWorld> world_;
  std::unique_ptr<SimWarehouse> warehouse_;
  std::unique_ptr<Checker> checker_;
  std::unique_ptr<Scene> scene_;
  std::unique_ptr<People> people_;
  std::unique_ptr<Rogues> rogues_;
  std::vector<std::shared_ptr<Godwit>> godwits_;  // the dead ones too: their requests are still on their way
  int persons_visits_ = 0;
  int boot_ = 1;
  Nanoseconds journal_full_until_{0};
  Nanoseconds booted_{0};
  Duration clock_jump_{0};
};

}  // namespace

SimOutcome RunSimulation(uint64_t seed, const SimOptions& options) { return Simulation(seed, options).Run(); }

}  // namespace godwit::sim
