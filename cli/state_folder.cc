#include "cli/state_folder.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/hash.h"
#include "base/nearest.h"
#include "cli/opened_world.h"
#include "cli/text_file.h"
#include "executor/from_plan.h"
#include "executor/runtime.h"
#include "planner/plan_json.h"
#include "state/sqlite_view.h"

namespace godwit::cli {
namespace {

namespace fs = std::filesystem;

Status CheckFolder(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return InvalidInput(path + ": " + std::strerror(errno));
  if (!S_ISDIR(info.st_mode)) return InvalidInput(path + " is not a folder (a link is not taken either)");
  if ((info.st_mode & S_IWOTH) != 0) {
    return InvalidInput(
        path + " may be written by everybody: `chmod 700` it, whoever writes there drives the migration");
  }
  return Ok();
}

}  // namespace

Result<PlanFile> ReadPlanFile(const std::string& path) {
  PlanFile file;
  GODWIT_TRY_ASSIGN(file.text, ReadTextFile(path));
  Result<planner::Plan> plan = planner::ReadPlan(file.text);
  if (!plan.ok()) return Within(path, plan.error());
  file.plan = *std::move(plan);
  file.hash = Sha256Hex(file.text);
  return file;
}

Result<StateFolder> StateFolder::Make(const std::string& path) {
  std::error_code error;
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) fs::create_directories(parent, error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return InvalidInput("cannot make the state folder " + path + ": " + std::strerror(errno));
  }
  GODWIT_TRY(CheckFolder(path));
  return StateFolder(path);
}

Result<StateFolder> StateFolder::Find(const std::string& path) {
  StateFolder folder(path);
  if (!fs::exists(folder.JournalPath()) || !fs::exists(folder.PlanPath())) {
    return InvalidInput("no plan was approved in " + path + ": begin with `godwit approve PLAN`");
  }
  GODWIT_TRY(CheckFolder(path));
  return folder;
}

Status KeepPlan(const StateFolder& folder, const PlanFile& plan) {
  const Result<PlanFile> kept = ReadPlanFile(folder.PlanPath());
  if (kept.ok() && kept->hash == plan.hash) return Ok();
  if (kept.ok() && access(folder.JournalPath().c_str(), F_OK) == 0) {
    GODWIT_TRY_ASSIGN(const auto journal, state::OpenSqliteJournal(folder.JournalPath()));
    GODWIT_TRY_ASSIGN(const auto units, journal->ReadFacts("unit"));
    if (!units.empty()) {
      return Conflict(
          fmt::format("{} holds a migration by another plan ({}…): finish or cancel that one, or use another "
                      "state folder",
                      folder.path(), kept->hash.substr(0, 12)));
    }
  }
  return WriteTextFile(folder.PlanPath(), plan.text);
}

Result<std::unique_ptr<BegunMigration>> OpenMigration(const config::Settings& settings, bool read_only) {
  GODWIT_TRY_ASSIGN(const StateFolder folder, StateFolder::Find(settings.state_folder));
  auto begun = std::make_unique<BegunMigration>();
  GODWIT_TRY_ASSIGN(begun->plan, ReadPlanFile(folder.PlanPath()));
  GODWIT_TRY_ASSIGN(begun->migration,
                    executor::MigrationOf(begun->plan.plan, begun->plan.hash, PolicyOf(settings)));
  // A running `apply` writes meanwhile: rows and operations must be of one moment.
  std::unique_ptr<state::Journal>& view = read_only ? begun->journal : begun->view;
  GODWIT_TRY_ASSIGN(view, state::OpenSqliteView(folder.JournalPath()));
  if (!read_only) {
    GODWIT_TRY_ASSIGN(begun->journal, state::OpenSqliteJournal(folder.JournalPath()));
  }
  begun->ledger = std::make_unique<executor::Ledger>(begun->migration, *view, true);
  GODWIT_TRY(begun->ledger->Load());
  return begun;
}

std::string PersonName() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  const passwd* user = getpwuid(getuid());
  return fmt::format("{}@{}", user != nullptr ? user->pw_name : std::to_string(getuid()), host.data());
}

state::Entry SpokenEntry(const std::string& unit, state::RecordKind kind, const std::string& body) {
  executor::SystemClock clock;
  state::Entry entry;
  entry.unit = unit;
  entry.kind = kind;
  entry.body = body;
  entry.wall = FormatTimestamp(clock.Now());
  entry.since_boot_ns = clock.SinceBoot().count();
  entry.boot_id = clock.BootId();
  return entry;
}

Status Say(state::Journal& journal, const std::string& unit, state::RecordKind kind,
           const std::string& body) {
  GODWIT_TRY(journal.Append(0, std::nullopt, {SpokenEntry(unit, kind, body)}, nullptr));
  return Ok();
}

Result<size_t> FindUnit(const executor::Migration& migration, const std::string& name) {
  std::vector<std::string> known;
  for (size_t i = 0; i < migration.units.size(); ++i) {
    const executor::UnitSpec& unit = migration.units[i];
    known.push_back(unit.id);
    if (unit.id == name) return i;
    for (const executor::TableName& table : unit.tables) {
      known.push_back(table.Text());
      if (table.Text() == name) return i;
    }
    for (const executor::JobSpec& job : unit.jobs) {
      known.push_back(job.name);
      if (job.name == name) return i;
    }
  }
  const std::optional<std::string> nearest = NearestWord(name, known);
  return InvalidInput("the plan has no unit, table or job `" + name + "`" +
                      (nearest ? ": did you mean " + *nearest + "?" : ": see `godwit status`"));
}

}  // namespace godwit::cli
