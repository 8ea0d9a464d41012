#include "state/journal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/sqlite.h"
#include "state/lock_file.h"
#include "state/sqlite_view.h"

namespace godwit::state {
namespace {

namespace fs = std::filesystem;

Entry Make(RecordKind kind, const std::string& unit, int64_t generation = 1, int64_t reference = 0) {
  Entry entry;
  entry.unit = unit;
  entry.generation = generation;
  entry.kind = kind;
  entry.reference = reference;
  entry.body = R"({"a":1})";
  entry.wall = "2026-11-22T00:00:00Z";
  return entry;
}

// Both journals keep the same promises.
class JournalTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("godwit-journal-" + std::to_string(getpid()) + "-" + GetParam());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    path_ = folder_ / "state.db";
    if (GetParam() == std::string("memory")) {
      journal_ = MakeMemoryJournal();
    } else {
      journal_ = *OpenSqliteJournal(path_);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_, path_;
  std::unique_ptr<Journal> journal_;
};

TEST_P(JournalTest, KeepsWhatWasAppendedInOrder) {
  const int64_t epoch = *journal_->TakeOver({});
  ASSERT_TRUE(journal_
                  ->Append(epoch, std::nullopt,
                           {Make(RecordKind::kIntent, "u1"), Make(RecordKind::kNote, "u2")}, nullptr)
                  .ok());
  const std::vector<Record> all = *journal_->Read(0, 10);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].entry.kind, RecordKind::kEpoch);
  EXPECT_EQ(all[1].entry.unit, "u1");
  EXPECT_EQ(all[2].sequence, 3);
  EXPECT_EQ(journal_->Read(2, 10)->size(), 1u);
  EXPECT_EQ(journal_->Read(0, 2)->size(), 2u);
  EXPECT_EQ(journal_->ReadUnit("u2", 0, 10)->size(), 1u);
  EXPECT_EQ(journal_->GetHead()->sequence, 3);
}

TEST(MemoryJournal, ThatKeepsNoRecordsStillReadsOutWhatItsWriterDidNotWrite) {
  const std::unique_ptr<Journal> journal = MakeMemoryJournal({.records_are_kept = false});
  const int64_t epoch = *journal->TakeOver({});
  ASSERT_EQ(journal->Read(0, 10)->size(), 1u);
  const auto own = journal->Append(epoch, 1, {Make(RecordKind::kIntent, "u1")}, nullptr);
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own->front().sequence, 2);
  EXPECT_EQ(journal->Read(1, 10)->size(), 0u);
  ASSERT_TRUE(journal->Append(0, std::nullopt, {Make(RecordKind::kControl, "u1")}, nullptr).ok());
  const auto foreign = *journal->Read(2, 10);
  ASSERT_EQ(foreign.size(), 1u);
  EXPECT_EQ(foreign.front().sequence, 3);
  EXPECT_EQ(journal->GetHead()->sequence, 3);
  EXPECT_FALSE(journal->Append(epoch, 2, {Make(RecordKind::kNote, "u1")}, nullptr).ok()) << "its head is old";
  EXPECT_TRUE(journal->Append(epoch, 3, {Make(RecordKind::kOutcome, "u1", 1, 2)}, nullptr).ok());
  EXPECT_FALSE(journal->Append(epoch, 4, {Make(RecordKind::kOutcome, "u1", 1, 2)}, nullptr).ok());
}

TEST_P(JournalTest, RefusesAnOlderEpoch) {
  const int64_t first = *journal_->TakeOver({});
  const int64_t second = *journal_->TakeOver({});
  EXPECT_EQ(second, first + 1);
  EXPECT_EQ(journal_->Append(first, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).error().code,
            ErrorCode::kConflict);
  EXPECT_TRUE(journal_->Append(second, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  EXPECT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kControl, "u")}, nullptr).ok())
      << "an operator may always speak";
  EXPECT_FALSE(journal_->Append(first, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok())
      << "whoever spoke last";
  EXPECT_TRUE(journal_->Append(second, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  EXPECT_FALSE(journal_->Beat(first, 1, "b").ok());
  EXPECT_TRUE(journal_->Beat(second, 2, "b").ok());
  EXPECT_EQ(journal_->LastBeat()->since_boot_ns, 2);
}

TEST_P(JournalTest, OneDecisionForEachUnitAndGeneration) {
  ASSERT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kDecision, "u", 1)}, nullptr).ok());
  const auto second = journal_->Append(
      0, std::nullopt, {Make(RecordKind::kNote, "u"), Make(RecordKind::kDecision, "u", 1)}, nullptr);
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_EQ(journal_->GetHead()->sequence, 1) << "all or nothing";
  EXPECT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kDecision, "u", 2)}, nullptr).ok());
  EXPECT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kDecision, "v", 1)}, nullptr).ok());
}

