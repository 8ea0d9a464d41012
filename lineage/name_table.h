// lineage/name_table.h — which names of a scan mean the same table.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lineage/scan.h"

namespace godwit::lineage {

// What a written name stands for.
struct ResolvedName {
  std::string name;
  bool guessed = false;  // `${db}.orders` was taken for the only `x.orders` there is
};

class NameTable {
 public:
  // Looks at every name of the scan's jobs, declarations, logs and catalog. O(n log n).
  explicit NameTable(const Scan& scan);

  // A table's name, or a node's ("path:…", "external:…"). A folder that is some table's location is the
  // table; a family is one name, whatever its variables are called, or the one table that fits it.
  ResolvedName Resolve(const std::string& name) const;
  ResolvedName ResolveFolder(const std::string& folder) const;

 private:
  void AddName(const std::string& name, bool written);
  void AddLocation(const std::string& folder, const std::string& table);
  void BindFamilies();

  std::set<std::string> concrete_;
  std::set<std::string> written_;                          // names and family keys
  std::map<std::string, std::string> family_;              // key → the name that stands for it
  std::map<std::string, std::string> bound_;               // key → the only table that fits
  std::map<std::string, std::string> member_;              // table → the family that makes it
  std::unordered_map<std::string, std::string> location_;  // folder → table
};

}  // namespace godwit::lineage
