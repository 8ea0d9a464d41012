// executor/adapters/local/local_storage.h — a site's files, as files.
#pragma once

#include <memory>

#include "executor/adapters/local/site_db.h"
#include "executor/ports/storage.h"

namespace godwit::executor::local {

class LocalStorage : public Storage {
 public:
  explicit LocalStorage(std::shared_ptr<SiteDb> site) : site_(std::move(site)) {}

  Result<std::vector<FileStatus>> ListFiles(const std::string& location) override;
  // XXH3 of the bytes. Errors: kConflict if the file is gone.
  Result<std::string> FileDigest(const std::string& location, const std::string& path) override;
  // Of the file system, or what is left of the site's quota if that is less.
  Result<SpaceStatus> Space(const std::string& location) override;
  // Errors: kConflict while the catalog points into `location`.
  Result<Effect> RemoveAttempt(const std::string& location) override;

 private:
  std::shared_ptr<SiteDb> site_;
};

}  // namespace godwit::executor::local