TEST_P(JournalTest, OneOutcomeForEachIntent) {
  const int64_t intent =
      journal_->Append(0, std::nullopt, {Make(RecordKind::kIntent, "u")}, nullptr)->front().sequence;
  EXPECT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kOutcome, "u", 1, intent)}, nullptr).ok());
  EXPECT_EQ(
      journal_->Append(0, std::nullopt, {Make(RecordKind::kOutcome, "u", 1, intent)}, nullptr).error().code,
      ErrorCode::kConflict);
}

TEST_P(JournalTest, WhoMissedARecordMayNotAppend) {
  ASSERT_TRUE(journal_->Append(0, 0, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  EXPECT_EQ(journal_->Append(0, 0, {Make(RecordKind::kNote, "u")}, nullptr).error().code,
            ErrorCode::kUnavailable);
  EXPECT_TRUE(journal_->Append(0, 1, {Make(RecordKind::kNote, "u")}, nullptr).ok());
}

TEST_P(JournalTest, FactsFollowTheRecords) {
  const auto derive = [](const std::vector<Record>& records) {
    return std::vector<Fact>{{"unit", "u", std::to_string(records.back().sequence)}, {"unit", "gone", ""}};
  };
  ASSERT_TRUE(journal_
                  ->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")},
                           [](const auto&) {
                             return std::vector<Fact>{{"unit", "gone", "x"}};
                           })
                  .ok());
  ASSERT_TRUE(
      journal_->Append(0, std::nullopt, {Make(RecordKind::kNote, "u"), Make(RecordKind::kNote, "u")}, derive)
          .ok());
  EXPECT_EQ(*journal_->ReadFacts("unit"), (std::vector<Fact>{{"unit", "u", "3"}}));
  EXPECT_TRUE(journal_->ReadFacts("other")->empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, JournalTest, testing::Values("memory", "sqlite"));

class SqliteJournalTest : public JournalTest {};

TEST_P(SqliteJournalTest, EveryFieldOfEveryRecordIsUnderTheChain) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  EXPECT_EQ(VerifyChain(*journal_)->broken_at, 0);
  EXPECT_EQ(VerifyChain(*journal_)->records, 3);
  const std::vector<std::string> edits = {
      "epoch = 9",   "unit = 'x'", "gen = 9",           "kind = 'CONTROL'", "op = 'x'",       "ref = 9",
      "body = '{}'", "wall = ''",  "since_boot_ns = 9", "boot_id = 'x'",    "previous = 'x'", "hash = 'x'"};
  for (const std::string& edit : edits) {
    const fs::path copy = folder_ / "copy.db";
    fs::remove(copy);
    SqliteDatabase original = *SqliteDatabase::Open(path_, SqliteDatabase::Mode::kReadWrite);
    ASSERT_TRUE(original.Execute("VACUUM INTO '" + copy.string() + "'").ok());
    ASSERT_TRUE(SqliteDatabase::Open(copy, SqliteDatabase::Mode::kReadWrite)
                    ->Execute("DROP TRIGGER log_is_not_changed; UPDATE log SET " + edit + " WHERE seq = 2")
                    .ok());
    const ChainCheck check = *VerifyChain(**OpenSqliteJournal(copy));
    EXPECT_EQ(check.broken_at, 2) << edit;
  }
}

// `godwit status` beside `apply`, however long it takes to read: the driver's connection does not even wait.
TEST_P(SqliteJournalTest, WhoLooksOnDoesNotDelayTheWriterAndSeesOneMoment) {
  ASSERT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  const auto view = *OpenSqliteView(path_);
  SqliteDatabase writer = *SqliteDatabase::Open(path_, SqliteDatabase::Mode::kReadWrite);
  ASSERT_TRUE(writer.Execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; COMMIT").ok());
  ASSERT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  EXPECT_EQ(view->Read(0, 10)->size(), 1u);
  EXPECT_EQ((*OpenSqliteView(path_))->Read(0, 10)->size(), 2u);
  EXPECT_FALSE(view->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
}

TEST_P(SqliteJournalTest, TheFileRefusesToForget) {
  ASSERT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  SqliteDatabase database = *SqliteDatabase::Open(path_, SqliteDatabase::Mode::kReadWrite);
  EXPECT_FALSE(database.Execute("DELETE FROM log").ok());
  EXPECT_FALSE(database.Execute("UPDATE log SET body = '{}'").ok());
}

TEST_P(SqliteJournalTest, AMissingRecordBreaksTheChain) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  ASSERT_TRUE(SqliteDatabase::Open(path_, SqliteDatabase::Mode::kReadWrite)
                  ->Execute("DROP TRIGGER log_is_not_shortened; DELETE FROM log WHERE seq = 2")
                  .ok());
  EXPECT_EQ(VerifyChain(*journal_)->broken_at, 3);
}

TEST_P(SqliteJournalTest, ANewerFormatIsRefused) {
  journal_.reset();
  ASSERT_TRUE(
      SqliteDatabase::Open(path_, SqliteDatabase::Mode::kReadWrite)->Execute("PRAGMA user_version = 2").ok());
  EXPECT_EQ(OpenSqliteJournal(path_).error().code, ErrorCode::kUnsupported);
}

TEST_P(SqliteJournalTest, AFileThatIsNoJournalIsRefused) {
  const fs::path other = folder_ / "other.db";
  ASSERT_TRUE(SqliteDatabase::Open(other, SqliteDatabase::Mode::kCreate)->Execute("CREATE TABLE t(x)").ok());
  EXPECT_EQ(OpenSqliteJournal(other).error().code, ErrorCode::kInvalidInput);
  std::ofstream(folder_ / "text") << std::string(8192, 'x');
  EXPECT_FALSE(OpenSqliteJournal(folder_ / "text").ok());
  EXPECT_FALSE(OpenSqliteJournal(folder_ / "absent", {.read_only = true}).ok());
}

TEST_P(SqliteJournalTest, DamagedPagesAreFound) {
  for (int i = 0; i < 500; ++i)
    ASSERT_TRUE(journal_->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr).ok());
  ASSERT_TRUE(journal_->CheckIntegrity().ok());
  journal_.reset();
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(fs::file_size(path_) / 2));
  file << std::string(512, '\x5a');
  file.close();
  Result<std::unique_ptr<Journal>> opened = OpenSqliteJournal(path_);
  EXPECT_TRUE(!opened.ok() || (*opened)->CheckIntegrity().error().code == ErrorCode::kCorrupt);
}

