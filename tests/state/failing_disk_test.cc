// A journal on a disk that fails at its k-th write, for every k until it runs through: nothing that was
// acknowledged is lost, nothing is there by half, the message names the file, and the next start goes on.
#include "tests/state/failing_disk.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "state/journal.h"

namespace godwit::state {
namespace {

namespace fs = std::filesystem;

constexpr int kTransactions = 6;
constexpr int64_t kOperationsMax = 2000;  // far more than the script needs

struct Case {
  DiskFault fault;
  bool for_ever;
};

// What a run of the script was told.
struct Told {
  int acknowledged = 0;  // transactions, with the first one that takes over
  std::string error;
  ErrorCode code = ErrorCode::kInvalidInput;
};

std::vector<Entry> EntriesOf(int transaction) {
  std::vector<Entry> entries;
  for (int i = 0; i <= transaction % 3; ++i) {
    Entry entry;
    entry.unit = "u" + std::to_string(i);
    entry.kind = RecordKind::kNote;
    entry.generation = transaction;
    entry.body = "{\"text\":\"" + std::string(static_cast<size_t>(400 * (transaction % 5)), 'x') + "\"}";
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<Fact> FactsOf(int transaction) {
  return {{"run", "last", std::to_string(transaction)},
          {"run", "t" + std::to_string(transaction), std::string(2000, 'f')}};
}

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    InstallFailingDisk();
    folder_ = fs::temp_directory_path() / ("godwit-failing-disk-" + std::to_string(getpid()));
    path_ = folder_ / "state.db";
  }
  void TearDown() override {
    Mend();
    fs::remove_all(folder_);
  }
  void Renew() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  // Transactions from `first` on, until one fails. Transaction 0 takes over.
  Told Write(int first) {
    Told told;
    const auto fail = [&told](const Error& error) {
      told.error = error.message;
      told.code = error.code;
      return told;
    };
    Result<std::unique_ptr<Journal>> journal = OpenSqliteJournal(path_);
    if (!journal.ok()) return fail(journal.error());
    const Result<int64_t> epoch = (*journal)->TakeOver({});
    if (!epoch.ok()) return fail(epoch.error());
    ++told.acknowledged;
    for (int t = first; t <= kTransactions; ++t) {
      const auto appended = (*journal)->Append(*epoch, std::nullopt, EntriesOf(t),
                                               [t](const std::vector<Record>&) { return FactsOf(t); });
      if (!appended.ok()) return fail(appended.error());
      ++told.acknowledged;
    }
    return told;
  }

  // The newest transaction that is there; each up to it is there as a whole.
  int LastWhole(Journal& journal) {
    std::map<int64_t, size_t> records;
    const std::vector<Record> all = *journal.Read(0, 10000);
    for (const Record& record : all) {
      if (record.entry.kind == RecordKind::kNote) ++records[record.entry.generation];
    }
    for (int t = 1; t <= static_cast<int>(records.size()); ++t)
      EXPECT_EQ(records[t], EntriesOf(t).size()) << t;
    const std::vector<Fact> facts = *journal.ReadFacts("run");
    const int last = static_cast<int>(records.size());
    EXPECT_EQ(facts.size(), static_cast<size_t>(last == 0 ? 0 : last + 1));
    for (const Fact& fact : facts) {
      if (fact.key != "last") continue;
      EXPECT_EQ(fact.value, std::to_string(last));
    }
    return last;
  }

  // The next start, on a sound disk.
  void GoOn(const Told& told, int64_t k) {
    Result<std::unique_ptr<Journal>> journal = OpenSqliteJournal(path_);
    ASSERT_TRUE(journal.ok()) << k << ": " << journal.error().message;
    ASSERT_TRUE((*journal)->CheckIntegrity().ok()) << k;
    const int last = LastWhole(**journal);
    EXPECT_GE(last, told.acknowledged - 1) << k << ": acknowledged, but lost: " << told.error;
    // What failed may be there or not: nobody was told that it is.
    EXPECT_LE(last, told.acknowledged) << k;
    journal->reset();
    const Told rest = Write(last + 1);
    EXPECT_EQ(rest.error, "") << k;
    journal = OpenSqliteJournal(path_);
    EXPECT_EQ(LastWhole(**journal), kTransactions) << k;
    const Result<ChainCheck> chain = VerifyChain(**journal);
    ASSERT_TRUE(chain.ok());
    EXPECT_EQ(chain->broken_at, 0) << k << ": " << chain->reason;
  }

  fs::path folder_, path_;
};

class FailingDisk : public FullDisk, public testing::WithParamInterface<Case> {};

TEST_P(FailingDisk, LosesNothingWhereverItFails) {
  int64_t k = 1;
  for (; k < kOperationsMax; ++k) {
    Renew();
    FailAt(GetParam().fault, k, GetParam().for_ever);
    const Told told = Write(1);
    const bool failed = HasFailed();
    Mend();
    if (!failed) {  // the script needs fewer operations
      EXPECT_EQ(told.error, "");
      break;
    }
    if (!told.error.empty()) {
      EXPECT_NE(told.error.find(path_.string()), std::string::npos) << k << ": " << told.error;
      const bool full = GetParam().fault == DiskFault::kFull || GetParam().fault == DiskFault::kShortWrite;
      // Full: wait for room. Anything else: stop at once, a sync that failed is not tried again.
      EXPECT_EQ(told.code, full ? ErrorCode::kUnavailable : ErrorCode::kCorrupt) << k << ": " << told.error;
    }
    GoOn(told, k);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(k, 10);
  EXPECT_LT(k, kOperationsMax);
}

// The same process goes on when there is room again.
TEST_F(FullDisk, IsWaitedFor) {
  Renew();
  std::unique_ptr<Journal> journal = *OpenSqliteJournal(path_);
  const int64_t epoch = *journal->TakeOver({});
  for (int t = 1; t <= kTransactions; ++t) {
    const auto append = [&] {
      return journal->Append(epoch, std::nullopt, EntriesOf(t),
                             [t](const std::vector<Record>&) { return FactsOf(t); });
    };
    FailAt(DiskFault::kShortWrite, 1 + t % 4, true);
    const auto refused = append();
    EXPECT_FALSE(refused.ok()) << t;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    Mend();
    EXPECT_TRUE(append().ok()) << t;
  }
  EXPECT_EQ(LastWhole(*journal), kTransactions);
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (int fault = 0; fault < kDiskFaults; ++fault) {
    cases.push_back({static_cast<DiskFault>(fault), false});
    cases.push_back({static_cast<DiskFault>(fault), true});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(EveryFault, FailingDisk, testing::ValuesIn(AllCases()), [](const auto& info) {
  return std::string(DiskFaultName(info.param.fault)) + (info.param.for_ever ? "_for_ever" : "_once");
});

}  // namespace
}  // namespace godwit::state
