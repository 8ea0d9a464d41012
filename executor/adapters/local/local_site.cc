#include "executor/adapters/local/local_site.h"

#include <fmt/format.h>

namespace godwit::executor::local {

Result<std::unique_ptr<LocalSite>> LocalSite::Open(const std::string& root) {
  GODWIT_TRY_ASSIGN(std::shared_ptr<SiteDb> db, SiteDb::Open(root));
  return std::unique_ptr<LocalSite>(new LocalSite(std::move(db)));
}

Result<LocalPair> ConnectLocalSites(const LocalSite& source, const LocalSite& target,
                                    const std::string& godwit_program) {
  if (source.root() == target.root())
    return InvalidInput(fmt::format("source and target are one site: {}", source.root()));
  return LocalPair{std::make_unique<LocalCopier>(source.root(), target.root(), godwit_program),
                   std::make_unique<LocalRowComparer>(source.db(), target.db())};
}

}  // namespace godwit::executor::local
