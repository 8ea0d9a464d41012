#include <algorithm>

#include "tests/conformance/conformance.h"

namespace godwit::executor::conformance {
namespace {

const TableName kOrders{"ods", "orders"};
constexpr char kDay[] = "dt=2026-11-01";

GivenWorld OneDay(const std::vector<GivenFile>& files) {
  GivenWorld given;
  given.source.tables = {{"ods.orders", {"dt"}, {{kDay, files}}, {}}};
  given.target.tables = {{"ods.orders", {"dt"}, {{kDay, {}}}, {}}};
  return given;
}

CopyRequest RequestOf(const std::string& tag, Direction direction, const std::string& from,
                      const std::string& to) {
  CopyRequest request;
  request.tag = tag;
  request.direction = direction;
  request.items = {{from, to}};
  return request;
}

std::vector<std::string> PathsOf(const std::vector<FileStatus>& files) {
  std::vector<std::string> paths;
  for (const FileStatus& file : files) paths.push_back(file.path);
  return paths;
}

TEST_P(Conformance, FilesAreListedSortedWithoutHiddenOnes) {
  Make(OneDay({{"part-1", "bb\n"},
               {"part-0", "a\n"},
               {"sub/part-2", "c\n"},
               {"_SUCCESS", ""},
               {".part-3", "d\n"},
               {"_temporary/part-4", "e\n"}}));
  GODWIT_ASSERT_OK(const auto files,
                   world().source.storage.ListFiles(LocationOf(Side::kSource, kOrders, kDay)));
  EXPECT_EQ(PathsOf(files), (std::vector<std::string>{"part-0", "part-1", "sub/part-2"}));
  EXPECT_EQ(files[1].bytes, 3);
  EXPECT_FALSE(files[1].open_for_write);
}

TEST_P(Conformance, ALocationThatIsNotThereHasNoFiles) {
  Make(OneDay({}));
  const std::string nowhere = outside().AttemptLocation(Side::kSource, kOrders, "never", kDay);
  GODWIT_ASSERT_OK(const auto files, world().source.storage.ListFiles(nowhere));
  EXPECT_TRUE(files.empty());
}

TEST_P(Conformance, AReplacedFileIsAnotherFile) {
  Make(OneDay({{"part-0", "same size\n"}}));
  const std::string location = LocationOf(Side::kSource, kOrders, kDay);
  Storage& storage = world().source.storage;
  GODWIT_ASSERT_OK(const auto before, storage.ListFiles(location));
  GODWIT_ASSERT_OK(const auto again, storage.ListFiles(location));
  EXPECT_EQ(before, again);
  if (before.at(0).identity.empty()) GTEST_SKIP() << "this storage gives files no identity";
  outside().RemoveFile(Side::kSource, location, "part-0");
  outside().LetTimePass();
  outside().WriteFile(Side::kSource, location, "part-0", "size same\n");
  GODWIT_ASSERT_OK(const auto after, storage.ListFiles(location));
  EXPECT_NE(before.at(0).identity, after.at(0).identity);
}

TEST_P(Conformance, TheSameBytesHaveTheSameDigestAtBothSites) {
  Make(OneDay({{"part-0", std::string(300'000, 'x')}, {"part-1", std::string(300'000, 'y')}}));
  const std::string from = LocationOf(Side::kSource, kOrders, kDay);
  const std::string to = LocationOf(Side::kTarget, kOrders, kDay);
  outside().WriteFile(Side::kTarget, to, "other-name", std::string(300'000, 'x'));
  GODWIT_ASSERT_OK(const std::string x, world().source.storage.FileDigest(from, "part-0"));
  GODWIT_ASSERT_OK(const std::string y, world().source.storage.FileDigest(from, "part-1"));
  GODWIT_ASSERT_OK(const std::string other, world().target.storage.FileDigest(to, "other-name"));
  EXPECT_EQ(x, other);
  EXPECT_NE(x, y);
  EXPECT_REFUSED(kConflict, world().source.storage.FileDigest(from, "gone"));
}

TEST_P(Conformance, ThereIsSomeSpace) {
  Make(OneDay({}));
  GODWIT_ASSERT_OK(const SpaceStatus space, world().target.storage.Space(outside().AttemptLocation(
                                                Side::kTarget, kOrders, "a", kDay)));
  EXPECT_GT(space.bytes_free, 0);
  EXPECT_GE(space.bytes_total, space.bytes_free);
}

TEST_P(Conformance, OnlyAttemptsAreRemoved) {
  Make(OneDay({{"part-0", "a\n"}}));
  Storage& storage = world().target.storage;
  const std::string attempt = outside().AttemptLocation(Side::kTarget, kOrders, "a1", kDay);
  outside().WriteFile(Side::kTarget, attempt, "part-0", "a\n");
  EXPECT_EFFECT(Effect::kDone, storage.RemoveAttempt(attempt));
  EXPECT_EFFECT(Effect::kAlready, storage.RemoveAttempt(attempt));
  EXPECT_TRUE(storage.ListFiles(attempt)->empty());
  const std::string live = LocationOf(Side::kSource, kOrders, kDay);
  EXPECT_REFUSED(kInvalidInput, world().source.storage.RemoveAttempt(live));
  EXPECT_REFUSED(kInvalidInput, world().source.storage.RemoveAttempt(live + "/_godwit/../part-0"));
  EXPECT_EQ(world().source.storage.ListFiles(live)->size(), 1u);
}

TEST_P(Conformance, ACopyBringsTheFilesOver) {
  Make(OneDay({{"part-0", "a\n"}, {"sub/part-1", std::string(2'000'000, 'b')}, {"_SUCCESS", ""}}));
  const std::string from = LocationOf(Side::kSource, kOrders, kDay);
  const std::string to = outside().AttemptLocation(Side::kTarget, kOrders, "a1", kDay);
  const CopyRequest request = RequestOf("godwit:u1:1:copy", Direction::kToTarget, from, to);
  EXPECT_EQ(world().copier.Poll(request.tag)->state, CopyState::kAbsent);
  EXPECT_EFFECT(Effect::kDone, world().copier.Submit(request));
  EXPECT_EFFECT(Effect::kAlready, world().copier.Submit(request));
  const CopyStatus status = AwaitCopy(request.tag);
  EXPECT_EQ(status.state, CopyState::kSucceeded) << status.message;
  EXPECT_EQ(status.bytes_copied, 2'000'002);
  EXPECT_EFFECT(Effect::kAlready, world().copier.Submit(request));
  GODWIT_ASSERT_OK(const auto files, world().target.storage.ListFiles(to));
  EXPECT_EQ(PathsOf(files), (std::vector<std::string>{"part-0", "sub/part-1"}));
  EXPECT_EQ(*world().source.storage.FileDigest(from, "sub/part-1"),
            *world().target.storage.FileDigest(to, "sub/part-1"));
  EXPECT_EFFECT(Effect::kAlready, world().copier.Cancel(request.tag));
  EXPECT_EQ(world().copier.Poll(request.tag)->state, CopyState::kSucceeded);
}

TEST_P(Conformance, ACopyGoesTheOtherWayToo) {
  Make(OneDay({{"part-0", "a\n"}}));
  const std::string from = LocationOf(Side::kTarget, kOrders, kDay);
  outside().WriteFile(Side::kTarget, from, "part-7", "back\n");
  const std::string to = outside().AttemptLocation(Side::kSource, kOrders, "r1", kDay);
  EXPECT_EFFECT(Effect::kDone,
                world().copier.Submit(RequestOf("godwit:u1:1:back", Direction::kToSource, from, to)));
  EXPECT_EQ(AwaitCopy("godwit:u1:1:back").state, CopyState::kSucceeded);
  EXPECT_EQ(outside().ReadFile(Side::kSource, to, "part-7"), "back\n");
}

TEST_P(Conformance, NothingToCopyIsACopyThatSucceeds) {
  Make(OneDay({}));
  const std::string from = outside().AttemptLocation(Side::kSource, kOrders, "never", kDay);
  const std::string to = outside().AttemptLocation(Side::kTarget, kOrders, "a1", kDay);
  EXPECT_EFFECT(Effect::kDone,
                world().copier.Submit(RequestOf("godwit:u1:1:nil", Direction::kToTarget, from, to)));
  const CopyStatus status = AwaitCopy("godwit:u1:1:nil");
  EXPECT_EQ(status.state, CopyState::kSucceeded) << status.message;
  EXPECT_EQ(status.bytes_copied, 0);
}

TEST_P(Conformance, OneTagStandsForOneRequest) {
  Make(OneDay({{"part-0", "a\n"}}));
  const std::string from = LocationOf(Side::kSource, kOrders, kDay);
  const std::string to = outside().AttemptLocation(Side::kTarget, kOrders, "a1", kDay);
  const std::string elsewhere = outside().AttemptLocation(Side::kTarget, kOrders, "a2", kDay);
  EXPECT_EFFECT(Effect::kDone,
                world().copier.Submit(RequestOf("godwit:u1:1:copy", Direction::kToTarget, from, to)));
  EXPECT_REFUSED(kConflict,
                 world().copier.Submit(RequestOf("godwit:u1:1:copy", Direction::kToTarget, from, elsewhere)));
  AwaitCopy("godwit:u1:1:copy");
}

TEST_P(Conformance, ACopyDoesNotLandOnLiveData) {
  Make(OneDay({{"part-0", "a\n"}}));
  const std::string from = LocationOf(Side::kSource, kOrders, kDay);
  const std::string live = LocationOf(Side::kTarget, kOrders, kDay);
  EXPECT_REFUSED(kInvalidInput,
                 world().copier.Submit(RequestOf("godwit:u1:1:x", Direction::kToTarget, from, live)));
}

// Four files at a rate that makes the copy last for seconds.
GivenWorld SlowDay() {
  std::vector<GivenFile> files;
  for (int i = 0; i < 4; ++i) files.push_back({"part-" + std::to_string(i), std::string(1 << 20, 'a')});
  return OneDay(files);
}

TEST_P(Conformance, ARunningCopyIsFoundAndCancelled) {
  if (lacks().copy_rate) GTEST_SKIP();
  Make(SlowDay());
  const std::string to = outside().AttemptLocation(Side::kTarget, kOrders, "a1", kDay);
  CopyRequest request =
      RequestOf("godwit:u1:1:slow", Direction::kToTarget, LocationOf(Side::kSource, kOrders, kDay), to);
  request.bytes_per_second_max = 1 << 20;
  EXPECT_EFFECT(Effect::kDone, world().copier.Submit(request));
  EXPECT_EQ(world().copier.Poll(request.tag)->state, CopyState::kRunning);
  EXPECT_EQ(*world().copier.Running("godwit:u1:"), std::vector<std::string>{request.tag});
  EXPECT_TRUE(world().copier.Running("godwit:u2:")->empty());
  EXPECT_EFFECT(Effect::kDone, world().copier.Cancel(request.tag));
  EXPECT_EFFECT(Effect::kAlready, world().copier.Cancel(request.tag));
  EXPECT_EQ(world().copier.Poll(request.tag)->state, CopyState::kCancelled);
  EXPECT_TRUE(world().copier.Running("godwit:")->empty());
  GODWIT_ASSERT_OK(const auto before, world().target.storage.ListFiles(to));
  for (int i = 0; i < 50; ++i) outside().LetTimePass();
  GODWIT_ASSERT_OK(const auto after, world().target.storage.ListFiles(to));
  EXPECT_EQ(before, after);
}

TEST_P(Conformance, CancellingWhatNeverRanIsFine) {
  Make(OneDay({}));
  EXPECT_EFFECT(Effect::kAlready, world().copier.Cancel("godwit:u1:1:never"));
  EXPECT_TRUE(world().copier.Running("")->empty());
}

TEST_P(Conformance, AFileThatChangesWhileItIsCopiedFailsTheCopy) {
  if (lacks().copy_rate) GTEST_SKIP();
  Make(SlowDay());
  const std::string from = LocationOf(Side::kSource, kOrders, kDay);
  CopyRequest request = RequestOf("godwit:u1:1:torn", Direction::kToTarget, from,
                                  outside().AttemptLocation(Side::kTarget, kOrders, "a1", kDay));
  request.bytes_per_second_max = 2 << 20;
  EXPECT_EFFECT(Effect::kDone, world().copier.Submit(request));
  outside().WriteFile(Side::kSource, from, "part-3", std::string(1 << 20, 'b'));
  const CopyStatus status = AwaitCopy(request.tag);
  EXPECT_EQ(status.state, CopyState::kFailed);
  EXPECT_NE(status.message.find("part-3"), std::string::npos) << status.message;
}

}  // namespace
}  // namespace godwit::executor::conformance
