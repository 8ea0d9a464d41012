#include "sources/source_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/hash.h"

namespace godwit::sources {
namespace {

namespace fs = std::filesystem;

std::vector<std::string_view> Components(std::string_view path) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    begin = end + 1;
  }
  return parts;
}

std::string Folder(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

// How many components at the end of both are equal; a component with a pattern is equal to any.
size_t SharedEnd(const std::vector<std::string_view>& reference, const std::vector<std::string_view>& path) {
  size_t count = 0;
  while (count < reference.size() && count < path.size()) {
    const std::string_view wanted = reference[reference.size() - 1 - count];
    if (wanted.find("${") == std::string_view::npos && wanted != path[path.size() - 1 - count]) break;
    ++count;
  }
  return count;
}

size_t SharedFront(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  size_t count = 0;
  while (count < a.size() && count < b.size() && a[count] == b[count]) ++count;
  return count;
}

std::string Normal(const std::string& folder, std::string_view reference) {
  const std::string joined = folder.empty() ? std::string(reference) : folder + "/" + std::string(reference);
  std::string path = joined.starts_with('/') ? "/" : "";
  for (const std::string_view part : Components(joined)) {
    if (!path.empty() && !path.ends_with('/')) path += '/';
    path += part;
  }
  return path;
}

// Walks folders breadth first, so that nothing recurses.
struct Walk {
  const std::vector<std::string>& exclude;
  std::vector<SourceFile> files;
  std::set<std::pair<uint64_t, uint64_t>> seen_folders;  // device and inode

  Status Add(const std::string& root) {
    struct stat status;
    if (stat(root.c_str(), &status) != 0) {
      return InvalidInput(fmt::format("cannot read {}: {}", root, std::strerror(errno)));
    }
    std::vector<std::pair<std::string, int>> folders;
    const std::string path = Normal("", root).empty() ? "." : Normal("", root);
    Visit(path, path, status, 0, folders);
    for (size_t i = 0; i < folders.size(); ++i) {
      if (folders[i].second > kFolderDepthMax) continue;
      if (files.size() > kSourceFilesMax) {
        return InvalidInput(fmt::format("{} holds more than {} files: scan a smaller folder, or exclude some",
                                        root, kSourceFilesMax));
      }
      const auto [folder, depth] = folders[i];  // a copy: the list grows
      Enter(path, folder, depth, folders);
    }
    return Ok();
  }

  void Enter(const std::string& root, const std::string& folder, int depth,
             std::vector<std::pair<std::string, int>>& folders) {
    std::error_code error;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (name.starts_with('.')) continue;
      const std::string path = folder == "." ? name : folder + "/" + name;
      struct stat status;
      if (stat(path.c_str(), &status) == 0) Visit(root, path, status, depth + 1, folders);
    }
  }

  void Visit(const std::string& root, const std::string& path, const struct stat& status, int depth,
             std::vector<std::pair<std::string, int>>& folders) {
    const std::string relative = path == root ? path : path.substr(root == "." ? 0 : root.size() + 1);
    for (const std::string& pattern : exclude) {
      if (MatchesGlob(pattern, relative)) return;
    }
    if (S_ISDIR(status.st_mode)) {
      if (seen_folders.insert({status.st_dev, status.st_ino}).second) folders.emplace_back(path, depth);
    } else if (S_ISREG(status.st_mode)) {
      const int64_t changed = status.st_mtim.tv_sec * 1'000'000'000ll + status.st_mtim.tv_nsec;
      files.push_back({path, status.st_size, changed});
    }
  }
};

}  // namespace

