#include "lineage/statement_findings.h"

#include "lineage/record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace godwit::lineage {
namespace {

using parser::FunctionUse;
using parser::Statement;
using parser::WindowUse;
using parser::WriteKind;

template <size_t N>
bool OneOf(const std::string& name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 5> kOrderSensitive = {"row_number", "ntile", "lag", "lead",
                                                             "nth_value"};
constexpr std::array<std::string_view, 4> kCollects = {"collect_list", "collect_set", "array_agg",
                                                       "group_concat"};
constexpr std::array<std::string_view, 9> kRandom = {"rand",
                                                     "random",
                                                     "randn",
                                                     "uuid",
                                                     "shuffle",
                                                     "monotonically_increasing_id",
                                                     "spark_partition_id",
                                                     "input_file_name",
                                                     "surrogate_key"};
constexpr std::array<std::string_view, 6> kClock = {"current_timestamp", "now",     "current_date",
                                                    "sysdate",           "getdate", "curdate"};
constexpr std::array<std::string_view, 6> kPick = {"first",      "last",      "first_value",
                                                   "last_value", "any_value", "arbitrary"};

bool IsIdLike(const std::string& column) {
  for (const std::string_view ending : {"id", "key", "_no", "code", "uuid", "seq"}) {
    if (column.ends_with(ending)) return true;
  }
  return false;
}

std::string Columns(const std::vector<parser::ColumnSource>& columns) {
  std::vector<std::string> names;
  for (const parser::ColumnSource& each : columns) names.push_back(each.column);
  return fmt::format("{}", fmt::join(names, ", "));
}

void AddFunction(const FunctionUse& use, std::vector<StatementFinding>& found) {
  const auto add = [&](const char* code, std::string detail) {
    found.push_back({code, use.span, std::move(detail)});
  };
  const bool ordered = use.window == WindowUse::kOrdered || !use.order_by.empty();
  if (OneOf(use.name, kOrderSensitive)) {
    const bool total = std::any_of(use.order_by.begin(), use.order_by.end(),
                                   [](const parser::ColumnSource& each) { return IsIdLike(each.column); });
    if (!ordered) {
      add("GW001", fmt::format("{}() without an order", use.name));
    } else if (!total) {
      add("GW001", fmt::format("{}() ordered by {}: rows that are equal in it come in any order", use.name,
                               use.order_by.empty() ? "an expression" : Columns(use.order_by)));
    }
  } else if (OneOf(use.name, kCollects)) {
    add("GW002", fmt::format("{}() gathers in the order in which rows arrive", use.name));
  } else if (OneOf(use.name, kRandom)) {
    add("GW003", fmt::format("{}() gives another value on each run", use.name));
  } else if (OneOf(use.name, kClock) ||
             (use.name == "unix_timestamp" && use.arguments.empty() && use.span.end - use.span.begin <= 17)) {
    add("GW004", fmt::format("{}() depends on when the job runs", use.name));
  } else if (OneOf(use.name, kPick) && !ordered) {
    add("GW005", fmt::format("{}() takes whichever row comes", use.name));
  }
}

bool IsExportFormat(const std::string& format) {
  for (const std::string_view part : {"jdbc", "hbase", "elasticsearch", "eshandler", "org.elasticsearch",
                                      "kafka", "mongo", "druid", "kudu", "redis"}) {
    std::string lower(format);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (lower.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string Property(const parser::Definition& definition, const std::string& name) {
  const auto found = definition.properties.find(name);
  return found == definition.properties.end() ? "" : found->second;
}

// Whether a column that no one named reaches an output: `select *` inside of a query that names its columns
// does not.
bool StarIsWritten(const Statement& statement) {
  return std::any_of(statement.columns.begin(), statement.columns.end(),
                     [](const parser::ColumnLineage& each) { return each.write >= 0 && each.column == "*"; });
}

void AddRemarks(const Statement& statement, bool writes, std::vector<StatementFinding>& found) {
  using parser::RemarkKind;
  bool star = writes && StarIsWritten(statement);
  for (const parser::Remark& remark : statement.remarks) {
    const auto add = [&](const char* code, std::string detail) {
      found.push_back({code, remark.span, std::move(detail)});
    };
    switch (remark.kind) {
      case RemarkKind::kSelectStar:
        if (star)
          add("GW051", fmt::format("{}* takes whatever columns the table has",
                                   remark.text.empty() ? "" : remark.text + "."));
        star = false;  // once a statement
        break;
      case RemarkKind::kLimitWithoutOrder:
        if (writes) add("GW006", "LIMIT without ORDER BY keeps any rows");
        break;
      case RemarkKind::kSample:
        if (writes) add("GW006", "TABLESAMPLE keeps any rows");
        break;
      case RemarkKind::kScript: add("GW054", fmt::format("runs {}", remark.text)); break;
      case RemarkKind::kAddress: add("GW010", fmt::format("names {}", remark.text)); break;
    }
  }
}

void AddWrites(const Statement& statement, std::vector<StatementFinding>& found) {
  std::set<std::string> read;
  for (const parser::TableRead& each : statement.reads) {
    if (each.role == parser::ReadRole::kData) read.insert(each.table);
  }
  for (const parser::TableWrite& write : statement.writes) {
    if (write.temporary || write.view) continue;
    const bool appends = write.kind == WriteKind::kAppend || write.kind == WriteKind::kImport;
    const bool values = statement.reads.empty() && statement.kind == parser::StatementKind::kInsert;
    if (appends && !values)
      found.push_back(
          {"GW021", write.span, fmt::format("INSERT INTO {}: a second run doubles the rows", write.table)});
    if (write.kind == WriteKind::kOverwrite && read.count(write.table) != 0) {
      found.push_back(
          {"GW023", write.span,
           fmt::format("{} is read and overwritten: a second run starts from the first one's result",
                       write.table)});
    }
    const bool changes = write.kind == WriteKind::kUpdate || write.kind == WriteKind::kDelete ||
                         write.kind == WriteKind::kMerge;
    if (changes)
      found.push_back({"GW052", write.span,
                       fmt::format("{} {} in place", parser::WriteKindName(write.kind), write.table)});
  }
}

// A server named in a path; a bucket of an object store is the same from everywhere.
void AddAddress(const std::string& path, parser::Span span, std::vector<StatementFinding>& found) {
  const bool server =
      path.starts_with("hdfs://") || path.starts_with("webhdfs://") || path.starts_with("viewfs://");
  if (server && path.find(":///") == std::string::npos && path.find("://$") == std::string::npos) {
    found.push_back({"GW010", span, fmt::format("names {}", path)});
  }
}

void AddDefinitions(const Statement& statement, std::vector<StatementFinding>& found) {
  for (const parser::Definition& definition : statement.definitions) {
    const parser::Span span = statement.writes.empty() ? statement.span : statement.writes.front().span;
    const std::string table = statement.writes.empty() ? "" : statement.writes.front().table;
    std::string handler = definition.format;
    if (IsExportFormat(handler))
      found.push_back(
          {"GW020", span, fmt::format("{} is kept by {}, outside of the warehouse", table, handler)});
    if (Property(definition, "transactional") == "true")
      found.push_back({"GW052", span, fmt::format("{} is transactional", table)});
  }
  if (statement.kind != parser::StatementKind::kAlter || statement.writes.empty()) return;
  const parser::TableWrite& write = statement.writes.front();
  for (const parser::PathFact& path : statement.paths) {
    if (write.partition.empty() || path.use == parser::PathUse::kWritten) continue;
    found.push_back(
        {"GW050", path.span, fmt::format("a partition of {} is put at {}", write.table, path.path)});
  }
}

}  // namespace

std::vector<StatementFinding> FindingsOf(const Statement& statement) {
  std::vector<StatementFinding> found;
  const bool writes =
      std::any_of(statement.writes.begin(), statement.writes.end(),
                  [](const parser::TableWrite& each) { return BringsRows(each.kind); }) ||
      std::any_of(statement.paths.begin(), statement.paths.end(),
                  [](const parser::PathFact& each) { return each.use == parser::PathUse::kWritten; });
  if (writes) {
    for (const FunctionUse& use : statement.functions) AddFunction(use, found);
  }
  AddRemarks(statement, writes, found);
  AddWrites(statement, found);
  AddDefinitions(statement, found);
  for (const parser::PathFact& path : statement.paths) AddAddress(path.path, path.span, found);
  for (const parser::PathFact& path : statement.paths) {
    if (path.use == parser::PathUse::kWritten)
      found.push_back(
          {"GW024", path.span, fmt::format("writes the folder {}, which no table names", path.path)});
  }
  for (const parser::SessionEffect& effect : statement.effects) {
    if (effect.kind != parser::EffectKind::kAddResource) continue;
    AddAddress(effect.value, statement.span, found);
    found.push_back({"GW055", statement.span, fmt::format("adds {} {}", effect.name, effect.value)});
  }
  std::stable_sort(found.begin(), found.end(), [](const StatementFinding& a, const StatementFinding& b) {
    return a.span.begin < b.span.begin;
  });
  return found;
}

}  // namespace godwit::lineage
