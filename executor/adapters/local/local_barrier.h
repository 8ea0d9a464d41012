// executor/adapters/local/local_barrier.h — the barriers of site.db, which every writer obeys when it commits
// (docs/local_site.md, Writing a table).
#pragma once

#include <memory>

#include "executor/adapters/local/site_db.h"
#include "executor/ports/write_barrier.h"

namespace godwit::executor::local {

// Where the guard of a job is kept: among the barriers, under a database that no table can have.
inline TableName GuardOf(const std::string& job) { return {"_job", job}; }

class LocalBarrier : public WriteBarrier {
 public:
  explicit LocalBarrier(std::shared_ptr<SiteDb> site) : site_(std::move(site)) {}

  Result<Effect> Set(const TableName& table, Party party, bool closed, Token token) override;
  Result<BarrierStatus> Get(const TableName& table, Party party) override;

 private:
  std::shared_ptr<SiteDb> site_;
};

}  // namespace godwit::executor::local
