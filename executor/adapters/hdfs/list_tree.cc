#include "executor/adapters/hdfs/list_tree.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/parallel.h"

namespace godwit::executor {

namespace {

// One page to ask for.
struct Ask {
  size_t root;
  std::string folder;  // below the root
  std::string after;   // name
  size_t depth;
};

// The pages still to ask for. Last in, first out, and the next page of a folder is put in before its
// sub-folders: what waits is a page of sub-folders for each level, not a level of the tree.
class Frontier {
 public:
  explicit Frontier(size_t roots) : roots_(roots) {}

  // Waits for work; none when all is done or an error stopped it.
  std::optional<Ask> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return error_ || !stack_.empty() || next_root_ < roots_ || working_ == 0; });
    if (error_) return std::nullopt;
    if (!stack_.empty()) {
      Ask ask = std::move(stack_.back());
      stack_.pop_back();
      ++working_;
      return ask;
    }
    if (next_root_ < roots_) {
      ++working_;
      return Ask{next_root_++, "", "", 0};
    }
    changed_.notify_all();
    return std::nullopt;
  }

  void Put(std::vector<Ask> asks) {
    std::lock_guard lock(mutex_);
    for (Ask& ask : asks) stack_.push_back(std::move(ask));
    --working_;
    changed_.notify_all();
  }

  void Fail(Error error) {
    std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    --working_;
    changed_.notify_all();
  }

  std::mutex& visit_mutex() { return visit_mutex_; }
  Status status() const { return error_ ? Status(*error_) : Ok(); }

 private:
  std::mutex mutex_;
  std::mutex visit_mutex_;
  std::condition_variable changed_;
  std::vector<Ask> stack_;
  size_t roots_;
  size_t next_root_ = 0;
  size_t working_ = 0;
  std::optional<Error> error_;
};

std::string Join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

std::string Below(const std::string& root, const std::string& folder) {
  if (folder.empty()) return root;
  return root == "/" ? root + folder : root + "/" + folder;
}

Result<std::vector<Ask>> Visit(WebHdfs& hdfs, const std::string& root, const Ask& ask, std::mutex& mutex,
                               const TreeVisitor& visitor) {
  const std::string path = Below(root, ask.folder);
  if (ask.depth > kTreeDepthMax) {
    return InvalidInput(path + ": folders nested deeper than " + std::to_string(kTreeDepthMax));
  }
  GODWIT_TRY_ASSIGN(const std::optional<HdfsPage> page, hdfs.List(path, ask.after));
  std::vector<Ask> next;
  if (!page) return next;
  // HDFS answers for a file as for a folder that holds it under the empty name.
  if (page->entries.size() == 1 && page->entries.front().name.empty()) {
    return InvalidInput(path + ": a file where a folder was expected");
  }
  if (page->remaining > 0) next.push_back({ask.root, ask.folder, page->entries.back().name, ask.depth});
  std::lock_guard lock(mutex);
  for (const HdfsEntry& entry : page->entries) {
    const std::string below = Join(ask.folder, entry.name);
    if (entry.folder && visitor.enter(entry, below)) next.push_back({ask.root, below, "", ask.depth + 1});
  }
  GODWIT_TRY(visitor.page(ask.root, ask.folder, page->entries));
  return next;
}

}  // namespace

Status ListTree(WebHdfs& hdfs, const std::vector<std::string>& roots, size_t parallel,
                const TreeVisitor& visitor) {
  Frontier frontier(roots.size());
  RunThreads(std::max<size_t>(parallel, 1), [&] {
    while (std::optional<Ask> ask = frontier.Take()) {
      auto next = Visit(hdfs, roots[ask->root], *ask, frontier.visit_mutex(), visitor);
      if (next.ok()) {
        frontier.Put(*std::move(next));
      } else {
        frontier.Fail(next.error());
      }
    }
  });
  return frontier.status();
}

}  // namespace godwit::executor
