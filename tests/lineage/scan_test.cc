#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "lineage/graph.h"
#include "lineage/scan_run.h"

namespace godwit::lineage {
namespace {

namespace fs = std::filesystem;

class ScanTest : public testing::Test {
 protected:
  ScanTest() : root_(fs::temp_directory_path() / ("godwit_scan_test_" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_ / "w");
    options_.paths = {(root_ / "w").string()};
    options_.output = (root_ / "scan.json").string();
    options_.cache = (root_ / "cache").string();
    options_.threads = 2;
  }
  ~ScanTest() override { fs::remove_all(root_); }

  void Write(const std::string& name, const std::string& text) { std::ofstream(root_ / "w" / name) << text; }
  std::string Output() {
    std::ifstream stream(options_.output);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  ScanSummary Scan() {
    const auto summary = RunScan(options_);
    EXPECT_TRUE(summary.ok()) << summary.error().message;
    return summary.ok() ? *summary : ScanSummary{};
  }

  fs::path root_;
  ScanOptions options_;
};

TEST_F(ScanTest, ReadsOnlyWhatChanged) {
  for (int i = 0; i < 20; ++i)
    Write("j" + std::to_string(i) + ".sh", "hive -f q" + std::to_string(i) + ".hql\n");
  for (int i = 0; i < 20; ++i)
    Write("q" + std::to_string(i) + ".hql", "insert into t" + std::to_string(i) + " select * from s\n");
  EXPECT_EQ(Scan().jobs_read, 20u);
  const std::string first = Output();
  EXPECT_TRUE(Scan().unchanged);
  EXPECT_EQ(Output(), first);
  Write("q7.hql", "insert into t7 select * from other\n");
  const ScanSummary changed = Scan();
  EXPECT_EQ(changed.jobs_read, 1u) << "the job that runs the changed file";
  EXPECT_FALSE(changed.unchanged);
  options_.cache.clear();
  const std::string incremental = Output();
  Scan();
  EXPECT_EQ(Output(), incremental) << "a scan from nothing gives the same bytes";
}

TEST_F(ScanTest, AFileThatAppearsIsFound) {
  Write("j.sh", "hive -f late.hql\n");
  EXPECT_EQ(Scan().unread, 1u);
  Write("late.hql", "insert into a select * from b\n");
  const ScanSummary summary = Scan();
  EXPECT_EQ(summary.unread, 0u);
  EXPECT_EQ(summary.jobs, 1u);
}

TEST_F(ScanTest, GoesOnAfterItWasStopped) {
  for (int i = 0; i < 50; ++i)
    Write("q" + std::to_string(i) + ".hql", "insert into t" + std::to_string(i) + " select * from s\n");
  std::atomic<bool> stop{false};
  options_.stop = &stop;
  options_.threads = 1;
  options_.progress = [&](uint64_t done, uint64_t, const std::string&) { stop = done >= 10; };
  const auto stopped = RunScan(options_);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(fs::exists(options_.output));
  stop = false;
  options_.progress = nullptr;
  const ScanSummary summary = Scan();
  EXPECT_EQ(summary.jobs, 50u);
  EXPECT_EQ(summary.jobs_read, 40u);
}

TEST_F(ScanTest, SurvivesWhatIsNoScript) {
  Write("binary.sh", std::string("#!/bin/sh\0\1\2\xff", 14));
  Write("deep.sql", std::string(200'000, '('));
  Write("open.sh", "hive -e \"select '");
  Write("huge.sh", std::string(9u << 20, 'x'));
  Write("latin.hql", "insert into a select 'gr\xFC\xDF' from b");
  Write("broken.json", "{\"taskDefinitionList\": [");
  Write("workflow.xml", "<workflow-app><start to=");
  fs::create_symlink("loop.sh", root_ / "w" / "loop.sh");
  fs::create_directory_symlink(root_ / "w", root_ / "w" / "again");
  const ScanSummary summary = Scan();
  EXPECT_GE(summary.unread, 4u);
  const auto scan = LoadScan(options_.output);
  ASSERT_TRUE(scan.ok()) << scan.error().message;
  const Graph graph = BuildGraph(*scan);
  ASSERT_NE(graph.FindTable("a"), nullptr);
}

TEST_F(ScanTest, ACutScanFileIsRefused) {
  Write("q.hql", "insert into a select * from b");
  Scan();
  const std::string text = Output();
  EXPECT_TRUE(ParseScan("s", text).ok());
  EXPECT_EQ(ParseScan("s", text.substr(0, text.size() / 2)).error().code, ErrorCode::kCorrupt);
  std::string other = text;
  other.replace(other.find("insert"), 6, "delete");
  EXPECT_EQ(ParseScan("s", other).error().code, ErrorCode::kCorrupt) << "a changed byte";
  EXPECT_EQ(ParseScan("s", "").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace godwit::lineage
