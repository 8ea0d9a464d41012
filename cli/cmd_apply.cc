// `godwit apply`: carries a plan out. Without --execute it says what it would do.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "base/durable_file.h"
#include "cli/command.h"
#include "cli/live_status.h"
#include "cli/load_watch.h"
#include "cli/notices.h"
#include "cli/opened_world.h"
#include "cli/panic.h"
#include "cli/space_guard.h"
#include "cli/state_folder.h"
#include "cli/status_text.h"
#include "cli/text_file.h"
#include "config/scan_settings.h"
#include "executor/from_plan.h"
#include "executor/runtime.h"
#include "lineage/drift.h"
#include "state/lock_file.h"
#include "state/mirror.h"

namespace godwit::cli {
namespace {

struct ApplyArgs {
  std::string plan;
  std::string config = "godwit.yaml";
  bool execute = false;
  bool wait = false;
  // Whom the person asks for; everybody if all three are as they are here.
  std::vector<std::string> units;
  std::vector<int> waves;
  int until = 0;  // a wave
};

constexpr size_t kDriftNamed = 20;

std::atomic<bool> stop_requested{false};

void OnSignal(int) {
  if (stop_requested.exchange(true)) _exit(kExitFailed);  // asked twice: at once
}

// Whoever signed this very plan; "" if nobody did.
std::string SignedBy(const executor::RunRow& run, const std::string& plan_hash) {
  const auto found = run.approvals.find(plan_hash);
  return found == run.approvals.end() ? "" : found->second;
}

std::function<void(const executor::EngineEvent&)> TellOn(const Output& output) {
  return [&output](const executor::EngineEvent& event) {
    output.Note(fmt::format("{} {:<10} {:<10} {}", FormatTimestamp(event.time), event.kind,
                            event.unit.empty() ? "-" : event.unit, event.text));
  };
}

ExitCode Report(const Output& output, const executor::Engine& engine, executor::RunEnd end) {
  const std::vector<executor::UnitStatus> units = engine.Units();
  if (output.json) {
    output.PrintJson(StatusJson(units));
  } else {
    output.Print(StatusTable(units));
  }
  const auto committed = [](const executor::UnitStatus& unit) {
    return !unit.spec->asked_for || executor::IsCommitted(unit.row->state);
  };
  const bool moved = std::all_of(units.begin(), units.end(), committed);
  if (moved && end != executor::RunEnd::kStopped) {
    output.NextStep(end == executor::RunEnd::kFinished
                        ? "godwit status; then `godwit unit complete UNIT` to give up the way back"
                        : "godwit apply, for the units that were not asked for");
    return kExitDone;
  }
  if (end == executor::RunEnd::kFinished) {
    output.NextStep("godwit status, for the units that were not moved");
    return kExitIncomplete;
  }
  output.NextStep(end == executor::RunEnd::kStopped
                      ? "the same command goes on where this one stopped"
                      : "see what each unit waits for, then the same command again");
  return kExitIncomplete;
}

// The plan is signed, if it has to be. A refusal is part of the story.
Status RefuseUnsigned(const ApplyArgs& args, const config::Settings& settings, const PlanFile& plan,
                      const executor::Migration& migration, state::Journal& journal) {
  executor::Ledger ledger(migration, journal, true);
  GODWIT_TRY(ledger.Load());
  const std::string signer = SignedBy(ledger.run(), plan.hash);
  const bool by_another = !settings.approvals.four_eyes || signer != PersonName();
  if (!settings.approvals.plan || (!signer.empty() && by_another)) return Ok();
  const std::string why = signer.empty()
                              ? "nobody approved this plan: let the review board read `godwit report " +
                                    args.plan + "` and run `godwit approve " + args.plan + "`"
                              : signer +
                                    " approved this plan and cannot carry it out too (approvals.four_eyes): "
                                    "let a second person approve or apply it";
  const Json note = {{"by", PersonName()},
                     {"denied", "apply"},
                     {"plan_hash", plan.hash},
                     {"wanted", fmt::format("a signature under plan {}: `godwit approve {}`",
                                            plan.hash.substr(0, 12), args.plan)}};
  GODWIT_TRY(Say(journal, "", state::RecordKind::kNote, note.dump()));
  return InvalidInput(why);
}

ExitCode Drive(const ApplyArgs& args, const config::Settings& settings, executor::Migration migration,
               const std::string& who, state::Journal& journal, const Output& output) {
  const SpaceGuard space(settings.state_folder, settings.state_file.free_min, settings.state_file.ballast);
  if (const Status laid = space.LayBallast(); !laid.ok()) return output.Fail(laid.error());
  std::unique_ptr<LoadWatch> load;
  if (settings.limits.load) load = std::make_unique<LoadWatch>(*settings.limits.load);
  Result<std::unique_ptr<OpenedWorld>> opened = OpenWorld(settings, ProgramPath());
  if (!opened.ok()) return output.Fail(opened.error());
  executor::SystemClock clock;
  executor::EngineOptions engine_options;
  engine_options.who = who;
  engine_options.tell = TellOn(output);
  engine_options.check_state_file = [&] { return journal.CheckIntegrity(); };
  engine_options.brake = [&] {
    const std::string full = space.Reason();
    return full.empty() && load ? load->Reason() : full;
  };
  Result<std::unique_ptr<executor::Engine>> engine =
      executor::Engine::Start(std::move(migration), journal, engine_options, executor::MomentOf(clock));
  if (!engine.ok()) return output.Fail(engine.error());
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  ListenForPanic();
  PanicSwitch panic(journal, settings.limits.panic_file, output);
  panic.Look((*engine)->run().held);  // before anything begins
  Result<std::unique_ptr<LiveStatusServer>> live = LiveStatusServer::Start(settings.state_folder);
  if (!live.ok()) output.Warn(live.error().message + ": `godwit status` will not know what units wait for");
  executor::RuntimeOptions options;
  options.workers = settings.limits.calls;
  options.on_poll = [&](const executor::Engine& running) {
    panic.Look(running.run().held);
    if (live.ok()) (*live)->Answer(running);
  };
  options.stop = &stop_requested;
  options.wait_for_people = args.wait;
  Result<executor::RunEnd> end = executor::RunEngine(**engine, (*opened)->world(), clock, options);
  if (!end.ok()) return output.Fail(end.error());
  return Report(output, **engine, *end);
}

// With its mirror, if there is to be one: the plan lies beside it, so that both can be restored.
Result<std::unique_ptr<state::Journal>> OpenJournal(const StateFolder& folder,
                                                    const config::Settings& settings, const PlanFile& plan) {
  GODWIT_TRY_ASSIGN(std::unique_ptr<state::Journal> journal, state::OpenSqliteJournal(folder.JournalPath()));
  const std::string& mirror = settings.state_file.mirror;
  if (mirror.empty()) return journal;
  GODWIT_TRY(ReplaceFile(MirroredPlanPath(mirror), plan.text));
  return state::OpenMirroredJournal(std::move(journal), mirror);
}

ExitCode Execute(const ApplyArgs& args, const config::Settings& settings, const PlanFile& plan,
                 executor::Migration migration, const Output& output) {
  const Result<StateFolder> folder = StateFolder::Make(settings.state_folder);
  if (!folder.ok()) return output.Fail(folder.error());
  const std::string who = fmt::format("{} process {}", PersonName(), getpid());
  const Result<state::LockFile> lock = state::LockFile::Acquire(folder->LockPath(), who);
  if (!lock.ok()) return output.Fail(lock.error());
  if (const Status kept = KeepPlan(*folder, plan); !kept.ok()) return output.Fail(kept.error());
  Result<std::unique_ptr<state::Journal>> journal = OpenJournal(*folder, settings, plan);
  if (!journal.ok()) return output.Fail(journal.error());
  if (const Status whole = (*journal)->CheckIntegrity(); !whole.ok())
    return output.Fail(Within(folder->JournalPath(), whole.error()));
  Result<std::unique_ptr<executor::Delivery>> delivery = StartDelivery(settings, *folder, output);
  if (!delivery.ok()) return output.Fail(delivery.error());
  const Status is_signed = RefuseUnsigned(args, settings, plan, migration, **journal);
  const ExitCode code = is_signed.ok() ? Drive(args, settings, std::move(migration), who, **journal, output)
                                       : output.Fail(is_signed.error());
  FinishDelivery(*std::move(delivery), output);
  return code;
}

// What the units will go through, in order.
std::string DryRun(const executor::Migration& migration) {
  std::string text = "DRY RUN: nothing was executed. With --execute, in this order:\n";
  for (const executor::UnitSpec& unit : migration.units) {
    if (!unit.asked_for) continue;
    text += fmt::format("\nwave {} unit {}: {} tables, {} jobs\n", unit.wave, unit.id, unit.tables.size(),
                        unit.jobs.size());
    for (const executor::TableName& table : unit.tables)
      text += fmt::format("  copy      {}\n", table.Text());
    for (const executor::JobSpec& job : unit.jobs) {
      if (job.mode == executor::RunMode::kBoth)
        text += fmt::format("  dual run  {}, outputs compared\n", job.name);
    }
    for (const executor::JobSpec& job : unit.jobs)
      text += fmt::format("  pause     {} at the source, drain\n", job.name);
    for (const executor::TableName& table : unit.tables) {
      text += fmt::format("  deny      writers of {} at the source\n", table.Text());
    }
    text +=
        "  copy the last difference; seal copiers out; compare both sides; decide once: commit or cancel\n";
    for (const executor::TableName& table : unit.tables)
      text += fmt::format("  route     {} to the target\n", table.Text());
    for (const executor::JobSpec& job : unit.jobs) {
      text += fmt::format("  hand over {} to the target, unpause\n", job.name);
    }
  }
  return text;
}

nlohmann::ordered_json DryRunJson(const executor::Migration& migration) {
  Json units = Json::array();
  for (const executor::UnitSpec& unit : migration.units) {
    if (!unit.asked_for) continue;
    Json tables = Json::array(), jobs = Json::array();
    for (const executor::TableName& table : unit.tables) tables.push_back(table.Text());
    for (const executor::JobSpec& job : unit.jobs) {
      jobs.push_back({{"name", job.name}, {"mode", executor::RunModeName(job.mode)}});
    }
    units.push_back({{"id", unit.id}, {"wave", unit.wave}, {"tables", tables}, {"jobs", jobs}});
  }
  return {{"executed", false}, {"plan_hash", migration.plan_hash}, {"units", units}};
}

// `--unit`, `--wave` and `--until` name units together; without them all are asked for.
Status AskFor(const ApplyArgs& args, executor::Migration& migration) {
  if (args.units.empty() && args.waves.empty() && args.until == 0) return Ok();
  std::set<std::string> units(args.units.begin(), args.units.end());
  std::set<int> waves(args.waves.begin(), args.waves.end());
  int last = 0;
  for (executor::UnitSpec& unit : migration.units) {
    unit.asked_for = unit.wave <= args.until;
    for (const int wave : args.waves) unit.asked_for |= unit.wave == wave;
    for (const std::string& id : args.units) unit.asked_for |= unit.id == id;
    units.erase(unit.id);
    waves.erase(unit.wave);
    last = std::max(last, unit.wave);
  }
  if (!units.empty()) {
    return InvalidInput(fmt::format("the plan has no unit {}: it has {} to {}", *units.begin(),
                                    migration.units.front().id, migration.units.back().id));
  }
  if (args.until > last) waves.insert(args.until);
  if (!waves.empty())
    return InvalidInput(fmt::format("the plan has no wave {}: it has 1 to {}", *waves.begin(), last));
  return Ok();
}

// What was read for the plan has to be what lies there now: a script that changed may write other tables.
Status RefuseDrift(const planner::Plan& plan, const config::Settings& settings) {
  std::vector<std::string> roots;
  std::vector<lineage::ScannedFile> files;
  for (const planner::FingerprintEntry& entry : plan.fingerprint) {
    if (entry.kind == "root") roots.push_back(entry.name);
    if (entry.kind == "file") files.push_back({entry.name, entry.digest});
  }
  GODWIT_TRY_ASSIGN(const config::ScanSettings scan, config::ReadScanSettings(settings.file));
  GODWIT_TRY_ASSIGN(const std::vector<lineage::FileDrift> drift,
                    lineage::FindDrift(roots, scan.exclude, files));
  if (drift.empty()) return Ok();
  std::string names;
  for (size_t i = 0; i < std::min(drift.size(), kDriftNamed); ++i) {
    names += fmt::format("\n  {} {}", drift[i].what, drift[i].path);
  }
  if (drift.size() > kDriftNamed) names += fmt::format("\n  and {} more", drift.size() - kDriftNamed);
  return InvalidInput(
      fmt::format("{} files are not what the plan was made from: run `godwit scan`, plan and approve again, "
                  "or restore them{}",
                  drift.size(), names));
}

ExitCode RunApply(const ApplyArgs& args, const Output& output) {
  Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  Result<PlanFile> plan = ReadPlanFile(args.plan);
  if (!plan.ok()) return output.Fail(plan.error());
  if (const Status same = RefuseDrift(plan->plan, *settings); !same.ok()) return output.Fail(same.error());
  Result<executor::Migration> migration = executor::MigrationOf(plan->plan, plan->hash, PolicyOf(*settings));
  if (!migration.ok()) return output.Fail(migration.error());
  if (const Status asked = AskFor(args, *migration); !asked.ok()) return output.Fail(asked.error());
  if (settings->source) migration->source_name = settings->source->name;
  if (settings->target) migration->target_name = settings->target->name;
  if (args.execute) return Execute(args, *settings, *plan, *std::move(migration), output);
  if (output.json) {
    output.PrintJson(DryRunJson(*migration));
  } else {
    output.Print(DryRun(*migration));
  }
  output.NextStep("godwit apply " + args.plan + " --execute");
  return kExitDone;
}

}  // namespace

void AddApply(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "apply", "Carry a plan out (dry run unless --execute)",
                                 "godwit apply plan.json --execute");
  auto args = std::make_shared<ApplyArgs>();
  command->add_option("plan", args->plan, "the plan file")->required();
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->add_flag("--execute", args->execute, "act; without it nothing is changed anywhere");
  command->add_option("--unit", args->units,
                      "only these units; others that have begun rest before their freeze");
  command->add_option("--wave", args->waves, "only the units of these waves");
  command->add_option("--until", args->until, "only the waves up to this one")->check(CLI::PositiveNumber);
  command->add_flag("--wait", args->wait, "stay when only people can move things, until they do");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunApply(*args, output); };
  });
}

}  // namespace godwit::cli
