#include "tests/executor/local/local_world.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "executor/adapters/local/job_table.h"
#include "executor/adapters/local/meta_text.h"

namespace godwit::executor::local {

const char kTestEngine[] = GODWIT_SOURCE_DIR "/executor/adapters/local/engine";
const char kTestPython[] = GODWIT_SOURCE_DIR "/build/venv/bin/python";
const char kGodwitProgram[] = GODWIT_BINARY_DIR "/godwit";

namespace {

namespace fs = std::filesystem;
using conformance::GivenFile;
using conformance::GivenJob;
using conformance::GivenPartition;
using conformance::GivenSite;
using conformance::GivenTable;

// A test's preparations cannot go wrong; if they do, the program is wrong.
template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  GODWIT_ASSERT(result.ok());
  return *std::move(result);
}

std::unique_ptr<LocalSite> MakeSite(const std::string& root) {
  const std::shared_ptr<SiteDb> db = Must(SiteDb::Create(root));
  Must(db->Set("engine", kTestEngine));
  Must(db->Set("python", kTestPython));
  return Must(LocalSite::Open(root));
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string path = (fs::temp_directory_path() / "godwit-test-XXXXXX").string();
  GODWIT_ASSERT(mkdtemp(path.data()) != nullptr);
  path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
}

LocalWorld::LocalWorld(const conformance::GivenWorld& given)
    : source_(MakeSite(folder_.path() + "/source")), target_(MakeSite(folder_.path() + "/target")) {
  pair_ = Must(ConnectLocalSites(*source_, *target_, kGodwitProgram));
  world_ = std::make_unique<World>(
      World{source_->Ports(), target_->Ports(), *pair_.copier, *pair_.comparer, notifier_});
  Fill(Side::kSource, given.source);
  Fill(Side::kTarget, given.target);
}

void LocalWorld::Fill(Side side, const GivenSite& given) {
  for (const GivenTable& table : given.tables) AddTable(side, table);
  for (const GivenJob& each : given.jobs) {
    LocalJob job;
    job.name = each.name;
    job.command = {"true"};
    job.at = "01:00";
    job.cursor = each.cursor;
    job.paused = each.paused;
    Must(Db(side).Write([&](Database& db) { return WriteJob(db, job); }));
  }
}

void LocalWorld::AddTable(Side side, const GivenTable& given) {
  const TableName name = Must(ParseTableName(given.name));
  const std::string database = At(side).root() + "/warehouse/" + name.db + ".db";
  const std::string location = database + "/" + name.name;
  Must(At(side).Ports().catalog.CreateDatabase({name.db, database, "", {}}));
  const std::string columns = Must(ColumnsText({{"id", "bigint", ""}, {"word", "string", ""}}));
  std::vector<Column> keys;
  for (const std::string& key : given.partition_keys) keys.push_back({key, "string", ""});
  Must(Db(side).Write([&](Database& db) -> Status {
    return db.Run(
        "INSERT INTO tables(db, name, kind, columns, partition_keys, location, parameters, storage) "
        "VALUES(?, ?, 'managed', ?, ?, ?, ?, '{\"format\":\"csv\"}')",
        {name.db, name.name, columns, Must(ColumnsText(keys)), location,
         Must(ParametersText(given.parameters))});
  }));
  for (const GivenPartition& partition : given.partitions) {
    const std::string folder = partition.name.empty() ? location : location + "/" + partition.name;
    for (const GivenFile& file : partition.files) WriteFile(side, folder, file.path, file.bytes);
    if (partition.name.empty()) continue;
    Must(Db(side).Write([&](Database& db) -> Status {
      return db.Run("INSERT INTO partitions(db, tbl, name, location) VALUES(?, ?, ?, ?)",
                    {name.db, name.name, partition.name, folder});
    }));
  }
}

std::string LocalWorld::AttemptLocation(Side side, const TableName& table, const std::string& attempt,
                                        const std::string& partition) {
  const std::string base =
      At(side).root() + "/warehouse/" + table.db + ".db/" + kAttemptFolder + "/" + table.name + "/" + attempt;
  return partition.empty() ? base : base + "/" + partition;
}

void LocalWorld::WriteFile(Side, const std::string& location, const std::string& path,
                           const std::string& bytes) {
  const fs::path file = fs::path(location) / path;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

void LocalWorld::RemoveFile(Side, const std::string& location, const std::string& path) {
  fs::remove(fs::path(location) / path);
}

std::string LocalWorld::ReadFile(Side, const std::string& location, const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(fs::path(location) / path, std::ios::binary).rdbuf();
  return text.str();
}

// The process of the run is the test's own: it lives.
void LocalWorld::BeginRun(Side side, const std::string& job, const std::string& due) {
  const ProcessIdentity self = ThisProcess();
  Must(Db(side).Write([&](Database& db) -> Status {
    return db.Run(
        "INSERT INTO runs(job, due, attempt, state, pid, pid_start, started_ms) VALUES(?1, ?2, (SELECT "
        "count(*) + 1 "
        "FROM runs WHERE job = ?1 AND due = ?2), 'running', ?3, ?4, ?5)",
        {job, due, self.pid, self.start, RealNow().time_since_epoch().count()});
  }));
}

void LocalWorld::EndRun(Side side, const std::string& job, RunState state) {
  Must(Db(side).Write([&](Database& db) -> Status {
    return db.Run("UPDATE runs SET state = ?, ended_ms = ? WHERE job = ? AND state = 'running'",
                  {std::string(state == RunState::kSucceeded ? "succeeded" : "failed"),
                   RealNow().time_since_epoch().count(), job});
  }));
}

void LocalWorld::LetTimePass() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

}  // namespace godwit::executor::local
