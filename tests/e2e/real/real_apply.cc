// real_apply STACK.JSON STATE-FOLDER TABLE…: moves tables between the running stack's two sites with the real
// engine, as one unit without jobs. Started again it goes on where it died. Exit 0: switched; 3: not.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/hadoop_site.h"
#include "executor/adapters/local/local_site.h"
#include "executor/runtime.h"
#include "state/journal.h"

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

class NoNotifier : public Notifier {
 public:
  Result<Effect> Send(const Notice&) override { return Effect::kDone; }
};

std::unique_ptr<HadoopSite> OpenSite(const json& stack, const std::string& side) {
  HadoopSiteConfig config;
  config.hdfs.fs_names = {stack[side]["fs"]};
  config.hdfs.namenodes = {stack[side]["webhdfs"]};
  config.hdfs.user = "root";
  config.hdfs.replication = 1;
  config.metastore.uris = {stack[side]["metastore"]};
  return Must(HadoopSite::Open(config));
}

std::unique_ptr<local::LocalSite> OpenJobs(const std::string& root) {
  if (!std::filesystem::exists(root + "/site.db")) {
    std::filesystem::create_directories(root);
    Must(local::SiteDb::Create(root));
  }
  return Must(local::LocalSite::Open(root));
}

Migration MigrationOf(const json& stack, const std::vector<std::string>& tables) {
  Migration migration;
  migration.plan_hash = "real_apply";
  migration.source_name = "source";
  migration.target_name = "target";
  UnitSpec unit;
  unit.id = "u1";
  for (const std::string& table : tables) unit.tables.push_back(Must(ParseTableName(table)));
  std::sort(unit.tables.begin(), unit.tables.end());
  migration.units = {unit};
  Policy& policy = migration.policy;
  policy.location_map = {{stack["source"]["fs"], stack["target"]["fs"]}};
  policy.look_again = std::chrono::milliseconds(300);
  policy.drain_gap = std::chrono::milliseconds(300);
  policy.quiet_wait_max = std::chrono::seconds(1);
  policy.probation = std::chrono::seconds(1);
  policy.sync_every = std::chrono::seconds(2);
  policy.linger_every = std::chrono::seconds(2);
  policy.complete_by_itself = true;
  return migration;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3)
    return std::fprintf(stderr, "usage: real_apply STACK.JSON STATE-FOLDER TABLE…\n"), 2;
  std::ifstream in(arguments[0]);
  const json stack = json::parse(in);
  const std::string state = arguments[1];
  auto source = OpenSite(stack, "source"), target = OpenSite(stack, "target");
  auto source_jobs = OpenJobs(state + "/source"), target_jobs = OpenJobs(state + "/target");
  DistcpConfig config;
  for (const auto& part : stack["distcp"]) config.command.push_back(part);
  config.properties = {"mapreduce.framework.name=local"};
  config.work_folder = state + "/copies";
  auto copier = Must(OpenHadoopCopier(config, *source, *target));
  auto comparer = OpenHadoopComparer(*source, *target);
  NoNotifier notifier;
  World world{{source->storage(), source->catalog(), source->barrier(), source_jobs->Ports().scheduler,
               source->query_engine()},
              {target->storage(), target->catalog(), target->barrier(), target_jobs->Ports().scheduler,
               target->query_engine()},
              *copier,
              *comparer,
              notifier};
  auto journal = Must(state::OpenSqliteJournal(state + "/journal.db"));
  SystemClock clock;
  EngineOptions options;
  options.who = "real_apply";
  options.tell = [](const EngineEvent& event) {
    std::fprintf(stderr, "%s %s %s %s\n", FormatTimestamp(event.time).c_str(), event.kind.c_str(),
                 event.unit.c_str(), event.text.c_str());
  };
  auto engine = Must(Engine::Start(MigrationOf(stack, {arguments.begin() + 2, arguments.end()}), *journal,
                                   options, MomentOf(clock)));
  RuntimeOptions runtime;
  runtime.workers = 8;
  Must(RunEngine(*engine, world, clock, runtime));
  for (const UnitStatus& unit : engine->Units()) {
    std::printf("%s %s\n", unit.spec->id.c_str(), unit.problem.c_str());
    if (!IsCommitted(unit.row->state)) return 3;
  }
  return 0;
}

}  // namespace
}  // namespace godwit

int main(int argc, char** argv) { return godwit::Main({argv + 1, argv + argc}); }
