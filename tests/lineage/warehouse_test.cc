// Whole little warehouses in the styles that teams use (tests/lineage/warehouses/STYLE): the edges of the
// scan against STYLE/expected.edges, which was written by hand. Prints the table that
// docs/lineage-accuracy.md quotes.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "lineage/graph.h"
#include "lineage/names.h"
#include "lineage/scan_run.h"

namespace godwit::lineage {
namespace {

namespace fs = std::filesystem;

std::set<std::string> Expected(const fs::path& file) {
  std::set<std::string> edges;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line[0] != '#') edges.insert(line);
  }
  return edges;
}

std::set<std::string> Without(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::set<std::string> rest;
  for (const std::string& each : a) {
    if (b.count(each) == 0) rest.insert(each);
  }
  return rest;
}

class WarehouseTest : public testing::TestWithParam<std::string> {};

TEST_P(WarehouseTest, HasTheEdgesThatAPersonSees) {
  const fs::path root = fs::path(GODWIT_SOURCE_DIR) / "tests/lineage/warehouses" / GetParam();
  ScanOptions options;
  options.paths = {root.string()};
  options.output =
      (fs::temp_directory_path() / fmt::format("godwit_warehouse_{}_{}", GetParam(), getpid())).string();
  const auto summary = RunScan(options);
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  const auto scan = LoadScan(options.output);
  fs::remove(options.output);
  ASSERT_TRUE(scan.ok());
  const Graph graph = BuildGraph(*scan);
  std::set<std::string> found;
  for (const Edge& edge : graph.edges) {
    found.insert(FamilyKey(graph.table(edge.upstream).name) + " -> " +
                 FamilyKey(graph.table(edge.downstream).name));
  }
  const std::set<std::string> expected = Expected(root / "expected.edges");
  const std::set<std::string> missed = Without(expected, found), invented = Without(found, expected);
  fmt::print(
      "{:<16} {:>3} files {:>3} jobs {:>3} statements {:>2} unread {:>3} edges right {:>2} missed {:>2} "
      "invented\n",
      GetParam(), summary->scripts, summary->jobs, summary->statements, summary->unread,
      expected.size() - missed.size(), missed.size(), invented.size());
  EXPECT_EQ(missed, std::set<std::string>());
  EXPECT_EQ(invented, std::set<std::string>());
  for (const JobRecord& job : scan->jobs) {
    for (const DiagnosticRecord& each : job.diagnostics) {
      if (each.kind == sources::Diagnostic::Kind::kUnread)
        ADD_FAILURE() << PlaceText(job, each.place) << ": " << each.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Styles, WarehouseTest,
                         testing::Values("jinja_tasks", "long_shell", "oozie_shell", "shell_azkaban",
                                         "spark_usage", "oozie_launches", "yaml_pipelines", "pyspark"),
                         [](const auto& style) { return style.param; });

}  // namespace
}  // namespace godwit::lineage
