// The .test files beside this one. Options of a case:
//   dialect=hive|spark        show=columns,functions,predicates,reads,definition,spans
//   catalog=t(a;b),db.u(c)    var=name:value,other:value      database=name
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "parser/script.h"
#include "tests/fixture/fixture.h"
#include "tests/parser/facts_text.h"
#include "tests/parser/look_ahead.h"

namespace godwit::parser {
namespace {

using Catalog = std::map<std::string, std::vector<std::string>, std::less<>>;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

Catalog ReadCatalog(const std::string& text) {
  Catalog catalog;
  for (const std::string& table : Split(text, ',')) {
    const size_t open = table.find('(');
    catalog[table.substr(0, open)] = Split(table.substr(open + 1, table.size() - open - 2), ';');
  }
  return catalog;
}

Shown ReadShown(const std::string& text) {
  Shown shown;
  for (const std::string& what : Split(text, ',')) {
    shown.columns |= what == "columns";
    shown.functions |= what == "functions";
    shown.predicates |= what == "predicates";
    shown.reads |= what == "reads";
    shown.definition |= what == "definition";
    shown.spans |= what == "spans";
  }
  return shown;
}

std::vector<std::vector<std::string>> Tables(const Script& script) {
  std::vector<std::vector<std::string>> tables;
  for (const Statement& statement : script.statements) {
    tables.push_back(InputTables(statement));
    tables.push_back(OutputTables(statement));
  }
  return tables;
}

std::string Facts(const fixture::Case& the_case) {
  ReadOptions options;
  options.dialect = the_case.Option("dialect", "hive") == "spark" ? Dialect::kSpark : Dialect::kHive;
  options.session.database = the_case.Option("database");
  for (const std::string& variable : Split(the_case.Option("var"), ',')) {
    const size_t colon = variable.rfind(':');
    options.session.variables[variable.substr(0, colon)] = variable.substr(colon + 1);
  }
  EXPECT_EQ(MeasureLookAhead(the_case.input, options.dialect).far_decisions, 0);
  const Catalog catalog = ReadCatalog(the_case.Option("catalog"));
  options.catalog = [&](std::string_view table) -> const std::vector<std::string>* {
    const auto found = catalog.find(table);
    return found == catalog.end() ? nullptr : &found->second;
  };
  const Script script = ReadScript(the_case.input, options);
  options.columns = false;
  EXPECT_EQ(Tables(ReadScript(the_case.input, options)), Tables(script)) << "without columns";
  return FactsText(script, the_case.input, ReadShown(the_case.Option("show")));
}

}  // namespace
}  // namespace godwit::parser

int main(int argc, char** argv) {
  return godwit::fixture::RunAllTests(argc, argv, "parser", godwit::parser::Facts);
}
