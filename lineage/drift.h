// lineage/drift.h — is what was scanned still what lies there?
#pragma once

#include <string>
#include <vector>

#include "lineage/scan.h"

namespace godwit::lineage {

struct FileDrift {
  std::string path;
  std::string what;  // "changed", "gone", "new"
  bool operator==(const FileDrift&) const = default;
};

// Compares the files below `roots` with those that a scan read: every one of `files` by content, and scripts
// that the scan did not know. Sorted by path. Cost: reads each of `files` once. Errors: as SourceTree::Find.
Result<std::vector<FileDrift>> FindDrift(const std::vector<std::string>& roots,
                                         const std::vector<std::string>& exclude,
                                         const std::vector<ScannedFile>& files);

}  // namespace godwit::lineage
