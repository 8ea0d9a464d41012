// `godwit unit VERB UNIT`: what a person says to one unit. Each verb is one journal record, which a running
// `apply` obeys within a moment and a later one when it starts.
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/live_status.h"
#include "cli/state_folder.h"
#include "cli/status_text.h"

namespace godwit::cli {
namespace {

using executor::UnitState;

struct UnitArgs {
  std::string verb;
  std::string unit;
  std::string at;
  std::string table;
  std::string comment;
  bool all = false;
  std::string config = "godwit.yaml";
};

// Why the verb makes no sense for a unit in this state; "" if it does.
std::string Refusal(const std::string& verb, const executor::UnitRow& row) {
  const UnitState state = row.state;
  if (verb == "cancel" && executor::IsCommitted(state))
    return "it is past the point of no return: use reverse";
  if (verb == "cancel" && executor::IsTerminal(state)) return "it is at rest already";
  if (verb == "reverse" && state == UnitState::kCompleted)
    return "it is completed: the way back was given up";
  if ((verb == "reverse" || verb == "complete") && state != UnitState::kProbation) {
    return "only a unit in probation can be " + std::string(verb == "reverse" ? "reversed" : "completed");
  }
  if (verb == "retry" && !row.held && state != UnitState::kAborted && state != UnitState::kReversed) {
    return "only a held, aborted or reversed unit can be retried";
  }
  if (verb == "resume" && !row.held && row.breaker_why.empty())
    return "it is not held, and its breaker is closed";
  if (verb == "cutover" && (executor::IsCommitted(state) || executor::IsTerminal(state)))
    return "it has cut over";
  return "";
}

Result<Json> BodyOf(const UnitArgs& args, const executor::UnitRow& row) {
  Json body = {{"by", PersonName()}, {"comment", args.comment}, {"verb", args.verb}};
  if (args.verb == "cutover") {
    GODWIT_TRY_ASSIGN(const Timestamp at, ParseTimestamp(args.at));
    body["verb"] = "cutover_at";
    body["at"] = FormatTimestamp(at);
  } else if (args.verb == "waive") {
    if (!row.differences.contains(args.table)) {
      return InvalidInput("no difference of `" + args.table + "` is known: see `godwit unit show`");
    }
    body["table"] = args.table;
  }
  return body;
}

ExitCode Show(const BegunMigration& begun, size_t unit, const LiveStatus& live, const Output& output) {
  std::vector<executor::UnitStatus> units = {
      {&begun.migration.units[unit], &begun.ledger->row(unit), {}, "", false, 0}};
  AddLiveStatus(live, units);
  const executor::UnitStatus& status = units.front();
  if (output.json) {
    output.PrintJson(UnitJson(status));
  } else {
    output.Print(UnitText(status));
  }
  return kExitDone;
}

ExitCode SpeakToAll(const UnitArgs& args, const BegunMigration& begun, const Output& output) {
  if (args.verb != "hold" && args.verb != "resume") {
    return output.Fail(InvalidInput("--all goes with hold and resume only"));
  }
  const Json body = {{"by", PersonName()}, {"comment", args.comment}, {"verb", args.verb}};
  const Status said = Say(*begun.journal, "", state::RecordKind::kControl, body.dump());
  if (!said.ok()) return output.Fail(said.error());
  if (output.json) {
    output.PrintJson({{"units", "all"}, {"said", body}});
  } else {
    output.Print(fmt::format("{}: all units\n", args.verb));
  }
  return kExitDone;
}

ExitCode RunUnit(const UnitArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  const Result<std::unique_ptr<BegunMigration>> opened = OpenMigration(*settings, args.verb == "show");
  if (!opened.ok()) return output.Fail(opened.error());
  const BegunMigration& begun = **opened;
  if (args.all) return SpeakToAll(args, begun, output);
  const Result<size_t> unit = FindUnit(begun.migration, args.unit);
  if (!unit.ok()) return output.Fail(unit.error());
  if (args.verb == "show") return Show(begun, *unit, AskLiveStatus(settings->state_folder), output);
  const std::string& id = begun.migration.units[*unit].id;
  const executor::UnitRow& row = begun.ledger->row(*unit);
  const std::string refusal = Refusal(args.verb, row);
  const Result<Json> body = refusal.empty() ? BodyOf(args, row) : InvalidInput(id + ": " + refusal);
  if (!body.ok()) {
    // A denied attempt is part of the story.
    const Json note = {{"by", PersonName()}, {"denied", args.verb}, {"why", body.error().message}};
    (void)Say(*begun.journal, id, state::RecordKind::kNote, note.dump()).ok();
    return output.Fail(body.error());
  }
  const Status said = Say(*begun.journal, id, state::RecordKind::kControl, body->dump());
  if (!said.ok()) return output.Fail(said.error());
  if (output.json) {
    output.PrintJson({{"unit", id}, {"said", *body}});
  } else {
    output.Print(fmt::format("{}: {}\n", id, args.verb));
  }
  output.NextStep("godwit status (a running `apply` obeys within a moment)");
  return kExitDone;
}

CLI::App* AddVerb(CLI::App& app, Invocation& invocation, const std::shared_ptr<UnitArgs>& args,
                  const std::string& verb, const std::string& help) {
  CLI::App* command = AddCommand(app, invocation, verb, help, "godwit unit " + verb + " u00003");
  command->add_option("unit", args->unit, "the unit, or one of its tables or jobs");
  command->add_option("--comment", args->comment, "kept in the journal");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->callback([&invocation, args, verb] {
    invocation.run = [args, verb](const Output& output) {
      args->verb = verb;
      return RunUnit(*args, output);
    };
  });
  return command;
}

}  // namespace

void AddUnit(CLI::App& app, Invocation& invocation) {
  CLI::App* unit = app.add_subcommand("unit", "Show a unit, or tell it something");
  unit->require_subcommand(1);
  auto args = std::make_shared<UnitArgs>();
  AddVerb(*unit, invocation, args, "show", "Everything known of a unit");
  for (const char* verb : {"hold", "pause"}) {
    AddVerb(*unit, invocation, args, verb, "Begin nothing new; writers that are stopped are started first")
        ->add_flag("--all", args->all, "the whole run");
  }
  AddVerb(*unit, invocation, args, "resume", "Go on after hold, or after what opened its breaker is mended")
      ->add_flag("--all", args->all, "the whole run");
  AddVerb(*unit, invocation, args, "retry", "Once more, for a held, aborted or reversed unit");
  AddVerb(*unit, invocation, args, "cutover", "Not before a time")
      ->add_option("--at", args->at, "2026-11-22T02:00:00Z")
      ->required();
  AddVerb(*unit, invocation, args, "reverse", "Move a unit in probation back; nothing written since is lost");
  AddVerb(*unit, invocation, args, "complete", "Give up the way back");
  AddVerb(*unit, invocation, args, "cancel", "Give a unit up before its switch");
  AddVerb(*unit, invocation, args, "waive", "Accept a difference between the runs on both sides")
      ->add_option("--table", args->table, "the table that differs")
      ->required();
}

}  // namespace godwit::cli
