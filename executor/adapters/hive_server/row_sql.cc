#include "executor/adapters/hive_server/row_sql.h"

#include <fmt/format.h>

#include <algorithm>

namespace godwit::executor {

namespace {

constexpr std::string_view kDefaultPartition = "__HIVE_DEFAULT_PARTITION__";

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// What stands between the brackets of "map<string,int>".
std::string_view Inside(std::string_view type) {
  const size_t open = type.find('<');
  return type.substr(open + 1, type.size() - open - 2);
}

// Parts at the commas that are not within brackets: of "string,map<int,int>" two; so are decimal(10,2)'s left
// alone.
std::vector<std::string_view> Parts(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      parts.push_back(Trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    } else if (text[i] == '<' || text[i] == '(') {
      ++depth;
    } else if (text[i] == '>' || text[i] == ')') {
      --depth;
    }
  }
  return parts;
}

Result<std::string> Canonical(const std::string& expression, std::string_view type, int depth);

Result<std::string> OfStruct(const std::string& expression, std::string_view type, int depth) {
  std::string fields;
  for (const std::string_view part : Parts(Inside(type))) {
    const size_t colon = part.find(':');
    if (colon == part.npos) return Unsupported(fmt::format("type {}: a field without a type", type));
    const std::string name(Trimmed(part.substr(0, colon)));
    GODWIT_TRY_ASSIGN(const std::string value, Canonical(expression + "." + QuoteName(name),
                                                         Trimmed(part.substr(colon + 1)), depth + 1));
    fields += fmt::format("{}{}, {}", fields.empty() ? "" : ", ", QuoteText(name), value);
  }
  return fmt::format("IF({} IS NULL, NULL, named_struct({}))", expression, fields);
}

Result<std::string> OfMap(const std::string& expression, std::string_view type, int depth) {
  const auto parts = Parts(Inside(type));
  if (parts.size() != 2) return Unsupported(fmt::format("type {}: a map of key and value is wanted", type));
  const std::string variable = fmt::format("e{}", depth);
  GODWIT_TRY_ASSIGN(const std::string key, Canonical(variable + ".key", parts[0], depth + 1));
  GODWIT_TRY_ASSIGN(const std::string value, Canonical(variable + ".value", parts[1], depth + 1));
  return fmt::format("array_sort(transform(map_entries({}), {} -> named_struct('k', {}, 'v', {})))",
                     expression, variable, key, value);
}

Result<std::string> Canonical(const std::string& expression, std::string_view type, int depth) {
  if (depth > kTypeDepthMax) return Unsupported(fmt::format("type nested deeper than {}", kTypeDepthMax));
  type = Trimmed(type);
  if (type.starts_with("struct<") && type.ends_with('>')) return OfStruct(expression, type, depth);
  if (type.starts_with("map<") && type.ends_with('>')) return OfMap(expression, type, depth);
  if (type.starts_with("array<") && type.ends_with('>')) {
    const std::string variable = fmt::format("x{}", depth);
    GODWIT_TRY_ASSIGN(const std::string element, Canonical(variable, Inside(type), depth + 1));
    if (element == variable) return expression;
    return fmt::format("transform({}, {} -> {})", expression, variable, element);
  }
  if (type.find('<') != type.npos) return Unsupported(fmt::format("type {} cannot be compared", type));
  // Adding zero makes one zero of two.
  if (type == "float") return fmt::format("({} + CAST(0 AS FLOAT))", expression);
  if (type == "double") return fmt::format("({} + CAST(0 AS DOUBLE))", expression);
  // JSON would cut microseconds.
  if (type.starts_with("timestamp")) return fmt::format("CAST({} AS STRING)", expression);
  return expression;
}

}  // namespace

std::string QuoteName(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  return quoted + "`";
}

std::string QuoteText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

Result<std::string> CanonicalExpression(const std::string& expression, std::string_view type) {
  return Canonical(expression, type, 0);
}

Result<std::string> RowExpression(const std::vector<Column>& columns) {
  std::string fields;
  for (const Column& column : columns) {
    GODWIT_TRY_ASSIGN(const std::string value, CanonicalExpression(QuoteName(column.name), column.type));
    fields += fmt::format("{}{}, {}", fields.empty() ? "" : ", ", QuoteText(column.name), value);
  }
  return fmt::format("to_json(named_struct({}), map('ignoreNullFields', 'false'))", fields);
}

Result<std::string> PartitionCondition(const std::string& partition) {
  if (partition.empty()) return std::string("TRUE");
  std::string condition;
  size_t begin = 0;
  while (begin <= partition.size()) {
    const size_t end = std::min(partition.find('/', begin), partition.size());
    const std::string part = partition.substr(begin, end - begin);
    const size_t equals = part.find('=');
    if (equals == part.npos) return InvalidInput(fmt::format("{} is not a partition's name", partition));
    const std::string name = QuoteName(UnescapePartitionValue(part.substr(0, equals)));
    const std::string value = UnescapePartitionValue(part.substr(equals + 1));
    condition += condition.empty() ? "" : " AND ";
    condition += value == kDefaultPartition ? name + " IS NULL" : name + " = " + QuoteText(value);
    begin = end + 1;
  }
  return condition;
}

}  // namespace godwit::executor
