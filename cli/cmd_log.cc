// `godwit log`: the journal, for people; --verify recomputes its chain and folds it once more.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/state_folder.h"
#include "executor/action.h"

namespace godwit::cli {
namespace {

constexpr size_t kPage = 4096;

struct LogArgs {
  std::string unit;
  bool verify = false;
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

ExitCode Verify(BegunMigration& begun, const Output& output) {
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
  const Result<std::unique_ptr<BegunMigration>> begun = OpenMigration(*settings, true);
  if (!begun.ok()) return output.Fail(begun.error());
  return args.verify ? Verify(**begun, output) : Print(args, **begun, output);
}

}  // namespace

void AddLog(CLI::App& app, Invocation& invocation) {
  CLI::App* command = AddCommand(app, invocation, "log", "The journal of a migration or of one unit",
                                 "godwit log u00003, or: godwit log --verify");
  auto args = std::make_shared<LogArgs>();
  command->add_option("unit", args->unit, "only this unit");
  command->add_flag("--verify", args->verify, "recompute the hash chain and fold the records once more");
  command->add_option("--config", args->config, "configuration")->capture_default_str();
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunLog(*args, output); };
  });
}

}  // namespace godwit::cli