// A process that appends as fast as it can is killed; whatever it acknowledged through the pipe must be
// there.
TEST_P(SqliteJournalTest, KillLosesNothingThatWasAcknowledged) {
  journal_.reset();
  for (int round = 0; round < 5; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      auto journal = *OpenSqliteJournal(path_);
      for (;;) {
        const int64_t sequence =
            journal->Append(0, std::nullopt, {Make(RecordKind::kNote, "u")}, nullptr)->front().sequence;
        if (write(pipe_ends[1], &sequence, sizeof sequence) < 0) _exit(1);
      }
    }
    close(pipe_ends[1]);
    int64_t acknowledged = 0, value = 0;
    for (int i = 0; i < 50 + 37 * round && read(pipe_ends[0], &value, sizeof value) == sizeof value; ++i) {
      acknowledged = value;
    }
    kill(child, SIGKILL);
    while (read(pipe_ends[0], &value, sizeof value) == sizeof value) acknowledged = value;
    close(pipe_ends[0]);
    waitpid(child, nullptr, 0);
    auto journal = *OpenSqliteJournal(path_);
    EXPECT_GT(acknowledged, 0);
    EXPECT_GE(journal->GetHead()->sequence, acknowledged);
    EXPECT_TRUE(journal->CheckIntegrity().ok());
    EXPECT_EQ(VerifyChain(*journal)->broken_at, 0);
  }
}

TEST_P(SqliteJournalTest, ASecondOrchestratorIsRefusedAndToldWhy) {
  const std::string path = folder_ / "lock";
  Result<LockFile> first = LockFile::Acquire(path, "host a, process 17");
  ASSERT_TRUE(first.ok());
  const Result<LockFile> second = LockFile::Acquire(path, "host a, process 18");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  EXPECT_NE(second.error().message.find("process 17"), std::string::npos);
  { const LockFile released = *std::move(first); }
  EXPECT_TRUE(LockFile::Acquire(path, "host a, process 19").ok());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, SqliteJournalTest, testing::Values("sqlite"));

}  // namespace
}  // namespace godwit::state
