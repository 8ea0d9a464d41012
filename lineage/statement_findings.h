// lineage/statement_findings.h — readiness findings that one statement shows by itself.
#pragma once

#include <string>
#include <vector>

#include "parser/statement.h"

namespace godwit::lineage {

struct StatementFinding {
  std::string code;
  parser::Span span;
  std::string detail;
};

// In the order of their places. A query that writes nothing has none of the findings about what it would
// write.
std::vector<StatementFinding> FindingsOf(const parser::Statement& statement);

}  // namespace godwit::lineage
