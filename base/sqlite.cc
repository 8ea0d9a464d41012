#include "base/sqlite.h"

#include <sqlite3.h>

#include <utility>

namespace godwit {
namespace {

const char* RemedyFor(int code) {
  if (code == SQLITE_BUSY) return ": another process is writing to it, or was stopped while it did";
  if (code == SQLITE_FULL) return ": make room on its disk";
  if (code == SQLITE_IOERR)
    return ": look at its disk; what was acknowledged is kept, start again when it is sound";
  return "";
}

Error ErrorOf(sqlite3* database, int code) {
  const char* file = sqlite3_db_filename(database, "main");
  const std::string name = file == nullptr || *file == '\0' ? "SQLite" : file;
  const std::string message = name + ": " + sqlite3_errmsg(database) + RemedyFor(code & 0xff);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL: return Unavailable(message);
    case SQLITE_CONSTRAINT: return Conflict(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return Corrupt(message);
    default: return InvalidInput(message);
  }
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteStatement& SqliteStatement::Bind(int parameter, int64_t value) {
  GODWIT_ASSERT(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK);
  return *this;
}

SqliteStatement& SqliteStatement::Bind(int parameter, std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();  // a null pointer would bind NULL
  GODWIT_ASSERT(sqlite3_bind_text64(statement_.get(), parameter, data, value.size(), SQLITE_TRANSIENT,
                                    SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Result<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = ErrorOf(sqlite3_db_handle(statement_.get()), code);
  Reset();
  return error;
}

Status SqliteStatement::Run() {
  GODWIT_TRY(Step());
  Reset();
  return Ok();
}

void SqliteStatement::Reset() { sqlite3_reset(statement_.get()); }

int SqliteStatement::ColumnCount() const { return sqlite3_column_count(statement_.get()); }

int64_t SqliteStatement::Integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string SqliteStatement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? "" : std::string(text, static_cast<size_t>(size));
}

void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<SqliteDatabase> SqliteDatabase::Open(const std::string& path, Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX;
  switch (mode) {
    case Mode::kReadOnly: flags |= SQLITE_OPEN_READONLY; break;
    case Mode::kReadWrite: flags |= SQLITE_OPEN_READWRITE; break;
    case Mode::kCreate: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  SqliteDatabase database;
  database.database_.reset(handle);
  if (code != SQLITE_OK) return InvalidInput("cannot open " + path + ": " + sqlite3_errmsg(handle));
  sqlite3_busy_timeout(handle, 10'000);
  return database;
}

Status SqliteDatabase::Execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return ErrorOf(database_.get(), code);
  return Ok();
}

Result<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  if (code != SQLITE_OK) return ErrorOf(database_.get(), code);
  SqliteStatement statement;
  statement.statement_.reset(handle);
  return statement;
}

Result<int64_t> SqliteDatabase::QueryInteger(std::string_view sql) {
  GODWIT_TRY_ASSIGN(SqliteStatement statement, Prepare(sql));
  GODWIT_TRY_ASSIGN(const bool row, statement.Step());
  return row ? statement.Integer(0) : int64_t{0};
}

Result<std::string> SqliteDatabase::QueryText(std::string_view sql) {
  GODWIT_TRY_ASSIGN(SqliteStatement statement, Prepare(sql));
  GODWIT_TRY_ASSIGN(const bool row, statement.Step());
  return row ? statement.Text(0) : std::string();
}

int64_t SqliteDatabase::Changes() const { return sqlite3_changes64(database_.get()); }

Result<SqliteTransaction> SqliteTransaction::Begin(SqliteDatabase& database) {
  GODWIT_TRY(database.Execute("BEGIN IMMEDIATE"));
  return SqliteTransaction(database);
}

Status SqliteTransaction::Commit() {
  GODWIT_TRY(database_->Execute("COMMIT"));
  database_ = nullptr;
  return Ok();
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
  // SQLite rolls back by itself after some errors; then there is nothing left to do.
  if (database_ != nullptr) (void)database_->Execute("ROLLBACK").ok();
}

}  // namespace godwit