bool MatchesGlob(std::string_view pattern, std::string_view path) {
  // Goes back to the last star only, or to the last double star if that one cannot pass a slash.
  struct Star {
    size_t pattern = std::string_view::npos;  // behind the star
    size_t path = 0;                          // where what it stands for ends
  };
  Star one, any;
  size_t p = 0, s = 0;
  while (s < path.size()) {
    if (pattern.substr(p).starts_with("**")) {
      p += pattern.substr(p).starts_with("**/") ? 3 : 2;  // "**/x" matches "x" too
      any = {p, s};
      one = {};
    } else if (p < pattern.size() && pattern[p] == '*') {
      one = {++p, s};
    } else if (p < pattern.size() && (pattern[p] == path[s] || (pattern[p] == '?' && path[s] != '/'))) {
      ++p;
      ++s;
    } else if (one.pattern != std::string_view::npos && path[one.path] != '/') {
      p = one.pattern;
      s = ++one.path;
    } else if (any.pattern != std::string_view::npos) {
      p = any.pattern;
      s = ++any.path;
      one = {};
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Result<SourceTree> SourceTree::Find(const std::vector<std::string>& paths,
                                    const std::vector<std::string>& exclude) {
  Walk walk{exclude, {}, {}};
  for (const std::string& path : paths) GODWIT_TRY(walk.Add(path));
  SourceTree tree;
  tree.files_ = std::move(walk.files);
  // Names relative to a single folder stay the same wherever it lies.
  if (paths.size() == 1 && std::filesystem::is_directory(paths[0]) && Normal("", paths[0]) != "") {
    tree.root_ = Normal("", paths[0]) + "/";
    for (SourceFile& file : tree.files_) file.path.erase(0, tree.root_.size());
  }
  tree.Index();
  return tree;
}

SourceTree SourceTree::OfTexts(const std::map<std::string, std::string>& texts) {
  SourceTree tree;
  for (const auto& [path, text] : texts) {
    tree.files_.push_back({path, static_cast<int64_t>(text.size()), 0});
    tree.texts_.push_back(text);
  }
  tree.Index();
  return tree;
}

void SourceTree::Index() {
  if (texts_.empty()) {
    std::sort(files_.begin(), files_.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    const auto same = [](const SourceFile& a, const SourceFile& b) { return a.path == b.path; };
    files_.erase(std::unique(files_.begin(), files_.end(), same), files_.end());
  }
  for (uint32_t i = 0; i < files_.size(); ++i) {
    const std::string& path = files_[i].path;
    by_name_[path.substr(path.rfind('/') + 1)].push_back(i);
  }
}

Result<std::string> SourceTree::Read(size_t file) const {
  if (!texts_.empty()) return texts_[file];
  const SourceFile& source = files_[file];
  if (source.bytes > kSourceBytesMax) {
    return Unsupported(fmt::format("{} bytes: at most {} are read", source.bytes, kSourceBytesMax));
  }
  std::ifstream stream(root_ + source.path, std::ios::binary);
  if (!stream) return Unavailable(std::strerror(errno));
  std::string text(static_cast<size_t>(source.bytes), '\0');
  stream.read(text.data(), source.bytes);
  text.resize(static_cast<size_t>(std::max<std::streamsize>(0, stream.gcount())));
  if (stream.bad()) return Unavailable(std::strerror(errno));
  return text;
}

uint64_t SourceTree::NameDigest(const std::string& name) const {
  const auto named = by_name_.find(name);
  uint64_t digest = 0;
  if (named == by_name_.end()) return digest;
  for (const uint32_t file : named->second) digest = Hash64(files_[file].path, digest);
  return digest;
}

std::optional<size_t> SourceTree::At(std::string_view path) const {
  const auto found =
      std::lower_bound(files_.begin(), files_.end(), path,
                       [](const SourceFile& file, std::string_view wanted) { return file.path < wanted; });
  if (found == files_.end() || found->path != path) return std::nullopt;
  return static_cast<size_t>(found - files_.begin());
}

std::optional<size_t> SourceTree::Resolve(std::string_view reference, std::string_view from) const {
  if (reference.empty() || reference.size() > 4096) return std::nullopt;
  if (const auto exact = At(Normal(Folder(from), reference)); exact && !reference.starts_with('/'))
    return exact;
  if (const auto exact = At(Normal("", reference))) return exact;
  const std::vector<std::string_view> wanted = Components(reference);
  if (wanted.empty() || wanted.back().find("${") != std::string_view::npos) return std::nullopt;
  const auto named = by_name_.find(std::string(wanted.back()));
  if (named == by_name_.end()) return std::nullopt;
  const std::vector<std::string_view> here = Components(from);
  std::optional<size_t> best;
  std::pair<size_t, size_t> best_score;
  bool tie = false;
  for (const uint32_t candidate : named->second) {
    const std::vector<std::string_view> path = Components(files_[candidate].path);
    const std::pair<size_t, size_t> score{SharedEnd(wanted, path), SharedFront(here, path)};
    if (best && score < best_score) continue;
    tie = best && score == best_score;
    best = candidate;
    best_score = score;
  }
  if (tie) return std::nullopt;  // two equally good files: which one runs is not known
  return best;
}

}  // namespace godwit::sources
