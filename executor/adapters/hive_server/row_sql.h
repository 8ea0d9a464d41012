// executor/adapters/hive_server/row_sql.h — the Spark SQL that makes rows comparable across sites: a row as
// one JSON text that does not depend on the order of maps, the sign of zero, time zones or fractions of
// seconds left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "executor/ports/table_meta.h"

namespace godwit::executor {

// "`a``b`" and "'it\\'s'".
std::string QuoteName(std::string_view name);
std::string QuoteText(std::string_view text);

// The value of `expression`, of type `type` ("map<string,array<double>>"), in canonical form. Errors:
// kUnsupported for a type that cannot be read, or nested deeper than kTypeDepthMax.
Result<std::string> CanonicalExpression(const std::string& expression, std::string_view type);
inline constexpr int kTypeDepthMax = 32;

// The row as one text: every column in order, NULLs written out.
Result<std::string> RowExpression(const std::vector<Column>& columns);

// "`dt` = '2026-11-22' AND `city` IS NULL" of a partition's name; "TRUE" of a plain table's. Errors:
// kInvalidInput.
Result<std::string> PartitionCondition(const std::string& partition);

}  // namespace godwit::executor
