// executor/adapters/local/sqlite.h — the little of SQLite that a site needs: statements with bound values,
// rows as values, transactions as functions.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/result.h"

namespace godwit::executor::local {

using SqlValue = std::variant<int64_t, std::string>;

struct Row {
  std::vector<SqlValue> values;
  // The column must be of that type; NULL reads as 0 or "".
  int64_t Int(size_t column) const;
  const std::string& Text(size_t column) const;
};

// One connection. Not for several threads at once.
// Errors of every call: kUnavailable (locked for ten seconds, no space, I/O), kCorrupt (no database, or a
// broken one), kConflict (a constraint or trigger said no); the message names the file.
class Database {
 public:
  // Errors: kInvalidInput if the file is not there and `create` is false.
  static Result<Database> Open(const std::string& path, bool create);

  // Several statements, no results.
  Status Script(const char* sql);
  Status Run(std::string_view sql, std::initializer_list<SqlValue> values = {});
  Result<std::vector<Row>> Query(std::string_view sql, std::initializer_list<SqlValue> values = {});
  // Rows that the last Run changed.
  int64_t changes() const;

  // Runs `body` (→ Result<T>) in one BEGIN IMMEDIATE transaction, which its error rolls back.
  template <typename Body>
  auto Write(const Body& body) -> std::invoke_result_t<Body> {
    GODWIT_TRY(Run("BEGIN IMMEDIATE"));
    auto result = body();
    if (!result.ok()) {
      (void)Run("ROLLBACK");  // the first error is the one to tell
      return result;
    }
    if (Status committed = Run("COMMIT"); !committed.ok()) {
      (void)Run("ROLLBACK");
      return committed.error();
    }
    return result;
  }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Error ErrorOf(std::string_view sql) const;

  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace godwit::executor::local
