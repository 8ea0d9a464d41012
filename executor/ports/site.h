// executor/ports/site.h — the two sites of a migration, as the executor reaches them.
#pragma once

#include "executor/ports/catalog.h"
#include "executor/ports/copier.h"
#include "executor/ports/notifier.h"
#include "executor/ports/query_engine.h"
#include "executor/ports/scheduler.h"
#include "executor/ports/storage.h"
#include "executor/ports/write_barrier.h"

namespace godwit::executor {

enum class Side : uint8_t { kSource, kTarget };

inline Side Other(Side side) { return side == Side::kSource ? Side::kTarget : Side::kSource; }
inline const char* SideName(Side side) { return side == Side::kSource ? "source" : "target"; }

struct Site {
  Storage& storage;
  Catalog& catalog;
  WriteBarrier& barrier;
  Scheduler& scheduler;
  QueryEngine& query_engine;
};

// How copies are compared, beyond names and sizes.
struct Verification {
  double share = 1;       // of the files, chosen anew for each copy; at least one file of each copy
  bool by_bytes = false;  // read them, even where both sites keep checksums that can be compared
};

// Everything outside the process, but for clock and journal. Calls may come from several threads at once.
struct World {
  Site source;
  Site target;
  Copier& copier;
  RowComparer& comparer;
  Notifier& notifier;
  Verification verification = {};

  Site& At(Side side) { return side == Side::kSource ? source : target; }
};

}  // namespace godwit::executor
