// sources/source_tree.h — the files of the scanned folders, and how one finds another by the name it uses.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace godwit::sources {

inline constexpr size_t kSourceFilesMax = 2'000'000;
inline constexpr int64_t kSourceBytesMax = 128ll << 20;
inline constexpr int kFolderDepthMax = 64;

struct SourceFile {
  std::string path;  // as the scan was given its folder, then relative to it; '/' between
  int64_t bytes = 0;
  int64_t changed_nanoseconds = 0;  // modification time, only to see that a file is the same
  bool operator==(const SourceFile&) const = default;
};

class SourceTree {
 public:
  // Every regular file at or below `paths`, whose relative path no pattern of `exclude` matches ('*' any
  // characters but '/', '**' any). Hidden folders (.git, .godwit) are left out; a folder that is reached
  // twice through links is read once. Errors: kInvalidInput if a path does not exist or there are too many
  // files.
  static Result<SourceTree> Find(const std::vector<std::string>& paths,
                                 const std::vector<std::string>& exclude);
  // A tree in memory, for tests and for text that is no file.
  static SourceTree OfTexts(const std::map<std::string, std::string>& texts);

  const std::vector<SourceFile>& files() const { return files_; }  // sorted by path

  // The file's bytes. Errors: kUnavailable, or kUnsupported for one above kSourceBytesMax.
  Result<std::string> Read(size_t file) const;

  // The file that `reference`, written in the file `from`, means: relative to from's folder, to a scanned
  // folder, or, since scripts name paths of the cluster they run on, the file that shares the longest end of
  // the path; the one nearest to `from` on a tie. A pattern ${…} stands for any folder. None if no file or no
  // single best one has the name.
  std::optional<size_t> Resolve(std::string_view reference, std::string_view from) const;
  // A digest of the paths of all files with this name (the last part of a path): what Resolve answers for a
  // name changes only if this does.
  uint64_t NameDigest(const std::string& name) const;
  // The file with exactly this path.
  std::optional<size_t> At(std::string_view path) const;

 private:
  void Index();

  std::vector<SourceFile> files_;
  std::string root_;                // of the paths; empty if they stand for themselves
  std::vector<std::string> texts_;  // in memory; empty when on disk
  std::unordered_map<std::string, std::vector<uint32_t>> by_name_;
};

// '*' stands for any characters but '/', '**' for any, '?' for one.
bool MatchesGlob(std::string_view pattern, std::string_view path);

}  // namespace godwit::sources
