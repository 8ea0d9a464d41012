// `godwit plan edit VERB …`: changes a plan by hand, with its cascade and its price. What was changed is kept
// in a file of its own and respected by every later plan.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "cli/plan_commands.h"
#include "cli/plan_source.h"
#include "cli/plan_view.h"
#include "cli/state_folder.h"
#include "cli/text_file.h"
#include "planner/compare.h"
#include "planner/edits_json.h"
#include "planner/find_name.h"
#include "planner/make_plan.h"
#include "planner/plan_json.h"
#include "planner/words.h"

namespace godwit::cli {
namespace {

struct EditArgs {
  std::string verb;
  std::vector<std::string> names;
  std::string wave;
  std::string why;
  std::string plan = "plan.json";
  std::string edits = "edits.json";
  std::string out;  // "": the plan itself
  bool dry_run = false;
};

// The tables that the names mean: those of a unit, or a table.
Result<std::vector<planner::TableId>> TablesOf(const EditArgs& args, const planner::Workload& workload,
                                               const planner::Plan& plan) {
  std::vector<planner::TableId> tables;
  for (const std::string& name : args.names) {
    GODWIT_TRY_ASSIGN(const planner::UnitId unit, planner::FindUnit(workload, plan, name));
    const Result<planner::TableId> table = planner::FindTable(workload, name);
    const planner::Unit& found = plan.units[planner::Index(unit)];
    if (table.ok()) {
      tables.push_back(*table);
    } else if (found.id == name) {
      tables.insert(tables.end(), found.tables.begin(), found.tables.end());
    } else {
      return InvalidInput("`" + name + "` is a job: name a table that it writes, or its unit " + found.id);
    }
  }
  if (tables.empty()) return InvalidInput("these units have no table to hold on to");
  return tables;
}

Result<planner::Edit> EditOf(const EditArgs& args, const planner::Workload& workload,
                             const planner::Plan& plan) {
  planner::Edit edit;
  edit.why = args.why;
  GODWIT_TRY_ASSIGN(edit.tables, TablesOf(args, workload, plan));
  const bool pins = args.verb == "pin" || args.verb == "relocate";
  if (pins != !args.wave.empty()) {
    return InvalidInput(pins ? "say which wave: --wave N" : "--wave goes with pin and relocate only");
  }
  if (args.verb == "merge" && args.names.size() < 2)
    return InvalidInput("merge takes two or more units or tables");
  if (pins) {
    GODWIT_TRY_ASSIGN(const planner::WaveId wave, planner::FindWave(plan, args.wave));
    edit.kind = planner::EditKind::kPin;
    edit.wave = planner::Index(wave);
  } else {
    edit.kind = args.verb == "merge" ? planner::EditKind::kMerge : planner::EditKind::kSplit;
  }
  return edit;
}

// The edits that there are: those of the file, or, where there is none yet, those that the plan was made
// with.
Result<std::vector<planner::Edit>> KnownEdits(const EditArgs& args, const planner::Workload& workload,
                                              const planner::Plan& plan) {
  if (access(args.edits.c_str(), F_OK) != 0) return plan.edits;
  GODWIT_TRY_ASSIGN(const std::string text, ReadTextFile(args.edits));
  Result<std::vector<planner::Edit>> edits = planner::ReadEdits(text, workload);
  if (!edits.ok()) return Within(args.edits, edits.error());
  return edits;
}

// A later word on the same tables takes the place of the earlier one.
void AddEdit(planner::Edit edit, std::vector<planner::Edit>& edits) {
  std::erase_if(edits, [&](const planner::Edit& old) {
    return std::ranges::any_of(old.tables, [&](planner::TableId id) {
      return std::ranges::find(edit.tables, id) != edit.tables.end();
    });
  });
  edits.push_back(std::move(edit));
}

std::string CascadeText(const planner::Plan& plan) {
  std::string text;
  for (const planner::Unit& unit : plan.units) {
    for (const planner::Reason& reason : unit.reasons) {
      if (reason.code != "edited" && reason.code != "cascade") continue;
      text += fmt::format("{} in {}: {}\n", unit.id, plan.waves[planner::Index(unit.wave)].id, reason.text);
    }
  }
  return text;
}

struct Edited {
  planner::Plan before;
  planner::Plan after;
  std::string edits;  // the file's new text
};

Result<Edited> MakeEdited(const EditArgs& args) {
  GODWIT_TRY_ASSIGN(PlanFile file, ReadPlanFile(args.plan));
  GODWIT_TRY_ASSIGN(const planner::Workload workload, LoadAgain(file.plan));
  GODWIT_TRY_ASSIGN(planner::Edit edit, EditOf(args, workload, file.plan));
  GODWIT_TRY_ASSIGN(std::vector<planner::Edit> edits, KnownEdits(args, workload, file.plan));
  AddEdit(std::move(edit), edits);
  GODWIT_TRY_ASSIGN(planner::Plan after, planner::MakePlan(workload, file.plan.request, edits));
  after.source = file.plan.source;
  after.fingerprint = file.plan.fingerprint;
  if (!file.plan.alternatives.empty()) after.alternatives = planner::WeighAlternatives(workload, after);
  std::string text = planner::EditsText(edits, workload);
  return Edited{std::move(file.plan), std::move(after), std::move(text)};
}

Status Keep(const EditArgs& args, const Edited& edited) {
  GODWIT_TRY(WriteTextFile(args.edits, edited.edits));
  return WriteTextFile(args.out.empty() ? args.plan : args.out,
                       [&](const TextSink& sink) { planner::WritePlan(edited.after, sink); });
}

ExitCode RunEdit(const EditArgs& args, const Output& output) {
  const Result<Edited> edited = MakeEdited(args);
  if (!edited.ok()) return output.Fail(edited.error());
  const planner::PlanDiff diff = planner::ComparePlans(edited->before, edited->after);
  if (output.json) {
    output.PrintJson(DiffJson(edited->before, edited->after, diff));
  } else {
    output.Print(CascadeText(edited->after) + DiffText(edited->before, edited->after, diff));
  }
  if (args.dry_run) {
    output.NextStep("the same without --dry-run keeps the edit");
    return kExitDone;
  }
  if (const Status kept = Keep(args, *edited); !kept.ok()) return output.Fail(kept.error());
  output.NextStep("godwit plan … --edits " + args.edits + " respects it from now on");
  return kExitDone;
}

}  // namespace

void AddPlanEdit(CLI::App& plan, Invocation& invocation) {
  CLI::App* command =
      AddCommand(plan, invocation, "edit", "Change a plan by hand: see its cascade and price, keep the edit",
                 "godwit plan edit relocate u00042 --wave 3 --why \"before the audit\"\n"
                 "  godwit plan edit pin mart.daily --wave 3\n"
                 "  godwit plan edit merge u00042 u00043\n"
                 "  godwit plan edit split mart.daily --dry-run");
  auto args = std::make_shared<EditArgs>();
  command->add_option("VERB", args->verb, "relocate or pin (into a wave), merge, split")
      ->required()
      ->check(CLI::IsMember({"relocate", "pin", "merge", "split"}));
  command->add_option("NAME", args->names, "units or tables")->required();
  command->add_option("--wave", args->wave, "its number or id");
  command->add_option("--why", args->why, "kept with the edit, and shown by explain");
  command->add_option("--plan", args->plan, "the plan")->capture_default_str();
  command->add_option("--edits", args->edits, "where edits are kept")->capture_default_str();
  command->add_option("-o,--output", args->out, "where the new plan goes; default: in place of the old one");
  command->add_flag("--dry-run", args->dry_run, "only show cascade and price");
  command->callback([&invocation, args] {
    invocation.run = [args](const Output& output) { return RunEdit(*args, output); };
  });
}

}  // namespace godwit::cli
