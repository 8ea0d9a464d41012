// executor/adapters/local/local_site.h — opens local sites: from a folder to the objects behind the ports.
#pragma once

#include <memory>
#include <string>

#include "executor/adapters/local/local_barrier.h"
#include "executor/adapters/local/local_catalog.h"
#include "executor/adapters/local/local_copier.h"
#include "executor/adapters/local/local_query_engine.h"
#include "executor/adapters/local/local_scheduler.h"
#include "executor/adapters/local/local_storage.h"
#include "executor/ports/site.h"

namespace godwit::executor::local {

// One site's ports. They share one connection; it must outlive whatever Ports() gave out.
class LocalSite {
 public:
  // Errors: kInvalidInput if there is no site in the folder, kUnsupported if another version made it.
  static Result<std::unique_ptr<LocalSite>> Open(const std::string& root);

  Site Ports() { return {storage_, catalog_, barrier_, scheduler_, query_engine_}; }
  const std::shared_ptr<SiteDb>& db() const { return db_; }
  const std::string& root() const { return db_->root(); }

 private:
  explicit LocalSite(std::shared_ptr<SiteDb> db)
      : db_(std::move(db)),
        storage_(db_),
        catalog_(db_),
        barrier_(db_),
        scheduler_(db_),
        query_engine_(db_) {}

  std::shared_ptr<SiteDb> db_;
  LocalStorage storage_;
  LocalCatalog catalog_;
  LocalBarrier barrier_;
  LocalScheduler scheduler_;
  LocalQueryEngine query_engine_;
};

// Between two of them. `godwit_program` is started for each copy. Errors: kInvalidInput if both are one site.
struct LocalPair {
  std::unique_ptr<LocalCopier> copier;
  std::unique_ptr<LocalRowComparer> comparer;
};
Result<LocalPair> ConnectLocalSites(const LocalSite& source, const LocalSite& target,
                                    const std::string& godwit_program);

}  // namespace godwit::executor::local
