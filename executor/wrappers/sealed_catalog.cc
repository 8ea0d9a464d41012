#include "executor/wrappers/sealed_catalog.h"

namespace godwit::executor {

Result<bool> SealedCatalog::Sealed(const Publication& publication) {
  GODWIT_TRY_ASSIGN(const BarrierStatus seal, barrier_.Get(publication.table, Party::kCopiers));
  return seal.token > publication.token;
}

Result<Effect> SealedCatalog::Publish(const Publication& publication) {
  const std::string what = "publish to " + publication.table.Text();
  GODWIT_TRY_ASSIGN(const bool before, Sealed(publication));
  if (before) return Conflict(what + ": a later attempt has sealed the table against copiers since");
  GODWIT_TRY_ASSIGN(const Effect effect, catalog_.Publish(publication));
  GODWIT_TRY_ASSIGN(const bool after, Sealed(publication));
  if (after) return Unavailable(what + ": the table was sealed against copiers meanwhile");
  return effect;
}

}  // namespace godwit::executor
