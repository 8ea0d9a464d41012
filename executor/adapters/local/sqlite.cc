#include "executor/adapters/local/sqlite.h"

#include <charconv>

namespace godwit::executor::local {
namespace {

void BindAll(SqliteStatement& statement, std::initializer_list<SqlValue> values) {
  int parameter = 0;
  for (const SqlValue& value : values) {
    ++parameter;
    std::visit([&](const auto& bound) { statement.Bind(parameter, bound); }, value);
  }
}

Result<std::vector<Row>> AllRows(SqliteStatement& statement) {
  std::vector<Row> rows;
  for (;;) {
    GODWIT_TRY_ASSIGN(const bool more, statement.Step());
    if (!more) return rows;
    rows.emplace_back();
    for (int i = 0; i < statement.ColumnCount(); ++i) rows.back().values.push_back(statement.Text(i));
  }
}

}  // namespace

const std::string& Row::Text(size_t column) const {
  GODWIT_ASSERT(column < values.size());
  return values[column];
}

int64_t Row::Int(size_t column) const {
  int64_t number = 0;
  const std::string& text = Text(column);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<Database> Database::Open(const std::string& path, bool create) {
  using Mode = SqliteDatabase::Mode;
  GODWIT_TRY_ASSIGN(SqliteDatabase database,
                    SqliteDatabase::Open(path, create ? Mode::kCreate : Mode::kReadWrite));
  return Database(path, std::move(database));
}

Status Database::Script(const std::string& sql) {
  if (Status done = database_.Execute(sql); !done.ok()) return Named(done.error());
  return Ok();
}

Status Database::Run(std::string_view sql, std::initializer_list<SqlValue> values) {
  GODWIT_TRY(Query(sql, values));
  return Ok();
}

Result<std::vector<Row>> Database::Query(std::string_view sql, std::initializer_list<SqlValue> values) {
  Result<SqliteStatement> statement = database_.Prepare(sql);
  if (!statement.ok()) return Named(statement.error());
  BindAll(*statement, values);
  Result<std::vector<Row>> rows = AllRows(*statement);
  if (!rows.ok()) return Named(rows.error());
  return rows;
}

}  // namespace godwit::executor::local
