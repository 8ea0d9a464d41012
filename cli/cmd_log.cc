// `godwit log`: the journal, for people; --verify recomputes its chain and folds it once more.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/state_folder.h"
#include "cli/text_file.h"
#include "executor/action.h"
#include "state/mirror.h"

namespace godwit::cli {
namespace {

constexpr size_t kPage = 4096;

struct LogArgs {
  std::string unit;
  bool verify = false;
  std::string head;
  std::string restore;
  std::string config = "godwit.yaml";
};

// A record's body in one line.
std::string Brief(const state::Record& record) {
  const nlohmann::json body = nlohmann::json::parse(record.entry.body, nullptr, false);
  if (body.is_discarded()) return record.entry.body;
  switch (record.entry.kind) {
    case state::RecordKind::kTransition:
      return fmt::format("{} -> {}", body.value("event", ""), body.value("to", ""));
    case state::RecordKind::kIntent: {
      const Result<executor::Action> action = executor::ActionFromJson(body);
      return action.ok() ? executor::Describe(*action) : body.dump();
    }
    case state::RecordKind::kOutcome:
      return body.value("outcome", "") + (body.contains("error") ? ": " + body["error"].dump() : "");
    case state::RecordKind::kDecision: return body.value("decision", "") + ": " + body.value("why", "");
    case state::RecordKind::kEpoch:
    case state::RecordKind::kEvidence:
    case state::RecordKind::kApproval:
    case state::RecordKind::kControl:
    case state::RecordKind::kNote: return body.dump();
  }
  return body.dump();
}

Json RecordJson(const state::Record& record) {
  return {{"sequence", record.sequence},
          {"time", record.entry.wall},
          {"unit", record.entry.unit},
          {"generation", record.entry.generation},
          {"kind", RecordKindName(record.entry.kind)},
          {"op", record.entry.op},
          {"reference", record.entry.reference},
          {"epoch", record.epoch},
          {"body", Json::parse(record.entry.body, nullptr, false)},
          {"hash", record.hash}};
}

// Whether a head that somebody wrote down elsewhere is part of this log: a log that was cut short holds it no
// more.
Result<bool> HoldsHead(state::Journal& journal, const std::string& wanted) {
  for (int64_t after = 0;;) {
    GODWIT_TRY_ASSIGN(const std::vector<state::Record> page, journal.Read(after, kPage));
    if (page.empty()) return false;
    for (const state::Record& record : page) {
      if (record.hash.starts_with(wanted)) return true;
    }
    after = page.back().sequence;
  }
}

ExitCode Restore(const LogArgs& args, const config::Settings& settings, const Output& output) {
  const Result<StateFolder> folder = StateFolder::Make(settings.state_folder);
  if (!folder.ok()) return output.Fail(folder.error());
  const Result<PlanFile> plan = ReadPlanFile(MirroredPlanPath(args.restore));
  if (!plan.ok()) return output.Fail(plan.error());
  const Result<state::Journal::Head> head = state::RestoreFromMirror(args.restore, folder->JournalPath());
  if (!head.ok()) return output.Fail(head.error());
  const Status kept = WriteTextFile(folder->PlanPath(), plan->text);
  if (!kept.ok()) return output.Fail(kept.error());
  if (output.json) {
    output.PrintJson({{"records", head->sequence}, {"head", head->hash}});
  } else {
    output.Print(fmt::format("{} records restored; head {}\n", head->sequence, head->hash));
  }
  output.NextStep("godwit log --verify, then the same `godwit apply` again");
  return kExitDone;
}

ExitCode Verify(const LogArgs& args, BegunMigration& begun, const Output& output) {
  const Status whole = begun.journal->CheckIntegrity();
  if (!whole.ok()) return output.Fail(whole.error());
  const Result<state::ChainCheck> chain = state::VerifyChain(*begun.journal);
  if (!chain.ok()) return output.Fail(chain.error());
  if (chain->broken_at != 0) {
    return output.Fail(
        Corrupt(fmt::format("the journal was changed: record {}: {}", chain->broken_at, chain->reason)));
  }
  const Result<std::string> facts = executor::VerifyFacts(begun.migration, *begun.journal);
  if (!facts.ok()) return output.Fail(facts.error());
  if (!facts->empty()) return output.Fail(Corrupt(*facts));
  if (!args.head.empty()) {
    const Result<bool> holds = HoldsHead(*begun.journal, args.head);
    if (!holds.ok()) return output.Fail(holds.error());
    if (!*holds) {
      return output.Fail(
          Corrupt("the journal does not hold " + args.head + ": it was cut short, or is another one"));
    }
  }
  const Result<state::Journal::Head> head = begun.journal->GetHead();
  if (!head.ok()) return output.Fail(head.error());
  if (output.json) {
    output.PrintJson({{"records", chain->records}, {"head", head->hash}, {"whole", true}});
  } else {
    output.Print(fmt::format("{} records, the chain holds, the state follows from them; head {}\n",
                             chain->records, head->hash));
  }
  return kExitDone;
}

ExitCode Print(const LogArgs& args, BegunMigration& begun, const Output& output) {
  std::string unit;
  if (!args.unit.empty()) {
    const Result<size_t> found = FindUnit(begun.migration, args.unit);
    if (!found.ok()) return output.Fail(found.error());
    unit = begun.migration.units[*found].id;
  }
  Json list = Json::array();
  for (int64_t after = 0;;) {
    const Result<std::vector<state::Record>> page =
        unit.empty() ? begun.journal->Read(after, kPage) : begun.journal->ReadUnit(unit, after, kPage);
    if (!page.ok()) return output.Fail(page.error());
    if (page->empty()) break;
    for (const state::Record& record : *page) {
      if (output.json) {
        list.push_back(RecordJson(record));
      } else {
        output.Print(fmt::format("{:>6} {} {:<8} {:<10} {}\n", record.sequence, record.entry.wall,
                                 record.entry.unit.empty() ? "-" : record.entry.unit,
                                 RecordKindName(record.entry.kind), Brief(record)));
      }
    }
    after = page->back().sequence;
  }
  if (output.json) output.PrintJson({{"records", list}});
  return kExitDone;
}

ExitCode RunLog(const LogArgs& args, const Output& output) {
  const Result<config::Settings> settings = config::ReadSettings(args.config);
  if (!settings.ok()) return output.Fail(settings.error());
  if (!args.restore.empty()) return Restore(args, *settings, output);
  const Result<std::unique_ptr<BegunMigration>> begun = OpenMigration(*settings, true);
  if (!begun.ok()) return output.Fail(begun.error());
  return args.verify || !args.head.empty() ? Verify(args, **begun, output) : Print(args, **begun, output);
}

}  // namespace

void AddLog(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "log", "The journal of a migration or of one unit",
                                 "godwit log u00003, or: godwit log --verify");
  auto args = std::make_shared<LogArgs>();
  command->add_option("unit", args->unit, "only this unit");
  command->add_flag("--verify", args->verify, "recompute the hash chain and fold the records once more");
  command->add_option("--head", args->head,
                      "with --verify: the head that a report or a status named must be part of the log");
  command->add_option("--restore", args->restore, "make a lost state file again, of the mirror at this path");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunLog(*args, output); };
  });
}

}  // namespace godwit::cli
