#include "state/mirror.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace godwit::state {
namespace {

namespace fs = std::filesystem;

Entry Note(const std::string& text) {
  Entry entry;
  entry.unit = "u1";
  entry.body = R"({"text":")" + text + R"("})";
  entry.wall = "2026-11-22T00:00:00Z";
  return entry;
}

class MirrorTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("godwit-mirror-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    state_ = folder_ / "state.db";
    mirror_ = folder_ / "mirror.ndjson";
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<std::unique_ptr<Journal>> Open() { return OpenMirroredJournal(*OpenSqliteJournal(state_), mirror_); }
  static void Append(Journal& journal, int count, const std::string& text) {
    for (int i = 0; i < count; ++i) {
      const auto kept = journal.Append(0, std::nullopt, {Note(text), Note(std::to_string(i))}, nullptr);
      ASSERT_TRUE(kept.ok()) << kept.error().message;
    }
  }
  void RemoveState() {
    for (const char* ending : {"", "-wal", "-shm"}) fs::remove(state_.string() + ending);
  }
  std::string Text() {
    std::stringstream text;
    text << std::ifstream(mirror_).rdbuf();
    return text.str();
  }

  fs::path folder_, state_, mirror_;
};

TEST_F(MirrorTest, ALostStateFileIsMadeAgainRecordForRecord) {
  std::vector<Record> written;
  {
    auto journal = *Open();
    ASSERT_TRUE(journal->TakeOver(Note("begins")).ok());
    Append(*journal, 700, "\xc3\xa9 \" \\ \n");
    written = *journal->Read(0, 10000);
  }
  RemoveState();
  const Result<Journal::Head> head = RestoreFromMirror(mirror_, state_);
  ASSERT_TRUE(head.ok()) << head.error().message;
  auto journal = *Open();
  const std::vector<Record> restored = *journal->Read(0, 10000);
  ASSERT_EQ(restored.size(), written.size());
  for (size_t i = 0; i < written.size(); ++i) {
    ASSERT_EQ(restored[i].hash, written[i].hash);
    ASSERT_EQ(restored[i].entry.body, written[i].entry.body);
    ASSERT_EQ(restored[i].epoch, written[i].epoch);
  }
  EXPECT_EQ(VerifyChain(*journal)->broken_at, 0);
  EXPECT_EQ(head->hash, written.back().hash);
  Append(*journal, 1, "goes on");
}

TEST_F(MirrorTest, WhatOthersWroteAndWhatACrashCutOffIsMadeUpFor) {
  Append(**Open(), 3, "one");
  Append(**OpenSqliteJournal(state_), 2, "by a command beside it");
  const auto size = fs::file_size(mirror_);
  fs::resize_file(mirror_, size - 20);  // the crash
  Append(**Open(), 1, "two");
  RemoveState();
  ASSERT_TRUE(RestoreFromMirror(mirror_, state_).ok());
  EXPECT_EQ((*OpenSqliteJournal(state_))->GetHead()->sequence, 12);
}

TEST_F(MirrorTest, NothingIsAppendedWhileItCannotBeWritten) {
  auto journal = *Open();
  Append(*journal, 1, "one");
  fs::remove(mirror_);
  fs::create_directory(mirror_);  // no file can be written there
  Append(*journal, 1, "the one that finds out");
  const auto kept = journal->Append(0, std::nullopt, {Note("three")}, nullptr);
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(kept.error().message.find("the log's mirror cannot be written"), std::string::npos);
  EXPECT_FALSE(journal->CheckIntegrity().ok());
  EXPECT_EQ(journal->GetHead()->sequence, 4);
}

TEST_F(MirrorTest, AStateFileThatWasSetBackIsNoticed) {
  Append(**Open(), 2, "one");
  RemoveState();
  const auto opened = Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(opened.error().message.find("it was lost or set back"), std::string::npos);
}

TEST_F(MirrorTest, AMirrorOfAnotherJournalIsRefused) {
  Append(**Open(), 2, "one");
  RemoveState();
  Append(**OpenSqliteJournal(state_), 5, "another");
  const auto opened = Open();
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("is of another journal"), std::string::npos);
}

TEST_F(MirrorTest, AChangedLineIsFoundAndNothingIsLeftBehind) {
  Append(**Open(), 3, "one");
  RemoveState();
  std::string text = Text();
  text.replace(text.rfind("one"), 3, "two");
  std::ofstream(mirror_) << text;
  const auto restored = RestoreFromMirror(mirror_, state_);
  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().message,
            "the mirror's chain is broken after record 4: a record is not what was written");
  EXPECT_FALSE(fs::exists(state_));
  EXPECT_FALSE(fs::exists(state_.string() + ".restored"));
}

TEST_F(MirrorTest, AStateFileThatIsThereIsNotOverwritten) {
  Append(**Open(), 1, "one");
  EXPECT_EQ(RestoreFromMirror(mirror_, state_).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace godwit::state
