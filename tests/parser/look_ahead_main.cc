// look_ahead < statements.jsonl: measures the parser's look-ahead over {"dialect", "sql"} lines. Exit code 1
// if any decision looks further than kLookAheadMax tokens.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/parser/look_ahead.h"

int main() {
  using godwit::parser::Dialect;
  using godwit::parser::LookAhead;
  LookAhead sum;
  for (std::string line; std::getline(std::cin, line);) {
    const nlohmann::json row = nlohmann::json::parse(line);
    const Dialect dialect = row.at("dialect") == "spark" ? Dialect::kSpark : Dialect::kHive;
    const LookAhead one = godwit::parser::MeasureLookAhead(row.at("sql").get<std::string>(), dialect);
    sum.statements += one.statements;
    sum.predictions += one.predictions;
    sum.far_decisions += one.far_decisions;
  }
  fmt::print("{} statements: {} predictions, of which {} looked further than {} tokens\n", sum.statements,
             sum.predictions, sum.far_decisions, godwit::parser::kLookAheadMax);
  return sum.far_decisions == 0 && godwit::parser::ProfilerCounts() ? 0 : 1;
}
