// executor/adapters/local/sqlite.h — what a site needs beside base/sqlite.h: rows as values, transactions as
// functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/sqlite.h"

namespace godwit::executor::local {

using SqlValue = std::variant<int64_t, std::string>;

struct Row {
  std::vector<std::string> values;  // NULL is ""
  const std::string& Text(size_t column) const;
  int64_t Int(size_t column) const;  // 0 for what is no number
};

// One connection. Not for several threads at once. Errors of every call: those of SqliteDatabase, with the
// file's name.
class Database {
 public:
  // Errors: kInvalidInput if the file is not there and `create` is false.
  static Result<Database> Open(const std::string& path, bool create);

  // Several statements, no results.
  Status Script(const std::string& sql);
  Status Run(std::string_view sql, std::initializer_list<SqlValue> values = {});
  Result<std::vector<Row>> Query(std::string_view sql, std::initializer_list<SqlValue> values = {});
  // Rows that the last Run changed.
  int64_t changes() const { return database_.Changes(); }

  // Runs `body` (→ Result<T>) in one BEGIN IMMEDIATE transaction, which its error rolls back.
  template <typename Body>
  auto Write(const Body& body) -> std::invoke_result_t<Body> {
    auto transaction = SqliteTransaction::Begin(database_);
    if (!transaction.ok()) return Named(transaction.error());
    auto result = body();
    if (!result.ok()) return result;
    if (Status committed = transaction->Commit(); !committed.ok()) return Named(committed.error());
    return result;
  }

 private:
  Database(std::string path, SqliteDatabase database)
      : path_(std::move(path)), database_(std::move(database)) {}
  Error Named(const Error& error) const { return Within(path_, error); }

  std::string path_;
  SqliteDatabase database_;
};

}  // namespace godwit::executor::local
