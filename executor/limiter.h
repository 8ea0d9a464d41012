// executor/limiter.h — what may begin now, for reasons that concern more than one decision: breakers, rates
// by the hour, copies at once, and whatever the outside says (load, space on the disk). Never in the way of a
// thaw or of a switch that was decided. The engine tells it what happened; it has no clock of its own.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "executor/breaker.h"
#include "executor/observation.h"
#include "executor/rate.h"
#include "executor/unit_row.h"

namespace godwit::executor {

// A breaker that opened or closed: to be journaled. `unit` of nothing: the whole run's.
struct BreakerNews {
  std::optional<size_t> unit;
  BreakerChange change = BreakerChange::kNone;
  std::string why;
};

class Limiter {
 public:
  // `outside` may be empty; "" from it means go on.
  Limiter(const Policy& policy, size_t units, std::function<std::string()> outside);

  // As the journal has it: open breakers stay open, their cool-down begins anew.
  void Restore(std::optional<size_t> unit, const std::string& breaker_why, Nanoseconds now);

  // A person says that what failed is mended.
  void Close(std::optional<size_t> unit);

  // Before each round. True if the outside begins to forbid, or to allow.
  bool Advance(Nanoseconds now, Timestamp wall);
  // Why the outside lets nothing new begin; "" if it does.
  const std::string& outside_why() const { return outside_why_; }
  // An attempt ended. `what` is for people.
  void Note(size_t unit, bool failed, const std::string& what);
  // Since the last call.
  std::vector<BreakerNews> TakeNews();

  // Why nothing new begins for the unit; "" if it may. A breaker's reason holds for frozen units too: they
  // are thawed. The others let what is frozen go through.
  std::string BrakeOf(size_t unit, const UnitRow& row) const;
  // While a breaker lets probes through one unit at a time is frozen.
  int FreezesMax() const;
  // Bytes/s for all copies from this side together; 0: no limit.
  int64_t BytesPerSecond(Side from) const;

  // Whether an intent may be written, and that it was. Copies that a frozen unit waits for always may.
  // `copies` are under way over all units. What is begun is certain after Confirm, or undone by TakeBack.
  bool MayBegin(size_t unit, const UnitRow& row, const Action& action, int copies) const;
  void Begin(size_t unit, const Action& action);
  void Confirm() { begun_.clear(); }
  void TakeBack();
  // When to ask again after MayBegin said no.
  Nanoseconds Patience(const UnitRow& row) const;

 private:
  struct Link {
    TokenBucket bucket;
    Rate rate;
    Timestamp rated{};  // when `rate` was looked up
  };
  struct Begun {
    size_t unit;
    size_t link;
    int64_t bytes;
  };
  static size_t LinkOf(Side from) { return from == Side::kSource ? 0 : 1; }
  void NoteAt(std::optional<size_t> unit, Breaker& breaker, bool failed, const std::string& what);

  const Policy& policy_;
  std::function<std::string()> outside_;
  Breaker run_;
  std::string run_why_;
  std::vector<Breaker> units_;
  std::vector<std::string> unit_whys_;
  std::array<RateTable, 2> tables_;
  std::array<Link, 2> links_;
  std::vector<BreakerNews> news_;
  std::vector<Begun> begun_;
  std::string outside_why_;
  Nanoseconds now_{0};
};

}  // namespace godwit::executor
