// executor/slots.h — what the limits are about, counted over all units as their rows change: who is on its
// way, who is frozen, which wave is open.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "executor/migration.h"
#include "executor/unit_row.h"

namespace godwit::executor {

// On its way, so that it takes one of the units_in_flight_max places.
bool IsInFlight(const UnitRow& row);

class Slots {
 public:
  explicit Slots(const Migration& migration);

  // Counts the unit anew. O(its open operations + log units).
  void Count(size_t unit, const UnitRow& row);

  // A unit was let in whose row does not say so yet; forgotten when that is written, or is not.
  void PromiseStart() { ++promised_starts_; }
  void PromiseFreeze() { ++promised_freezes_; }
  void PromiseCopy() { ++promised_copies_; }
  void ForgetPromises() { promised_starts_ = promised_freezes_ = promised_copies_ = 0; }

  // A wave opens when no unit of an earlier one is on its way or still to start; held and aborted ones do not
  // block.
  int open_wave() const;
  bool IsOpen(int wave) const { return wave <= open_wave() && StartsFree() > 0; }
  int StartsFree() const;
  int frozen() const { return frozen_ + promised_freezes_; }
  int copies() const { return copies_ + promised_copies_; }

  // The first `limit` units that start when they are let in.
  std::vector<size_t> Startable(size_t limit) const;
  const std::set<size_t>& InDualRun() const { return in_dual_run_; }

 private:
  struct Share {  // of one unit
    bool in_flight = false;
    bool frozen = false;
    bool blocks = false;  // later waves
    bool startable = false;
    bool in_dual_run = false;
    int copies = 0;
  };
  Share ShareOf(size_t unit, const UnitRow& row) const;
  void Add(size_t unit, const Share& share, int sign);

  const Migration& migration_;
  std::vector<Share> shares_;
  int in_flight_ = 0;
  int frozen_ = 0;
  int copies_ = 0;
  int promised_starts_ = 0;
  int promised_freezes_ = 0;
  int promised_copies_ = 0;
  std::map<int, int> blocking_;  // wave -> units that block later ones; none is 0
  std::map<int, std::set<size_t>> startable_;
  std::set<size_t> in_dual_run_;
};

}  // namespace godwit::executor
