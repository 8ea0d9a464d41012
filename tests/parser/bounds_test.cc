// What nobody writes by hand: very deep, very long, cut off in the middle, or no text at all. Each case is so
// large that an algorithm of more than linear time would not end within the test's timeout.
#include <gtest/gtest.h>

#include <algorithm>

#include "parser/script.h"

namespace godwit::parser {
namespace {

std::string Repeated(const std::string& text, size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

// Each %d in `pattern` becomes the position.
std::string Numbered(const std::string& pattern, const std::string& separator, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) all += separator;
    for (size_t begin = 0, end; begin <= pattern.size(); begin = end + 2) {
      end = std::min(pattern.find("%d", begin), pattern.size());
      all += pattern.substr(begin, end - begin);
      if (end < pattern.size()) all += std::to_string(i);
    }
  }
  return all;
}

bool Has(const Script& script, DiagnosticCode code) {
  return std::any_of(script.diagnostics.begin(), script.diagnostics.end(),
                     [&](const Diagnostic& diagnostic) { return diagnostic.code == code; });
}

// Reads without complaint, and finds exactly these inputs.
void ExpectInputs(const std::string& text, const std::vector<std::string>& inputs) {
  const Script script = ReadScript(text, {});
  ASSERT_EQ(script.statements.size(), 1u);
  for (const Diagnostic& diagnostic : script.diagnostics) ADD_FAILURE() << FormatDiagnostic(diagnostic);
  EXPECT_EQ(InputTables(script.statements[0]), inputs);
}

TEST(Bounds, TenThousandParentheses) {
  ExpectInputs("SELECT " + Repeated("(", 10'000) + "a" + Repeated(")", 10'000) + " FROM t", {"t"});
}

TEST(Bounds, TenThousandCases) {
  ExpectInputs(
      "SELECT " + Repeated("CASE WHEN a = 1 THEN ", 10'000) + "b" + Repeated(" END", 10'000) + " FROM t",
      {"t"});
}

TEST(Bounds, TenThousandCalls) {
  ExpectInputs("SELECT " + Repeated("f(", 10'000) + "a" + Repeated(")", 10'000) + " FROM t", {"t"});
}

TEST(Bounds, AListOfFiftyThousandValues) {
  ExpectInputs("SELECT a FROM t WHERE b IN (" + Numbered("'value %d'", ", ", 50'000) + ")", {"t"});
}

TEST(Bounds, FiftyThousandColumns) {
  const Script script =
      ReadScript("INSERT INTO x SELECT " + Numbered("a%d + 1 AS b%d", ", ", 50'000) + " FROM t", {});
  ASSERT_EQ(script.statements.size(), 1u);
  EXPECT_EQ(script.statements[0].columns.size(), 50'000u);
}

TEST(Bounds, FiftyThousandUnions) {
  const Script script =
      ReadScript("INSERT INTO x " + Numbered("SELECT a FROM t%d", " UNION ALL ", 50'000), {});
  ASSERT_EQ(script.statements.size(), 1u);
  EXPECT_EQ(InputTables(script.statements[0]).size(), 50'000u);
}

TEST(Bounds, QueriesAreRefusedBeyondADepth) {
  for (const size_t depth : {size_t{10'000}, size_t{1'000'000}}) {
    const Script script =
        ReadScript(Repeated("SELECT a FROM (", depth) + "SELECT a FROM t" + Repeated(")", depth), {});
    EXPECT_TRUE(Has(script, DiagnosticCode::kTooDeep));
    ASSERT_EQ(script.statements.size(), 1u);
    EXPECT_EQ(script.statements[0].certainty, Certainty::kGuessed);
  }
}

TEST(Bounds, ADeepStatementDoesNotHideTheNext) {
  const Script script =
      ReadScript(Repeated("SELECT a FROM (", 10'000) + ";\nINSERT INTO x SELECT * FROM y", {});
  ASSERT_EQ(script.statements.size(), 2u);
  EXPECT_EQ(InputTables(script.statements[1]), std::vector<std::string>{"y"});
}

// Each level doubles the columns: the tables are known all the same.
TEST(Bounds, StarsThatMultiplyAreCut) {
  std::string text = "WITH c0 AS (SELECT * FROM t)";
  for (int i = 1; i < 200; ++i) {
    const std::string before = "c" + std::to_string(i - 1);
    text += ", c" + std::to_string(i) + " AS (SELECT * FROM " + before + " a JOIN " + before + " b)";
  }
  const Script script = ReadScript(text + " INSERT INTO x SELECT * FROM c199", {});
  EXPECT_TRUE(Has(script, DiagnosticCode::kColumnsCut));
  ASSERT_EQ(script.statements.size(), 1u);
  EXPECT_EQ(InputTables(script.statements[0]), std::vector<std::string>{"t"});
}

TEST(Bounds, JoinsThatMultiplyAreCut) {
  const Script script =
      ReadScript("SELECT a FROM t0 " + Numbered("JOIN u%d ON u%d.a = t0.a", " ", 50'000), {});
  EXPECT_TRUE(Has(script, DiagnosticCode::kColumnsCut));
  ASSERT_EQ(script.statements.size(), 1u);
  EXPECT_EQ(InputTables(script.statements[0]).size(), 50'001u);
}

TEST(Bounds, VariablesThatDouble) {
  std::string text = "SET a0=xxxxxxxxxx;\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "${hiveconf:a" + std::to_string(i - 1) + "}";
    text += "SET a" + std::to_string(i) + "=" + before + before + ";\n";
  }
  const Script script = ReadScript(text + "SELECT * FROM t", {});
  EXPECT_TRUE(Has(script, DiagnosticCode::kVariableTooLong));
  EXPECT_EQ(InputTables(script.statements.back()), std::vector<std::string>{"t"});
}

TEST(Bounds, WhatDoesNotEndIsReported) {
  for (const char* text : {"SELECT 'abc", "SELECT \"abc", "SELECT `abc", "SELECT a FROM t /* abc",
                           "INSERT INTO t SELECT 'a\\"}) {
    EXPECT_TRUE(Has(ReadScript(text, {}), DiagnosticCode::kUnterminated)) << text;
  }
}

TEST(Bounds, WhatDoesNotEndIsReadOnce) {
  for (const char* text : {"SELECT 'abc;\n", "SELECT `abc\n", "SELECT 1 /* ;\n", "SELECT {{ ", "{% ",
                           "SELECT ${ ", "SET a='\n", "/* "}) {
    ReadScript(Repeated(text, 50'000), {});
  }
}

TEST(Bounds, EveryByteAnywhere) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  ReadScript(Repeated(bytes, 100), {});
  for (const char c : bytes) {
    const Script script =
        ReadScript(std::string("SELECT a") + c + "b FROM t;\nINSERT INTO x SELECT * FROM y", {});
    ASSERT_FALSE(script.statements.empty());
  }
}

// Names and comments in Latin-1 are no UTF-8: they stay as they are.
TEST(Bounds, Latin1) { ExpectInputs("SELECT '\xE9t\xE9' FROM caf\xE9 -- \xFC\xDF\n", {"caf\xE9"}); }

TEST(Bounds, PlacesInOneLongLine) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "SELECT '\xC3\xA9' FROM FROM t; ";
  const Script script = ReadScript(text, {});
  ASSERT_EQ(script.diagnostics.size(), 50'000u);
  EXPECT_EQ(script.diagnostics.back().place.line, 1u);
  EXPECT_EQ(script.diagnostics.back().place.column, 49'999u * 24 + 17);
}

// A workspace that has read something huge reads the next script like a new one.
TEST(Bounds, AWorkspaceForgets) {
  Workspace workspace;
  std::vector<std::string> seen;
  const auto keep = [&](Statement& statement) { seen = InputTables(statement); };
  ReadStatements("SELECT " + Repeated("(a", 300'000), {}, keep, workspace);
  const ScriptEnd end = ReadStatements("SELECT b FROM u", {}, keep, workspace);
  EXPECT_TRUE(end.diagnostics.empty());
  EXPECT_EQ(seen, std::vector<std::string>{"u"});
}

}  // namespace
}  // namespace godwit::parser
