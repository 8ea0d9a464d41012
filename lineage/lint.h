// lineage/lint.h — is a warehouse ready to be moved: findings with reason and remedy (docs/lint.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lineage/graph.h"

namespace godwit::lineage {

enum class Severity : uint8_t {
  kError,    // the migration may lose or double rows, or cannot see what it moves
  kWarning,  // a dual run will differ, or a job fail on the other side, unless someone acts
  kNote,     // worth knowing
};
const char* SeverityName(Severity severity);  // "error", "warning", "note"

struct LintRule {
  const char* code;
  Severity severity;
  const char* title;
  const char* reason;
  const char* remedy;
};

// Sorted by code.
const std::vector<LintRule>& LintRules();
// Codes GW001 to GW009: two runs of the same job for the same date may give different rows.
bool RowsMayDiffer(const LintRule& rule);
// Null if there is no such code.
const LintRule* FindRule(std::string_view code);

struct Finding {
  const LintRule* rule = nullptr;
  std::string job;    // empty if it is a table's, or a file's
  std::string table;  // where it is about one
  std::string owner;  // of the job or table; empty: nobody
  std::string file;   // empty if it stands in no file
  uint32_t line = 0;
  std::string detail;
  std::string allowed;  // the reason why it is accepted; empty: it is open
};

// Sorted by file, line, code, detail.
std::vector<Finding> Lint(const Scan& scan, const Graph& graph);

struct OwnerCount {
  std::string owner;  // empty: nobody
  uint64_t errors = 0;
  uint64_t warnings = 0;
  uint64_t notes = 0;
};
// Open findings by owner; most errors first, then warnings, then by name.
std::vector<OwnerCount> ByOwner(const std::vector<Finding>& findings);

}  // namespace godwit::lineage
