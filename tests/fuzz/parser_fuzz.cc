// Any bytes are a script: reading them ends, says nothing outside of them, and says the same a second time,
// with memory that has read something else. Without columns most parentheses are jumped over, so that text
// which no engine takes may be read otherwise then, and be well read: that the tables are the same is asked
// only where GODWIT_FUZZ_COLUMNS is set
// (`./dev fuzz` without a seed), for a person to judge; of fixtures and labelled statements it is asked
// always.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "parser/script.h"
#include "tests/parser/facts_text.h"

namespace godwit::parser {
namespace {

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "parser_fuzz: %s\n", what);
  std::abort();
}

void CheckSpan(Span span, std::string_view text) {
  Check(span.begin <= span.end && span.end <= text.size(), "a fact stands outside of the script");
}

void CheckFacts(const Script& script, std::string_view text) {
  for (const Statement& statement : script.statements) {
    CheckSpan(statement.span, text);
    for (const TableRead& read : statement.reads) {
      CheckSpan(read.span, text);
      Check(!read.table.empty(), "a table without a name is read");
    }
    for (const TableWrite& write : statement.writes) {
      CheckSpan(write.span, text);
      Check(!write.table.empty(), "a table without a name is written");
    }
    const int32_t reads = static_cast<int32_t>(statement.reads.size());
    for (const ColumnLineage& column : statement.columns) {
      for (const ColumnSource& source : column.sources) Check(source.read < reads, "a column of no table");
    }
  }
  const int32_t statements = static_cast<int32_t>(script.statements.size());
  for (const Diagnostic& diagnostic : script.diagnostics) {
    CheckSpan(diagnostic.span, text);
    Check(diagnostic.statement < statements, "a diagnostic of no statement");
  }
}

std::vector<std::vector<std::string>> Tables(const Script& script) {
  std::vector<std::vector<std::string>> tables;
  for (const Statement& statement : script.statements) {
    tables.push_back(InputTables(statement));
    tables.push_back(OutputTables(statement));
  }
  return tables;
}

Script ReadAgain(std::string_view text, const ReadOptions& options) {
  static Workspace workspace;  // kept from input to input, as in a long run
  Script script;
  const auto keep = [&](Statement& statement) { script.statements.push_back(std::move(statement)); };
  script.diagnostics = ReadStatements(text, options, keep, workspace).diagnostics;
  return script;
}

}  // namespace
}  // namespace godwit::parser

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace godwit::parser;
  if (size == 0) return 0;
  ReadOptions options;
  options.dialect = data[0] % 2 == 0 ? Dialect::kHive : Dialect::kSpark;
  options.session.variables = {{"db", "mart"}, {"hiveconf:ds", "${db} ${ds}"}};
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Script first = ReadScript(text, options);
  CheckFacts(first, text);
  const Shown all{true, true, true, true, true, true};
  Check(FactsText(first, text, all) == FactsText(ReadAgain(text, options), text, all),
        "a second reading differs");
  options.columns = false;
  const Script tables = ReadAgain(text, options);
  CheckFacts(tables, text);
  static const bool columns_change_no_table = std::getenv("GODWIT_FUZZ_COLUMNS") != nullptr;
  if (!columns_change_no_table) return 0;
  const bool read = first.diagnostics.empty() && tables.diagnostics.empty();
  Check(!read || Tables(first) == Tables(tables), "tables differ without columns");
  return 0;
}
