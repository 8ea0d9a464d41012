#include "executor/adapters/local/local_barrier.h"

#include <fmt/format.h>

namespace godwit::executor::local {
namespace {

const char* PartyName(Party party) { return party == Party::kWriters ? "writers" : "copiers"; }

Result<BarrierStatus> Find(Database& db, const TableName& table, Party party) {
  GODWIT_TRY_ASSIGN(const std::vector<Row> rows,
                    db.Query("SELECT closed, token FROM barriers WHERE db = ? AND tbl = ? AND party = ?",
                             {table.db, table.name, PartyName(party)}));
  if (rows.empty()) return BarrierStatus{};
  return BarrierStatus{rows[0].Int(0) != 0, static_cast<Token>(rows[0].Int(1))};
}

}  // namespace

Result<Effect> LocalBarrier::Set(const TableName& table, Party party, bool closed, Token token) {
  return site_->Write([&](Database& db) -> Result<Effect> {
    GODWIT_TRY_ASSIGN(const BarrierStatus before, Find(db, table, party));
    GODWIT_TRY(CheckToken(fmt::format("barrier of {} for {}", table.Text(), PartyName(party)), token,
                          static_cast<int64_t>(before.token)));
    if (before.closed == closed && before.token == token) return Effect::kAlready;
    GODWIT_TRY(db.Run(
        "INSERT OR REPLACE INTO barriers(db, tbl, party, closed, token) VALUES(?, ?, ?, ?, ?)",
        {table.db, table.name, PartyName(party), static_cast<int64_t>(closed), static_cast<int64_t>(token)}));
    return Effect::kDone;
  });
}

Result<BarrierStatus> LocalBarrier::Get(const TableName& table, Party party) {
  return site_->Read([&](Database& db) { return Find(db, table, party); });
}

}  // namespace godwit::executor::local
