// executor/ports/write_barrier.h — the lock at the resource itself, which stands even where a scheduler's
// pause is ignored: writers of a table are denied, or copiers are sealed out.
#pragma once

#include <cstdint>

#include "executor/ports/effect.h"
#include "executor/ports/table_meta.h"

namespace godwit::executor {

enum class Party : uint8_t { kWriters, kCopiers };

struct BarrierStatus {
  bool closed = false;
  Token token = 0;  // of whoever set it last
};

class WriteBarrier {
 public:
  virtual ~WriteBarrier() = default;
  // Closes or opens the table to a party. A smaller token than the last one is refused: kConflict.
  virtual Result<Effect> Set(const TableName& table, Party party, bool closed, Token token) = 0;
  // A table without a barrier is open with token 0.
  virtual Result<BarrierStatus> Get(const TableName& table, Party party) = 0;
};

}  // namespace godwit::executor
