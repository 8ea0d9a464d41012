// base/sqlite.h — SQLite with results instead of codes, and statements that finalize themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace godwit {

class SqliteStatement {
 public:
  // Parameters count from 1, columns from 0. Text is copied.
  SqliteStatement& Bind(int parameter, int64_t value);
  SqliteStatement& Bind(int parameter, std::string_view value);

  // True while there is a row to read. Errors as SqliteDatabase::Execute.
  Result<bool> Step();
  // Runs a statement that returns no rows, and resets it.
  Status Run();
  void Reset();

  int ColumnCount() const;
  int64_t Integer(int column) const;
  std::string Text(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// One connection; used by one thread at a time.
class SqliteDatabase {
 public:
  enum class Mode { kReadOnly, kReadWrite, kCreate };
  // Errors: kInvalidInput if it cannot be opened.
  static Result<SqliteDatabase> Open(const std::string& path, Mode mode);

  // Errors: kUnavailable — busy or disk full, nothing was changed; kConflict — a constraint says no; kCorrupt
  // — damaged file or I/O error; kInvalidInput — the SQL is wrong. Messages name the file.
  Status Execute(const std::string& sql);
  Result<SqliteStatement> Prepare(std::string_view sql);
  // The first column of the first row; 0 or "" without a row.
  Result<int64_t> QueryInteger(std::string_view sql);
  Result<std::string> QueryText(std::string_view sql);
  // Rows that the last statement changed.
  int64_t Changes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

// BEGIN IMMEDIATE … COMMIT; rolls back unless committed.
class SqliteTransaction {
 public:
  static Result<SqliteTransaction> Begin(SqliteDatabase& database);
  Status Commit();
  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();

 private:
  explicit SqliteTransaction(SqliteDatabase& database) : database_(&database) {}
  SqliteDatabase* database_;
};

}  // namespace godwit
