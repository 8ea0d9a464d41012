// Cases: a small tree of files ("=== path" before each; snapshot.json and log.json are what they say);
// expected: what the option `show` names, of the graph that a scan of them gives: edges (default), accesses,
// lint, modes, stats, columns.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lineage/lint.h"
#include "lineage/run_mode.h"
#include "lineage/scan_run.h"
#include "lineage/shape.h"
#include "tests/fixture/fixture.h"
#include "tests/sources/file_texts.h"

namespace godwit::lineage {
namespace {

namespace fs = std::filesystem;

// A folder that is gone afterwards; names in the output are relative to it.
struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("godwit_graph_fixture_{}", getpid());
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
};

Result<Scan> ScanOf(const fixture::Case& each, const Folder& folder) {
  ScanOptions options;
  const std::string root = (folder.path / "w").string();
  options.paths = {root};
  for (const auto& [path, text] : sources::FileTexts(each.input, "x.hql")) {
    const fs::path full = fs::path(root) / path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << text;
    if (path == "snapshot.json") options.snapshot = full.string();
    if (path == "log.json") options.logs = {full.string()};
  }
  for (const std::string& word : sources::Words(each.Option("set"))) {
    options.sources.variables[word.substr(0, word.find(':'))] = word.substr(word.find(':') + 1);
  }
  for (const std::string& word : sources::Words(each.Option("allow"))) {
    options.allows.push_back({word.substr(0, word.find(':')), word.substr(word.find(':') + 1), "agreed"});
  }
  options.output = (folder.path / "scan.json").string();
  GODWIT_TRY(RunScan(options));
  return LoadScan(options.output);
}

std::string Show(const std::string& what, const Scan& scan, const Graph& graph) {
  std::string text;
  const auto name = [&](TableId id) { return graph.table(id).name; };
  if (what == "edges") {
    for (const Edge& edge : graph.edges) {
      text += fmt::format("{} -> {}  {} {}\n", name(edge.upstream), name(edge.downstream),
                          graph.job(edge.job).name, edge.provenance.Text());
    }
    for (const Table& table : graph.tables) {
      if (table.unknown_upstream) text += fmt::format("unknown upstream: {}\n", table.name);
    }
  } else if (what == "accesses") {
    for (const Access& each : graph.accesses) {
      text += fmt::format("{} {} {} {}{}{}{}{}\n", graph.job(each.job).name,
                          each.kind == AccessKind::kRead ? "reads" : "writes", name(each.table),
                          each.provenance.Text(), each.via == each.table ? "" : " through " + name(each.via),
                          each.whole_table ? " whole" : "", each.dynamic ? " dynamic" : "",
                          each.rows ? "" : " no-rows");
    }
  } else if (what == "lint") {
    for (const Finding& each : Lint(scan, graph)) {
      text += fmt::format("{}:{} {} {}{}{}\n", each.file, each.line, each.rule->code, each.detail,
                          each.owner.empty() ? "" : " [" + each.owner + "]",
                          each.allowed.empty() ? "" : " allowed: " + each.allowed);
    }
  } else if (what == "modes") {
    for (const Advice& each : AdviseRunModes(scan, graph)) {
      text += fmt::format("{} {}: {}\n", RunModeName(each.mode), graph.job(each.job).name, each.reason);
    }
  } else if (what == "columns") {
    for (const JobRecord& job : scan.jobs) {
      for (const StatementRecord& statement : job.statements) {
        for (const ColumnRecord& each : statement.columns)
          text += fmt::format("{}.{} <- {}\n", each.table, each.column, fmt::join(each.sources, ", "));
      }
    }
  } else if (what == "stats") {
    const Shape shape = ShapeOf(graph);
    for (const Chain& chain : shape.chains)
      text += fmt::format("chain of {} tables, {} jobs\n", chain.tables.size(), chain.jobs);
    for (const auto& cycle : shape.cycles) {
      text += "cycle:";
      for (const TableId table : cycle) text += " " + name(table);
      text += "\n";
    }
    for (const CoreTable& core : shape.core)
      text += fmt::format("core {}: largest left {}\n", name(core.table), core.largest_left);
  }
  for (const Disagreement& each : graph.disagreements)
    text += fmt::format("disagreement: {}: {}\n", each.job, each.message);
  return text.empty() ? "(nothing)" : text;
}

std::string Make(const fixture::Case& each) {
  const Folder folder;
  const Result<Scan> scan = ScanOf(each, folder);
  std::string text = scan.ok() ? Show(each.Option("show", "edges"), *scan, BuildGraph(*scan))
                               : "error: " + scan.error().message;
  const std::string root = (folder.path / "w").string() + "/";
  for (size_t at = 0; (at = text.find(root, at)) != std::string::npos;) text.erase(at, root.size());
  return text;
}

}  // namespace
}  // namespace godwit::lineage

int main(int argc, char** argv) {
  return godwit::fixture::RunAllTests(argc, argv, "lineage/graph", godwit::lineage::Make);
}
