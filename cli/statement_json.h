// cli/statement_json.h — the parser's facts as JSON text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/script.h"

namespace godwit::cli {

// {"kind": …, "line": …, "input_tables": […], "inserted_tables": […], …}; empty lists are left out, but not
// those two. Lines and columns are those of `lines`.
void AppendStatement(const parser::Statement& statement, const parser::LineIndex& lines, std::string& out);

// [{"output": "t", "column": "c", "sources": [{"table": "s", "column": "a", "use": "direct"}]}]
void AppendColumns(const parser::Statement& statement, std::string& out);

// [{"code": …, "severity": …, "line": …, "column": …, "message": …}]
void AppendDiagnostics(const std::vector<parser::Diagnostic>& diagnostics, std::string& out);

}  // namespace godwit::cli
