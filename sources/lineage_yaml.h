// sources/lineage_yaml.h — lineage.yaml: what owners declare of jobs that no parser can read
// (docs/lineage_yaml.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace godwit::sources {

struct Declaration {
  std::string job;                 // a job's name; '*' stands for any characters
  std::vector<std::string> reads;  // tables, sorted and unique
  std::vector<std::string> writes;
  bool replaces = false;  // what was parsed of the job does not count; otherwise both do
  std::string by;         // who said so
  std::string note;
  std::string file;
  uint32_t line = 1;
};

struct TableOwner {
  std::string table;  // '*' stands for any characters
  std::string owner;
};

struct LineageYaml {
  std::vector<Declaration> declarations;  // in the order of the file
  std::vector<TableOwner> owners;         // the first that matches counts
};

// Errors: kInvalidInput, every mistake at file:line:column.
Result<LineageYaml> ReadLineageYaml(const std::string& file, std::string_view text);

}  // namespace godwit::sources
