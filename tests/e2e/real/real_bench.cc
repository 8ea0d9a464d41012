// real_bench STACK.JSON TABLES PARTITIONS FILES PERCENT: one warehouse, copied once by plain distcp and once
// by godwit's adapters, in the same run; then again after one partition in a hundred changed. PARTITIONS a
// table, FILES a partition; the contents of PERCENT of the files are compared.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/child_process.h"
#include "base/parallel.h"
#include "cli/hadoop_site.h"
#include "executor/manifest.h"
#include "executor/verify.h"

namespace godwit {
namespace {

using namespace executor;  // NOLINT
using nlohmann::json;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  return *std::move(result);
}

class Stopwatch {
 public:
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

struct Size {
  int tables, partitions, files;
};

std::unique_ptr<HadoopSite> OpenSite(const json& stack, const std::string& side) {
  HadoopSiteConfig config;
  config.hdfs.fs_names = {stack[side]["fs"]};
  config.hdfs.namenodes = stack[side]["namenodes"];
  config.hdfs.user = "root";
  config.hdfs.replication = 1;
  config.metastore.uris = {stack[side]["metastore"]};
  return Must(HadoopSite::Open(config));
}

const TableName TableNamed(int i) { return {"bench", fmt::format("t{:04}", i)}; }
std::string PartitionNamed(int i) { return fmt::format("dt={:05}", i); }

TableMeta TableMade(HadoopSite& site, int i) {
  TableMeta table;
  table.name = TableNamed(i);
  table.columns = {{"id", "bigint", ""}};
  table.partition_keys = {{"dt", "string", ""}};
  table.location = site.hdfs().LocationOf("/warehouse/bench.db/" + table.name.name);
  table.storage = {{"input_format", "org.apache.hadoop.mapred.TextInputFormat"},
                   {"output_format", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"},
                   {"serde", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"}};
  return table;
}

void WritePartition(HadoopSite& site, int table, int partition, const Size& size, char letter) {
  for (int file = 0; file < size.files; ++file) {
    const std::string path = fmt::format("/warehouse/bench.db/{}/{}/part-{:03}", TableNamed(table).name,
                                         PartitionNamed(partition), file);
    Must(site.hdfs().Create(path, std::string(1000 + 37 * file, letter), true));
  }
}

void MakeSource(HadoopSite& site, const Size& size) {
  Must(site.catalog().CreateDatabase({"bench", site.hdfs().LocationOf("/warehouse/bench.db"), "", {}}));
  Must(ForEach(static_cast<size_t>(size.tables), 8, [&](size_t i) -> Status {
    const int table = static_cast<int>(i);
    const TableMeta meta = TableMade(site, table);
    Publication publication;
    publication.table = meta.name;
    publication.op = "bench";
    for (int p = 0; p < size.partitions; ++p) {
      WritePartition(site, table, p, size, 'a');
      publication.partitions.push_back({PartitionNamed(p), meta.location + "/" + PartitionNamed(p), {}, {}});
    }
    GODWIT_TRY(site.catalog().CreateTable(meta, "bench"));
    GODWIT_TRY(site.catalog().Publish(publication));
    return Ok();
  }));
}

double PlainDistcp(const json& stack, HadoopSite& source, HadoopSite& target) {
  Command command;
  for (const auto& part : stack["distcp"]) command.argv.push_back(part);
  for (const char* option : {"-Ddfs.checksum.combine.mode=COMPOSITE_CRC", "-pugpax", "-m", "20"}) {
    command.argv.push_back(option);
  }
  command.argv.push_back(source.hdfs().LocationOf("/warehouse/bench.db"));
  command.argv.push_back(target.hdfs().LocationOf("/plain"));
  Stopwatch watch;
  const Finished finished = Must(RunCommand(command));
  if (finished.exit_code != 0)
    std::fprintf(stderr, "plain distcp: %d\n%s\n", finished.exit_code, finished.err.c_str());
  return watch.Lap();
}

struct Listed {
  std::map<std::pair<int, std::string>, std::pair<std::string, std::vector<FileStatus>>>
      partitions;  // → location
};

Listed List(HadoopSite& site, const Size& size) {
  // The engine has sixteen questions under way at once.
  std::vector<std::vector<PartitionMeta>> tables(static_cast<size_t>(size.tables));
  Must(ForEach(tables.size(), 16, [&](size_t i) -> Status {
    GODWIT_TRY_ASSIGN(tables[i], site.catalog().ListPartitions(TableNamed(static_cast<int>(i)), "", 100'000));
    return Ok();
  }));
  std::vector<std::pair<std::pair<int, std::string>, std::string>> all;
  for (int table = 0; table < size.tables; ++table) {
    for (const PartitionMeta& one : tables[static_cast<size_t>(table)]) {
      all.push_back({{table, one.name}, one.location});
    }
  }
  std::vector<std::string> locations;
  for (const auto& one : all) locations.push_back(one.second);
  auto lists = Must(site.storage().ListEach(locations));
  Listed listed;
  for (size_t i = 0; i < all.size(); ++i) {
    listed.partitions[all[i].first] = {all[i].second, std::move(lists[i])};
  }
  return listed;
}

struct Round {
  double look = 0, submit = 0, copy = 0, verify = 0, publish = 0;
  size_t partitions = 0, files = 0;
  double total() const { return look + submit + copy + verify + publish; }
};

// What the engine does in one round: look, copy what changed, compare listings and digests, publish.
Round Replicate(HadoopSite& source, HadoopSite& target, DistcpCopier& copier, const Size& size,
                const std::string& op, std::map<std::pair<int, std::string>, std::string>& done,
                const Verification& verification) {
  Round round;
  Stopwatch watch;
  const Listed from = List(source, size);
  std::map<int, CopyRequest> requests;  // a copy for each table, as the engine orders them
  std::vector<CopyItem> items;
  std::vector<std::pair<int, std::string>> changed;
  for (const auto& [key, place] : from.partitions) {
    if (done[key] == FingerprintOf(place.second)) continue;
    changed.push_back(key);
    items.push_back(
        {place.first, target.hdfs().LocationOf(fmt::format("/warehouse/bench.db/_godwit/{}/{}/{}",
                                                           TableNamed(key.first).name, op, key.second))});
    CopyRequest& request = requests[key.first];
    request.tag = fmt::format("godwit:{}:1:{}", TableNamed(key.first).name, op);
    request.items.push_back(items.back());
  }
  round.look = watch.Lap();
  for (const auto& [table, request] : requests) Must(copier.Submit(request));
  round.submit = watch.Lap();
  // Which ends first is the run; what comes after is moving folders to where they belong.
  for (auto& [table, request] : requests) {
    CopyStatus status;
    while ((status = Must(copier.Poll(request.tag))).state == CopyState::kRunning) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (status.state != CopyState::kSucceeded) std::fprintf(stderr, "%s\n", status.message.c_str());
  }
  round.copy = watch.Lap();
  std::vector<PartitionCopy> partitions(changed.size());
  for (size_t i = 0; i < changed.size(); ++i) {
    const auto& files = from.partitions.at(changed[i]).second;
    partitions[i].from = items[i].from;
    partitions[i].to = items[i].to;
    partitions[i].from_fingerprint = done[changed[i]] = FingerprintOf(files);
    round.files += files.size();
  }
  for (const VerifiedPartition& each :
       Must(Verify(partitions, source.storage(), target.storage(), verification))) {
    if (each.verdict != CopyVerdict::kEqual)
      std::fprintf(stderr, "differs: %s: %s\n", each.partition.to.c_str(), each.message.c_str());
  }
  round.verify = watch.Lap();
  std::map<int, Publication> publications;
  for (size_t i = 0; i < changed.size(); ++i) {
    publications[changed[i].first].partitions.push_back({changed[i].second, items[i].to, {}, {}});
  }
  std::vector<int> tables;
  for (auto& [table, publication] : publications) {
    publication.table = TableNamed(table);
    publication.op = op;
    tables.push_back(table);
  }
  Must(ForEach(tables.size(), 4, [&](size_t i) -> Status {
    GODWIT_TRY(target.catalog().Publish(publications.at(tables[i])));
    return Ok();
  }));
  round.publish = watch.Lap();
  round.partitions = changed.size();
  return round;
}

void Show(const char* name, const Round& round) {
  std::printf(
      "%s partitions=%zu files=%zu look=%.1fs submit=%.1fs copy=%.1fs verify=%.1fs publish=%.1fs (%.0f/s) "
      "total=%.1fs\n",
      name, round.partitions, round.files, round.look, round.submit, round.copy, round.verify, round.publish,
      static_cast<double>(round.partitions) / round.publish, round.total());
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // somebody may be watching a file grow
  if (argc != 6)
    return std::fprintf(stderr, "usage: real_bench STACK.JSON TABLES PARTITIONS FILES PERCENT\n"), 2;
  std::ifstream in(argv[1]);
  const json stack = json::parse(in);
  const Size size{std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4])};
  auto source = OpenSite(stack, "source"), target = OpenSite(stack, "target");
  DistcpConfig config;
  for (const auto& part : stack["distcp"]) config.command.push_back(part);
  config.work_folder = std::string(stack["work"]) + "/bench";
  if (stack["yarn"] != "") config.resource_managers = {stack["yarn"]};
  config.yarn_user = "root";
  auto copier = Must(OpenHadoopCopier(config, *source, *target));
  Stopwatch watch;
  MakeSource(*source, size);
  std::printf("made tables=%d partitions=%d files=%d in %.1fs\n", size.tables, size.tables * size.partitions,
              size.tables * size.partitions * size.files, watch.Lap());
  Must(target->catalog().CreateDatabase({"bench", target->hdfs().LocationOf("/warehouse/bench.db"), "", {}}));
  Must(ForEach(static_cast<size_t>(size.tables), 4, [&](size_t i) -> Status {
    GODWIT_TRY(target->catalog().CreateTable(TableMade(*target, static_cast<int>(i)), "bench"));
    return Ok();
  }));
  std::printf("created tables at the target in %.1fs\n", watch.Lap());
  std::fflush(stdout);
  const double plain = PlainDistcp(stack, *source, *target);
  std::printf("plain distcp of the whole warehouse %.1fs\n", plain);
  std::map<std::pair<int, std::string>, std::string> done;
  const Verification verification{std::atof(argv[5]) / 100, false};
  const Round first = Replicate(*source, *target, *copier, size, "first", done, verification);
  Show("first ", first);
  for (int i = 0; i < size.tables * size.partitions; i += 100) {
    WritePartition(*source, i / size.partitions, i % size.partitions, size, 'b');
  }
  const Round second = Replicate(*source, *target, *copier, size, "second", done, verification);
  Show("second", second);
  std::printf("overhead outside the copy: %.1f %% of plain distcp (bar 20 %%), %.1f %% of it verification\n",
              100 * (first.total() - first.copy) / plain, 100 * first.verify / plain);
  std::printf("godwit's copy against plain distcp: %.2f\n", first.copy / plain);
  std::printf("second run: %.1f %% of the first (bar 10 %%)\n", 100 * second.total() / first.total());
  return 0;
}

}  // namespace
}  // namespace godwit

int main(int argc, char** argv) { return godwit::Main(argc, argv); }
