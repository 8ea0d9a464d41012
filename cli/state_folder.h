// cli/state_folder.h — where one migration keeps its state: the journal, the plan it obeys, and the lock of
// whoever drives it.
//
//     .godwit/state.db   the journal          .godwit/plan.json   the plan as applied
//     .godwit/lock       held by `godwit apply --execute`      .godwit/apply.sock   where it answers
//     (live_status.h)
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/settings.h"
#include "executor/ledger.h"
#include "executor/migration.h"
#include "planner/plan.h"
#include "state/journal.h"

namespace godwit::cli {

struct PlanFile {
  planner::Plan plan;
  std::string text;
  std::string hash;  // SHA-256 of the text
};

// Errors: kInvalidInput — no such file, or no plan.
Result<PlanFile> ReadPlanFile(const std::string& path);

class StateFolder {
 public:
  // Makes the folder (0700) if it is not there. Errors: kInvalidInput — others may write to it, or it is a
  // link.
  static Result<StateFolder> Make(const std::string& path);
  // Errors: kInvalidInput — no migration was begun here.
  static Result<StateFolder> Find(const std::string& path);

  std::string JournalPath() const { return path_ + "/state.db"; }
  std::string PlanPath() const { return path_ + "/plan.json"; }
  std::string LockPath() const { return path_ + "/lock"; }
  std::string NotifyPath() const { return path_ + "/notify"; }  // folder of receivers' cursors
  const std::string& path() const { return path_; }

 private:
  explicit StateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Where the plan lies beside a mirror of its journal.
inline std::string MirroredPlanPath(const std::string& mirror) { return mirror + ".plan.json"; }

// A migration that was begun: its plan, and what the journal says of it.
struct BegunMigration {
  PlanFile plan;
  executor::Migration migration;
  std::unique_ptr<state::Journal> journal;   // read-only: as it stood when it was opened
  std::unique_ptr<state::Journal> view;      // what the ledger was read from, if that is not `journal`
  std::unique_ptr<executor::Ledger> ledger;  // loaded
};
// From now on the plan in the folder is the one that is obeyed. Errors: kConflict — units move by another
// one.
Status KeepPlan(const StateFolder& folder, const PlanFile& plan);

// For looking (read_only) or for speaking to it. Errors as Find, Ledger::Load.
Result<std::unique_ptr<BegunMigration>> OpenMigration(const config::Settings& settings, bool read_only);

// Who runs this program, as the operating system says: "wu@host".
std::string PersonName();

// A person's word as an entry of the journal, said now.
state::Entry SpokenEntry(const std::string& unit, state::RecordKind kind, const std::string& body);
// Writes a person's word into the journal. Errors as Journal::Append.
Status Say(state::Journal& journal, const std::string& unit, state::RecordKind kind, const std::string& body);

// The position of a unit by its id, or of the one that has this table or job. Errors: kInvalidInput with the
// nearest id.
Result<size_t> FindUnit(const executor::Migration& migration, const std::string& name);

}  // namespace godwit::cli
