#include "executor/limiter.h"

#include <fmt/format.h>

namespace godwit::executor {
namespace {

constexpr size_t kWhatMax = 300;

const StartCopy* AsCopy(const Action& action) { return std::get_if<StartCopy>(&action); }

int64_t BytesOf(const StartCopy& copy) {
  int64_t bytes = 0;
  for (const PartitionCopy& partition : copy.partitions) bytes += partition.bytes;
  return bytes;
}

// What begins something: all others take back what was begun, or assert what was promised.
bool IsNewWork(const Action& action) {
  return std::holds_alternative<StartCopy>(action) || std::holds_alternative<Publish>(action) ||
         std::holds_alternative<CreateTable>(action) || std::holds_alternative<CreateDatabase>(action) ||
         std::holds_alternative<AlterTable>(action);
}

// States in which what is asked for has to happen: writers wait for it.
bool IsUrgent(const UnitRow& row) {
  return IsFrozen(row.state) || row.state == UnitState::kSwitching || row.state == UnitState::kUnfreezing ||
         row.state == UnitState::kCancelling;
}

}  // namespace

Limiter::Limiter(const Policy& policy, size_t units, std::function<std::string()> outside)
    : policy_(policy),
      outside_(std::move(outside)),
      units_(policy.breaker ? units : 0),
      unit_whys_(policy.breaker ? units : 0),
      tables_(policy.rates) {
  for (RateTable& table : tables_) {
    if (table.otherwise == 0) table.otherwise = policy.bytes_per_second_max;
  }
}

void Limiter::Restore(std::optional<size_t> unit, const std::string& breaker_why, Nanoseconds now) {
  if (!policy_.breaker || breaker_why.empty()) return;
  (unit ? units_[*unit] : run_).OpenAgain(now);
  (unit ? unit_whys_[*unit] : run_why_) = breaker_why;
}

void Limiter::Close(std::optional<size_t> unit) {
  if (!policy_.breaker) return;
  (unit ? units_[*unit] : run_) = Breaker();
  (unit ? unit_whys_[*unit] : run_why_).clear();
}

bool Limiter::Advance(Nanoseconds now, Timestamp wall) {
  now_ = now;
  for (size_t i = 0; i < links_.size(); ++i) {
    Link& link = links_[i];
    const bool known =
        wall >= link.rated && link.rated != Timestamp{} && (!link.rate.until || wall < *link.rate.until);
    if (!known) {
      link.rate = RateAt(tables_[i], wall);
      link.rated = wall;
    }
    if (policy_.burst.count() > 0) {
      link.bucket.Fill(link.rate.bytes_per_second.value_or(0), now, policy_.burst);
    }
  }
  const bool was_open = outside_why_.empty();
  outside_why_ = outside_ ? outside_() : "";
  if (policy_.breaker) {
    run_.Tick(*policy_.breaker, now);
    for (Breaker& unit : units_) unit.Tick(*policy_.breaker, now);
  }
  return outside_why_.empty() != was_open;
}

void Limiter::Note(size_t unit, bool failed, const std::string& what) {
  if (!policy_.breaker) return;
  NoteAt(unit, units_[unit], failed, what);
  NoteAt(std::nullopt, run_, failed, what);
}

void Limiter::NoteAt(std::optional<size_t> unit, Breaker& breaker, bool failed, const std::string& what) {
  const bool probing = breaker.state() == BreakerState::kHalfOpen;
  const BreakerChange change = breaker.Note(failed, *policy_.breaker, now_);
  if (change == BreakerChange::kNone) return;
  std::string why = "its probes went well";
  if (change == BreakerChange::kOpened) {
    why = probing ? "a probe failed: " + what
                  : fmt::format("{} of the last {} attempts failed, the last: {}", breaker.ring().failures(),
                                breaker.ring().count(), what);
    why = why.substr(0, kWhatMax);
  }
  (unit ? unit_whys_[*unit] : run_why_) = change == BreakerChange::kOpened ? why : "";
  news_.push_back({unit, change, std::move(why)});
}

std::vector<BreakerNews> Limiter::TakeNews() { return std::exchange(news_, {}); }

std::string Limiter::BrakeOf(size_t unit, const UnitRow& row) const {
  if (policy_.breaker) {
    if (run_.state() == BreakerState::kOpen) return "the run's breaker is open: " + run_why_;
    if (units_[unit].state() == BreakerState::kOpen) return "its breaker is open: " + unit_whys_[unit];
  }
  if (IsUrgent(row)) return "";
  if (!outside_why_.empty()) return outside_why_;
  const Rate& rate = links_[LinkOf(row.from)].rate;
  if (rate.bytes_per_second == std::optional<int64_t>(0)) {
    return "the rate table lets no copy begin" +
           (rate.until ? " before " + FormatTimestamp(*rate.until) : "");
  }
  return "";
}

int Limiter::FreezesMax() const { return run_.state() == BreakerState::kHalfOpen ? 1 : policy_.freezes_max; }

int64_t Limiter::BytesPerSecond(Side from) const {
  const std::optional<int64_t>& rate = links_[LinkOf(from)].rate.bytes_per_second;
  // A final copy that the table has caught in mid-freeze goes through at the pace of the old limit.
  return rate && *rate > 0 ? *rate : policy_.bytes_per_second_max;
}

bool Limiter::MayBegin(size_t unit, const UnitRow& row, const Action& action, int copies) const {
  if (IsUrgent(row) || !IsNewWork(action)) return true;
  if (policy_.breaker && (!run_.MayBegin(*policy_.breaker) || !units_[unit].MayBegin(*policy_.breaker)))
    return false;
  const StartCopy* copy = AsCopy(action);
  if (copy == nullptr) return true;
  if (policy_.copies_max > 0 && copies >= policy_.copies_max) return false;
  const Link& link = links_[copy->direction == Direction::kToTarget ? 0 : 1];
  return policy_.burst.count() == 0 || !link.rate.bytes_per_second || link.bucket.MayTake();
}

void Limiter::Begin(size_t unit, const Action& action) {
  const StartCopy* copy = AsCopy(action);
  const size_t link = copy != nullptr && copy->direction == Direction::kToSource ? 1 : 0;
  const Begun begun{unit, link, copy != nullptr ? BytesOf(*copy) : 0};
  if (policy_.breaker) {
    run_.Began();
    units_[unit].Began();
  }
  if (links_[link].rate.bytes_per_second && policy_.burst.count() > 0) links_[link].bucket.Take(begun.bytes);
  begun_.push_back(begun);
}

void Limiter::TakeBack() {
  for (const Begun& begun : begun_) {
    if (links_[begun.link].rate.bytes_per_second && policy_.burst.count() > 0) {
      links_[begun.link].bucket.Take(-begun.bytes);
    }
    if (policy_.breaker) {
      run_.TakeBack();
      units_[begun.unit].TakeBack();
    }
  }
  begun_.clear();
}

Nanoseconds Limiter::Patience(const UnitRow& row) const {
  const Link& link = links_[LinkOf(row.from)];
  const Nanoseconds most = policy_.look_again;
  if (!link.rate.bytes_per_second || policy_.burst.count() == 0 || link.bucket.MayTake()) return most;
  return std::min(most, link.bucket.Wait(*link.rate.bytes_per_second));
}

}  // namespace godwit::executor
