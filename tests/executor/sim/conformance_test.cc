#include <fmt/format.h>

#include "executor/adapters/sim/sim_site.h"
#include "tests/conformance/conformance.h"

namespace godwit::executor::conformance {
namespace {

using namespace std::chrono_literals;

class SimTestWorld : public TestWorld {
 public:
  explicit SimTestWorld(const GivenWorld& given) : sim_(*ParseTimestamp("2026-11-22"), "source", "target") {
    Fill(Side::kSource, given.source);
    Fill(Side::kTarget, given.target);
  }

  World& world() override { return sim_.world(); }
  std::string AttemptLocation(Side side, const TableName& table, const std::string& attempt,
                              const std::string& partition) override {
    return fmt::format("/{}/{}.db/{}/{}/{}/{}", SideName(side), table.db, kAttemptFolder, table.name, attempt,
                       partition);
  }
  void WriteFile(Side side, const std::string& location, const std::string& path,
                 const std::string& bytes) override {
    ASSERT_TRUE(sim_.At(side).storage.Write(location, path, bytes).ok());
  }
  void RemoveFile(Side side, const std::string& location, const std::string& path) override {
    sim_.At(side).storage.Remove(location, path);
  }
  std::string ReadFile(Side side, const std::string& location, const std::string& path) override {
    const auto& files = sim_.At(side).storage.Files(location);
    return files.contains(path) ? files.at(path).content : "";
  }
  void BeginRun(Side side, const std::string& job, const std::string& due) override {
    sim_.At(side).scheduler.Begin(*sim_.At(side).scheduler.Find(job), due);
  }
  void EndRun(Side side, const std::string& job, RunState state) override {
    sim_.At(side).scheduler.End(*sim_.At(side).scheduler.Find(job), state);
  }
  void LetTimePass() override { sim_.clock.RunUntil(sim_.clock.now() + 100ms); }

 private:
  void Fill(Side side, const GivenSite& given) {
    for (const GivenTable& table : given.tables) AddTable(side, table);
    for (const GivenJob& job : given.jobs) {
      sim::SimJob made;
      made.name = job.name;
      made.cursor = job.cursor;
      made.paused = job.paused;
      sim_.At(side).scheduler.Add(made);
    }
  }

  void AddTable(Side side, const GivenTable& given) {
    sim::SimSite& site = sim_.At(side);
    TableMeta table;
    table.name = *ParseTableName(given.name);
    table.columns = {{"id", "bigint", ""}, {"word", "string", ""}};
    for (const std::string& key : given.partition_keys) table.partition_keys.push_back({key, "string", ""});
    const std::string database = fmt::format("/{}/{}.db", SideName(side), table.name.db);
    table.location = database + "/" + table.name.name;
    table.parameters = given.parameters;
    ASSERT_TRUE(site.catalog.CreateDatabase({table.name.db, database, "", {}}).ok());
    site.catalog.Put(table);
    for (const GivenPartition& partition : given.partitions) {
      const std::string location =
          partition.name.empty() ? table.location : table.location + "/" + partition.name;
      site.catalog.PutPartition(table.name, {partition.name, location, {}, {}});
      for (const GivenFile& file : partition.files) WriteFile(side, location, file.path, file.bytes);
    }
  }

  sim::SimWorld sim_;
};

std::unique_ptr<TestWorld> MakeSimWorld(const GivenWorld& given) {
  return std::make_unique<SimTestWorld>(given);
}

INSTANTIATE_TEST_SUITE_P(Sim, Conformance, testing::Values(Kind{"sim", MakeSimWorld, {}}));

}  // namespace
}  // namespace godwit::executor::conformance
