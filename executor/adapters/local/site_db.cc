#include "executor/adapters/local/site_db.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace godwit::executor::local {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;

constexpr char kSchema[] = R"sql(
CREATE TABLE site(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE databases(name TEXT PRIMARY KEY, location TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '',
  parameters TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE TABLE tables(db TEXT, name TEXT, kind TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '', columns TEXT NOT NULL,
  partition_keys TEXT NOT NULL DEFAULT '[]', location TEXT NOT NULL, view_text TEXT NOT NULL DEFAULT '',
  parameters TEXT NOT NULL DEFAULT '{}', storage TEXT NOT NULL DEFAULT '{}', PRIMARY KEY(db, name)) STRICT;
CREATE TABLE partitions(db TEXT, tbl TEXT, name TEXT, location TEXT NOT NULL, parameters TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY(db, tbl, name)) STRICT;
CREATE TABLE barriers(db TEXT, tbl TEXT, party TEXT, closed INTEGER NOT NULL, token INTEGER NOT NULL,
  PRIMARY KEY(db, tbl, party)) STRICT;
CREATE TABLE routes(db TEXT, tbl TEXT, site TEXT NOT NULL, token INTEGER NOT NULL, PRIMARY KEY(db, tbl)) STRICT;
CREATE TABLE jobs(name TEXT PRIMARY KEY, workflow TEXT NOT NULL, kind TEXT NOT NULL, owner TEXT NOT NULL,
  command TEXT NOT NULL, at TEXT NOT NULL, waits_for TEXT NOT NULL, paused INTEGER NOT NULL,
  token INTEGER NOT NULL DEFAULT 0, cursor TEXT NOT NULL) STRICT;
CREATE TABLE runs(id INTEGER PRIMARY KEY, job TEXT NOT NULL, due TEXT NOT NULL, attempt INTEGER NOT NULL,
  state TEXT NOT NULL, pid INTEGER NOT NULL, pid_start INTEGER NOT NULL, started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX runs_by_job ON runs(job, due, attempt);
CREATE INDEX runs_running ON runs(state) WHERE state = 'running';
CREATE TABLE run_outputs(run INTEGER, db TEXT, tbl TEXT, PRIMARY KEY(run, db, tbl)) STRICT;
PRAGMA user_version = 1;
)sql";

Result<std::string> RandomUuid() {
  std::string uuid;
  std::ifstream("/proc/sys/kernel/random/uuid") >> uuid;
  if (uuid.size() != 36) return Unavailable("/proc/sys/kernel/random/uuid gives no UUID");
  return uuid;
}

std::string NowMilliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Status FillNew(Database& database) {
  GODWIT_TRY_ASSIGN(const std::string identity, RandomUuid());
  const std::string now = NowMilliseconds();
  GODWIT_TRY(database.Script(kSchema));
  return database.Run(
      "INSERT INTO site VALUES('identity', ?1), ('clock_anchor_real_ms', ?2), ('clock_anchor_site_ms', ?2), "
      "('clock_speed', '1')",
      {identity, now});
}

Result<Database> OpenAt(const std::string& root, bool create) {
  GODWIT_TRY_ASSIGN(Database database, Database::Open(root + "/site.db", create));
  GODWIT_TRY(database.Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"));
  return database;
}

Result<int64_t> VersionOf(Database& database) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows, database.Query("PRAGMA user_version"));
  return rows.at(0).Int(0);
}

}  // namespace

Result<std::shared_ptr<SiteDb>> SiteDb::Create(const std::string& root) {
  std::error_code error;
  fs::create_directories(fs::path(root) / "warehouse", error);
  const fs::path absolute = error ? fs::path() : fs::canonical(root, error);
  if (error) return InvalidInput(fmt::format("{}: cannot make the folder: {}", root, error.message()));
  GODWIT_TRY_ASSIGN(Database database, OpenAt(absolute.string(), true));
  const Status filled = database.Write([&]() -> Status {
    GODWIT_TRY_ASSIGN(const int64_t version, VersionOf(database));
    if (version != 0) return Conflict(fmt::format("{}: there is a site already", root));
    return FillNew(database);
  });
  if (!filled.ok()) return filled.error();
  return std::shared_ptr<SiteDb>(new SiteDb(absolute.string(), std::move(database)));
}

Result<std::shared_ptr<SiteDb>> SiteDb::Open(const std::string& root) {
  std::error_code error;
  const fs::path absolute = fs::canonical(root, error);
  if (error || !fs::exists(absolute / "site.db", error)) {
    return InvalidInput(
        fmt::format("{}: no local site there (no site.db): make one with godwit local init", root));
  }
  GODWIT_TRY_ASSIGN(Database database, OpenAt(absolute.string(), false));
  GODWIT_TRY_ASSIGN(const int64_t version, VersionOf(database));
  if (version != kVersion) {
    return Unsupported(
        fmt::format("{}/site.db has version {}, this program knows {}", root, version, kVersion));
  }
  return std::shared_ptr<SiteDb>(new SiteDb(absolute.string(), std::move(database)));
}

Result<std::string> SiteDb::Setting(const std::string& key) {
  return Read([&](Database& database) -> Result<std::string> {
    GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                      database.Query("SELECT value FROM site WHERE key = ?", {key}));
    return rows.empty() ? std::string() : rows[0].Text(0);
  });
}

Status SiteDb::Set(const std::string& key, const std::string& value) {
  return Write([&](Database& database) -> Status {
    return database.Run("INSERT INTO site VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                        {key, value});
  });
}

Status CheckToken(const std::string& what, Token token, int64_t last) {
  if (token > kTokenMax) return InvalidInput(fmt::format("{}: token {} is too large", what, token));
  if (static_cast<int64_t>(token) < last) {
    return Conflict(fmt::format("{}: token {} is older than {}, which was seen already", what, token, last));
  }
  return Ok();
}

}  // namespace godwit::executor::local
