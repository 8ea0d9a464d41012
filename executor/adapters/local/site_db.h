// executor/adapters/local/site_db.h — a site's folder and its site.db (docs/local_site.md): made, opened, and
// read or written by one function at a time.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "executor/adapters/local/sqlite.h"
#include "executor/ports/effect.h"

namespace godwit::executor::local {

// The largest token that site.db can hold.
inline constexpr Token kTokenMax = INT64_MAX;

// One connection, shared by a site's ports. Threads: any; calls wait for each other.
class SiteDb {
 public:
  // Makes the folder with an empty warehouse and a clock that shows real time. Errors: kConflict if there is
  // a site.
  static Result<std::shared_ptr<SiteDb>> Create(const std::string& root);
  // Errors: kInvalidInput if there is no site in the folder, kUnsupported if another version made it.
  static Result<std::shared_ptr<SiteDb>> Open(const std::string& root);

  const std::string& root() const { return root_; }  // absolute, without symbolic links

  // `body` takes the Database and returns a Result; in one transaction, that of Write with the write lock
  // from the start.
  template <typename Body>
  auto Write(const Body& body) {
    const std::lock_guard lock(mutex_);
    return database_.Write([&] { return body(database_); });
  }
  template <typename Body>
  auto Read(const Body& body) -> std::invoke_result_t<Body, Database&> {
    const std::lock_guard lock(mutex_);
    GODWIT_TRY(database_.Run("BEGIN"));
    auto result = body(database_);
    (void)database_.Run("COMMIT");  // nothing was written
    return result;
  }

  // A value of table `site`; "" when there is none.
  Result<std::string> Setting(const std::string& key);
  Status Set(const std::string& key, const std::string& value);

 private:
  SiteDb(std::string root, Database database) : root_(std::move(root)), database_(std::move(database)) {}

  const std::string root_;
  std::mutex mutex_;
  Database database_;
};

// Refuses (kConflict) a token smaller than the last one that `what` has seen, and one that site.db cannot
// hold.
Status CheckToken(const std::string& what, Token token, int64_t last);

}  // namespace godwit::executor::local
