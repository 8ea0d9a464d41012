#include "lineage/drift.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/hash.h"
#include "sources/job.h"
#include "sources/source_tree.h"

namespace godwit::lineage {
namespace {

// Some of a scan's files, such as a snapshot's declarations, lie outside of its folders.
std::optional<std::string> ReadOutside(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::string Compare(const sources::SourceTree& tree, const ScannedFile& file) {
  std::optional<std::string> text;
  if (const auto at = tree.At(file.path)) {
    if (Result<std::string> read = tree.Read(*at); read.ok()) text = *std::move(read);
  } else {
    text = ReadOutside(file.path);
  }
  if (!text) return "gone";
  return Hex64(Hash64(*text)) == file.digest ? "" : "changed";
}

}  // namespace

Result<std::vector<FileDrift>> FindDrift(const std::vector<std::string>& roots,
                                         const std::vector<std::string>& exclude,
                                         const std::vector<ScannedFile>& files) {
  std::vector<FileDrift> drift;
  std::vector<std::string> present;
  for (const std::string& root : roots) {
    if (std::filesystem::exists(root)) {
      present.push_back(root);
    } else {
      drift.push_back({root, "gone"});
    }
  }
  if (!drift.empty()) return drift;  // the names of files depend on all of the folders
  GODWIT_TRY_ASSIGN(const sources::SourceTree tree, sources::SourceTree::Find(present, exclude));
  std::set<std::string> known;
  for (const ScannedFile& file : files) {
    known.insert(file.path);
    if (const std::string what = Compare(tree, file); !what.empty()) drift.push_back({file.path, what});
  }
  for (const sources::SourceFile& file : tree.files()) {
    if (sources::IsScript(file.path) && !known.contains(file.path)) drift.push_back({file.path, "new"});
  }
  std::sort(drift.begin(), drift.end(),
            [](const FileDrift& a, const FileDrift& b) { return a.path < b.path; });
  return drift;
}

}  // namespace godwit::lineage
