#include "executor/wrappers/sealed_catalog.h"

namespace godwit::executor {

Result<bool> SealedCatalog::Sealed(const TableName& table, Token token) {
  GODWIT_TRY_ASSIGN(const BarrierStatus seal, barrier_.Get(table, Party::kCopiers));
  return seal.token > token;
}

template <typename Change>
Result<Effect> SealedCatalog::Unless(const std::string& what, const TableName& table, Token token,
                                     const Change& change) {
  GODWIT_TRY_ASSIGN(const bool before, Sealed(table, token));
  if (before) return Conflict(what + ": a later attempt has sealed the table against copiers since");
  GODWIT_TRY_ASSIGN(const Effect effect, change());
  GODWIT_TRY_ASSIGN(const bool after, Sealed(table, token));
  if (after) return Unavailable(what + ": the table was sealed against copiers meanwhile");
  return effect;
}

Result<Effect> SealedCatalog::AlterTable(const TableMeta& table, const std::string& op, Token token) {
  return Unless("alter " + table.name.Text(), table.name, token,
                [&] { return catalog_.AlterTable(table, op, token); });
}

Result<Effect> SealedCatalog::Publish(const Publication& publication) {
  return Unless("publish to " + publication.table.Text(), publication.table, publication.token,
                [&] { return catalog_.Publish(publication); });
}

}  // namespace godwit::executor
