// config/scan_settings.h — the sections `scan:` and `lint:` of godwit.yaml.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace godwit::config {

struct LintAllowance {
  std::string code;    // "GW021"
  std::string object;  // a job, table or file; '*' stands for any characters
  std::string reason;  // needed
};

// Paths are absolute or relative to the folder godwit was started in; in the file they are relative to its
// own folder.
struct ScanSettings {
  std::vector<std::string> paths;
  std::vector<std::string> exclude;              // globs
  std::map<std::string, std::string> variables;  // values for scripts
  std::string engine = "hive";                   // of .sql files that nobody calls: hive or spark
  std::string database;                          // of sessions that do not say
  std::vector<std::string> lineage;              // declared lineage besides lineage.yaml files below `paths`
  std::string snapshot;
  std::vector<std::string> logs;
  std::vector<LintAllowance> allowances;
};

// Errors: kInvalidInput with file:line:column of every mistake in the two sections, or there is no such file.
Result<ScanSettings> ReadScanSettings(const std::string& path);
Result<ScanSettings> ParseScanSettings(const std::string& path, const std::string& text);

}  // namespace godwit::config
