#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "state/journal.h"

namespace godwit::state {
namespace {

class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(const MemoryJournalRules& rules) : rules_(rules) {}

  Result<int64_t> TakeOver(Entry entry) override {
    ++epoch_;
    entry.kind = RecordKind::kEpoch;
    records_.push_back(Next(epoch_, entry));
    return epoch_;
  }

  Result<std::vector<Record>> Append(int64_t epoch, std::optional<int64_t> head,
                                     const std::vector<Entry>& entries, const DeriveFacts& derive) override {
    if (epoch != 0 && epoch != epoch_ && rules_.newest_epoch_only)
      return Conflict("another process took over this migration");
    if (rules_.head_is_checked && head && *head != head_) return Unavailable("somebody else wrote");
    for (const Entry& entry : entries) {
      if (entry.kind == RecordKind::kOutcome && outcomes_.contains(entry.reference)) {
        return Conflict("the intent has an outcome already");
      }
      if (rules_.one_decision && entry.kind == RecordKind::kDecision &&
          decisions_.contains({entry.unit, entry.generation})) {
        return Conflict("the decision was made already");
      }
    }
    std::vector<Record> added;
    added.reserve(entries.size());
    for (const Entry& entry : entries) added.push_back(Next(epoch, entry));
    if (epoch == 0 || rules_.records_are_kept) records_.insert(records_.end(), added.begin(), added.end());
    for (Fact& fact : derive ? derive(added) : std::vector<Fact>{}) {
      if (fact.value.empty()) {
        facts_[fact.scope].erase(fact.key);
      } else {
        facts_[fact.scope][fact.key] = std::move(fact.value);
      }
    }
    return added;
  }

  Result<std::vector<Record>> Read(int64_t after, size_t limit) override {
    std::vector<Record> page;
    for (auto it = After(after); it != records_.end() && page.size() < limit; ++it) page.push_back(*it);
    return page;
  }

  Result<std::vector<Record>> ReadUnit(const std::string& unit, int64_t after, size_t limit) override {
    std::vector<Record> page;
    for (auto it = After(after); it != records_.end() && page.size() < limit; ++it) {
      if (it->entry.unit == unit) page.push_back(*it);
    }
    return page;
  }

  Result<Head> GetHead() override { return Head{head_, ""}; }

  Result<std::vector<Fact>> ReadFacts(const std::string& scope) override {
    std::vector<Fact> facts;
    for (const auto& [key, value] : facts_[scope]) facts.push_back({scope, key, value});
    return facts;
  }

  Status Beat(int64_t epoch, int64_t since_boot_ns, const std::string& boot_id) override {
    if (epoch != epoch_ && rules_.newest_epoch_only)
      return Conflict("another process took over this migration");
    beat_ = {epoch, since_boot_ns, boot_id};
    return Ok();
  }
  Result<Heartbeat> LastBeat() override { return beat_; }
  Status CheckIntegrity() override { return Ok(); }

 private:
  // The chain is not computed: nobody can tamper with memory, and simulations are many.
  Record Next(int64_t epoch, const Entry& entry) {
    if (entry.kind == RecordKind::kOutcome) outcomes_.insert(entry.reference);
    if (entry.kind == RecordKind::kDecision) decisions_.insert({entry.unit, entry.generation});
    return {++head_, epoch, entry, "", ""};
  }

  std::vector<Record>::const_iterator After(int64_t sequence) const {
    return std::ranges::upper_bound(records_, sequence, {}, &Record::sequence);
  }

  const MemoryJournalRules rules_;
  int64_t epoch_ = 0;
  int64_t head_ = 0;             // sequence number of the last record
  std::vector<Record> records_;  // by sequence number
  std::set<int64_t> outcomes_;
  std::set<std::pair<std::string, int64_t>> decisions_;
  std::map<std::string, std::map<std::string, std::string>> facts_;
  Heartbeat beat_;
};

}  // namespace

std::unique_ptr<Journal> MakeMemoryJournal(const MemoryJournalRules& rules) {
  return std::make_unique<MemoryJournal>(rules);
}

}  // namespace godwit::state
