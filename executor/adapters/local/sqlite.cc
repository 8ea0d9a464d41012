#include "executor/adapters/local/sqlite.h"

#include <fmt/format.h>

namespace godwit::executor::local {
namespace {

constexpr int kBusyMilliseconds = 10'000;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

ErrorCode CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xFF) {
    case SQLITE_CONSTRAINT: return ErrorCode::kConflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::kCorrupt;
    default: return ErrorCode::kUnavailable;
  }
}

int Bind(sqlite3_stmt* statement, int position, const SqlValue& value) {
  if (const auto* number = std::get_if<int64_t>(&value))
    return sqlite3_bind_int64(statement, position, *number);
  const auto& text = std::get<std::string>(value);
  return sqlite3_bind_text64(statement, position, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

Row ReadRow(sqlite3_stmt* statement) {
  Row row;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
      row.values.emplace_back(static_cast<int64_t>(sqlite3_column_int64(statement, i)));
      continue;
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
    const int length = sqlite3_column_bytes(statement, i);
    row.values.emplace_back(std::string(text == nullptr ? "" : text, static_cast<size_t>(length)));
  }
  return row;
}

}  // namespace

int64_t Row::Int(size_t column) const {
  GODWIT_ASSERT(column < values.size());
  const auto* number = std::get_if<int64_t>(&values[column]);
  return number == nullptr ? 0 : *number;
}

const std::string& Row::Text(size_t column) const {
  static const std::string empty;
  GODWIT_ASSERT(column < values.size());
  const auto* text = std::get_if<std::string>(&values[column]);
  return text == nullptr ? empty : *text;
}

Result<Database> Database::Open(const std::string& path, bool create) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(handle);
  if (code == SQLITE_CANTOPEN && !create) return InvalidInput(fmt::format("{}: no such database", path));
  if (code != SQLITE_OK) return Unavailable(fmt::format("{}: {}", path, sqlite3_errstr(code)));
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  return database;
}

Status Database::Script(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return ErrorOf(sql);
  return Ok();
}

Status Database::Run(std::string_view sql, std::initializer_list<SqlValue> values) {
  GODWIT_TRY(Query(sql, values));
  return Ok();
}

Result<std::vector<Row>> Database::Query(std::string_view sql, std::initializer_list<SqlValue> values) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
      SQLITE_OK) {
    return ErrorOf(sql);
  }
  const Statement statement(raw);
  int position = 0;
  for (const SqlValue& value : values) {
    if (Bind(raw, ++position, value) != SQLITE_OK) return ErrorOf(sql);
  }
  std::vector<Row> rows;
  int code = sqlite3_step(raw);
  for (; code == SQLITE_ROW; code = sqlite3_step(raw)) rows.push_back(ReadRow(raw));
  if (code != SQLITE_DONE) return ErrorOf(sql);
  return rows;
}

int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

Error Database::ErrorOf(std::string_view sql) const {
  const char* file = sqlite3_db_filename(handle_.get(), "main");
  return {CodeOf(sqlite3_extended_errcode(handle_.get())),
          fmt::format("{}: {} (in: {})", file == nullptr ? "" : file, sqlite3_errmsg(handle_.get()),
                      sql.substr(0, 80))};
}

}  // namespace godwit::executor::local
