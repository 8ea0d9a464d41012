// tests/sim/faulty_journal.h — a journal on a disk that fills up, in a process that dies before or after it
// is written.
#pragma once

#include <functional>

#include "state/journal.h"

namespace godwit::sim {

struct Crash {};  // thrown through the engine; only the simulator catches it

enum class JournalFault { kNone, kFull, kCrashBefore, kCrashAfter };

class FaultyJournal : public state::Journal {
 public:
  FaultyJournal(state::Journal& real, std::function<JournalFault()> draw,
                std::function<void(const state::Entry&)> on_record)
      : real_(real), draw_(std::move(draw)), on_record_(std::move(on_record)) {}

  Result<int64_t> TakeOver(state::Entry entry) override { return real_.TakeOver(std::move(entry)); }
  Result<std::vector<state::Record>> Append(int64_t epoch, std::optional<int64_t> head,
                                            const std::vector<state::Entry>& entries,
                                            const state::DeriveFacts& derive) override {
    const JournalFault fault = draw_ ? draw_() : JournalFault::kNone;
    if (fault == JournalFault::kFull) return Unavailable("database or disk is full");
    if (fault == JournalFault::kCrashBefore) throw Crash{};
    auto records = real_.Append(epoch, head, entries, derive);
    if (records.ok() && on_record_) {
      for (const state::Record& record : *records) on_record_(record.entry);
    }
    if (fault == JournalFault::kCrashAfter) throw Crash{};
    return records;
  }
  Result<std::vector<state::Record>> Read(int64_t after, size_t limit) override {
    return real_.Read(after, limit);
  }
  Result<std::vector<state::Record>> ReadUnit(const std::string& unit, int64_t after, size_t limit) override {
    return real_.ReadUnit(unit, after, limit);
  }
  Result<Head> GetHead() override { return real_.GetHead(); }
  Result<std::vector<state::Fact>> ReadFacts(const std::string& scope) override {
    return real_.ReadFacts(scope);
  }
  Status Beat(int64_t epoch, int64_t since_boot_ns, const std::string& boot_id) override {
    return real_.Beat(epoch, since_boot_ns, boot_id);
  }
  Result<Heartbeat> LastBeat() override { return real_.LastBeat(); }
  Status CheckIntegrity() override { return real_.CheckIntegrity(); }

 private:
  state::Journal& real_;
  std::function<JournalFault()> draw_;
  std::function<void(const state::Entry&)> on_record_;
};

}  // namespace godwit::sim
