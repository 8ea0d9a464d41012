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
    Push(epoch_, entry);
    return epoch_;
  }

  Result<std::vector<Record>> Append(int64_t epoch, std::optional<int64_t> head,
                                     const std::vector<Entry>& entries, const DeriveFacts& derive) override {
    if (epoch != 0 && epoch != epoch_ && rules_.newest_epoch_only)
      return Conflict("another process took over this migration");
    if (rules_.head_is_checked && head && *head != static_cast<int64_t>(records_.size()))
      return Unavailable("somebody else wrote");
    for (const Entry& entry : entries) {
      if (entry.kind == RecordKind::kOutcome && outcomes_.contains(entry.reference)) {
        return Conflict("the intent has an outcome already");
      }
      if (rules_.one_decision && entry.kind == RecordKind::kDecision &&
          decisions_.contains({entry.unit, entry.generation})) {
        return Conflict("the decision was made already");
      }
    }
    const size_t first = records_.size();
    for (const Entry& entry : entries) Push(epoch, entry);
    std::vector<Record> added(records_.begin() + static_cast<ptrdiff_t>(first), records_.end());
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
    for (size_t i = static_cast<size_t>(after); i < records_.size() && page.size() < limit; ++i) {
      page.push_back(records_[i]);
    }
    return page;
  }

  Result<std::vector<Record>> ReadUnit(const std::string& unit, int64_t after, size_t limit) override {
    std::vector<Record> page;
    for (size_t i = static_cast<size_t>(after); i < records_.size() && page.size() < limit; ++i) {
      if (records_[i].entry.unit == unit) page.push_back(records_[i]);
    }
    return page;
  }

  Result<Head> GetHead() override {
    if (records_.empty()) return Head{};
    return Head{records_.back().sequence, records_.back().hash};
  }

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
  void Push(int64_t epoch, const Entry& entry) {
    if (entry.kind == RecordKind::kOutcome) outcomes_.insert(entry.reference);
    if (entry.kind == RecordKind::kDecision) decisions_.insert({entry.unit, entry.generation});
    records_.push_back({static_cast<int64_t>(records_.size()) + 1, epoch, entry, "", ""});
  }

  const MemoryJournalRules rules_;
  int64_t epoch_ = 0;
  std::vector<Record> records_;
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
