#include "executor/ports/storage.h"

namespace godwit::executor {

Result<std::vector<std::vector<FileStatus>>> Storage::ListEach(const std::vector<std::string>& locations) {
  std::vector<std::vector<FileStatus>> lists;
  for (const std::string& location : locations) {
    GODWIT_TRY_ASSIGN(auto list, ListFiles(location));
    lists.push_back(std::move(list));
  }
  return lists;
}

Result<std::vector<std::string>> Storage::DigestEach(const std::vector<FileName>& files) {
  std::vector<std::string> digests;
  for (const FileName& file : files) {
    GODWIT_TRY_ASSIGN(std::string digest, FileDigest(file.location, file.path));
    digests.push_back(std::move(digest));
  }
  return digests;
}

Result<std::vector<std::string>> Storage::StoredChecksumEach(const std::vector<FileName>& files) {
  return std::vector<std::string>(files.size());
}

}  // namespace godwit::executor
