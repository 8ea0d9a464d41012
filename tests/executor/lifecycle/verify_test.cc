#include "executor/verify.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "base/hash.h"

namespace godwit::executor {
namespace {

// Files in memory, and what was read of them.
class MemoryStorage : public Storage {
 public:
  std::map<std::string, std::map<std::string, std::string>> files;  // location → path → bytes
  std::map<std::string, std::string> checksums;                     // by bytes; others have none
  int read = 0;
  std::string vanishes;  // a path that is listed, but cannot be read

  Result<std::vector<FileStatus>> ListFiles(const std::string& location) override {
    std::vector<FileStatus> list;
    for (const auto& [path, bytes] : files[location])
      list.push_back({path, static_cast<int64_t>(bytes.size()), 0, Hex64(Hash64(bytes)), false});
    return list;
  }
  Result<std::string> FileDigest(const std::string& location, const std::string& path) override {
    ++read;
    if (path == vanishes) return Conflict(path + " is gone");
    return files[location][path];
  }
  Result<std::vector<std::string>> StoredChecksumEach(const std::vector<FileName>& names) override {
    std::vector<std::string> found;
    for (const FileName& name : names) found.push_back(checksums[files[name.location][name.path]]);
    return found;
  }
  Result<SpaceStatus> Space(const std::string&) override { return SpaceStatus{}; }
  Result<Effect> RemoveAttempt(const std::string&) override { return Effect::kDone; }
};

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    for (int i = 0; i < 200; ++i) {
      from_.files["/s"][fmt::format("f{}", i)] = fmt::format("bytes {}", i);
      to_.files["/t/a1"] = from_.files["/s"];
    }
  }
  VerifiedPartition Look(const Verification& how, const std::string& to = "/t/a1") {
    PartitionCopy copy;
    copy.from = "/s";
    copy.to = to;
    copy.from_fingerprint = FingerprintOf(*from_.ListFiles("/s"));
    auto verified = Verify({copy}, from_, to_, how);
    EXPECT_TRUE(verified.ok()) << verified.error().message;
    return verified->front();
  }

  MemoryStorage from_, to_;
};

TEST_F(VerifyTest, ReadsAllFilesWithoutStoredChecksums) {
  const VerifiedPartition verified = Look({});
  EXPECT_EQ(verified.verdict, CopyVerdict::kEqual);
  EXPECT_TRUE(verified.partition.content.starts_with("200/200 ")) << verified.partition.content;
  EXPECT_EQ(from_.read, 200);
  to_.files["/t/a1"]["f7"] = "bytes 8";  // as long
  EXPECT_EQ(Look({}).verdict, CopyVerdict::kDiffers);
}

TEST_F(VerifyTest, ReadsOnlyWhatStoredChecksumsDoNotTell) {
  for (const auto& [path, bytes] : from_.files["/s"])
    from_.checksums[bytes] = to_.checksums[bytes] = "md5 " + bytes;
  EXPECT_EQ(Look({}).verdict, CopyVerdict::kEqual);
  EXPECT_EQ(from_.read + to_.read, 0);
  to_.checksums["bytes 5"] = "of other blocks";
  to_.checksums["bytes 6"] = "";
  EXPECT_EQ(Look({}).verdict, CopyVerdict::kEqual);
  EXPECT_EQ(to_.read, 2);
  to_.files["/t/a1"]["f5"] = "bytes X";
  EXPECT_EQ(Look({}).verdict, CopyVerdict::kDiffers);
  to_.files["/t/a1"]["f5"] = "bytes 5";
  to_.read = 0;
  EXPECT_EQ(Look({1, /*by_bytes=*/true}).verdict, CopyVerdict::kEqual);
  EXPECT_EQ(to_.read, 200);
}

TEST_F(VerifyTest, ChoosesAShareAnewForEachAttemptAndAtLeastOne) {
  to_.files["/t/a2"] = to_.files["/t/a1"];
  const VerifiedPartition one = Look({0.1, false}), two = Look({0.1, false}, "/t/a2");
  EXPECT_EQ(one.verdict, CopyVerdict::kEqual);
  EXPECT_NEAR(to_.read, 40, 25);
  EXPECT_NE(one.partition.content, two.partition.content);
  EXPECT_EQ(Look({0.1, false}).partition.content, one.partition.content);
  EXPECT_TRUE(Look({1e-9, false}).partition.content.starts_with("1/200 "));
}

TEST_F(VerifyTest, NamesAndSizesOfAllFilesCountWhateverTheShare) {
  to_.files["/t/a1"].erase("f199");
  EXPECT_EQ(Look({0.001, false}).verdict, CopyVerdict::kDiffers);
}

TEST_F(VerifyTest, AFileThatVanishedMeansThatThePartitionChanged) {
  from_.vanishes = "f3";
  EXPECT_EQ(Look({}).verdict, CopyVerdict::kFromChanged);
}

}  // namespace
}  // namespace godwit::executor
