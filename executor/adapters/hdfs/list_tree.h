// executor/adapters/hdfs/list_tree.h — walks many folders at once in bounded memory: a million files and
// more.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "executor/adapters/hdfs/web_hdfs.h"

namespace godwit::executor {

struct TreeVisitor {
  // Whether to go into a folder; its name, and its path below the root.
  std::function<bool(const HdfsEntry& folder, const std::string& path)> enter;
  // A page of one folder: `root` is the place in `roots`, `folder` the path below it ("" for the root
  // itself), entries by name. Called by one thread at a time, folders in any order.
  std::function<Status(size_t root, const std::string& folder, const std::vector<HdfsEntry>& entries)> page;
};

// Below each of `roots` (paths); one that does not exist has nothing. `parallel` calls are in flight. Holds
// at most a page of folders for each level of depth and each call in flight, not the files. Errors: of
// WebHdfs::List, of the visitor; kInvalidInput below a depth of kTreeDepthMax.
Status ListTree(WebHdfs& hdfs, const std::vector<std::string>& roots, size_t parallel,
                const TreeVisitor& visitor);
inline constexpr size_t kTreeDepthMax = 64;

}  // namespace godwit::executor
