// scale_state VERB FOLDER: a large state file for `./dev bench scale`.
//     make FOLDER PARTITIONS   FOLDER/plan.json begun, every table copied in PARTITIONS partitions
//     start FOLDER             seconds and memory of a start: an engine on it, and its first decisions
//     append FOLDER            durable records a second, one a transaction and in groups
// One JSON object on stdout.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "executor/engine.h"
#include "executor/from_plan.h"
#include "executor/ledger.h"
#include "planner/plan_json.h"

namespace {

using namespace godwit;
using executor::Ledger;
using executor::Migration;
using Json = nlohmann::json;

constexpr size_t kUnitsAtOnce = 16;  // that share a transaction, as in an engine's round
constexpr int kSingles = 2000, kGroups = 400, kGroup = 50;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    fmt::print(stderr, "scale_state: {}\n", result.error().message);
    std::exit(1);
  }
  return *std::move(result);
}

double Timed(const std::function<void()>& what) {
  const auto begun = std::chrono::steady_clock::now();
  what();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

Migration ReadMigration(const std::string& folder) {
  std::ifstream file(folder + "/plan.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return Must(executor::MigrationOf(Must(planner::ReadPlan(text)), Sha256Hex(text), {}));
}

state::Entry EntryOf(const std::string& unit, state::RecordKind kind, const Json& body) {
  state::Entry entry;
  entry.unit = unit;
  entry.kind = kind;
  entry.body = body.dump();
  entry.wall = "2026-11-22T00:00:00Z";
  entry.boot_id = "9d3c1a52-6c1f-4b6e-9a55-0f8c2d1e7b11";
  return entry;
}

std::vector<executor::PartitionCopy> PartitionsOf(const executor::TableName& table, int count) {
  std::vector<executor::PartitionCopy> partitions;
  for (int i = 0; i < count; ++i) {
    const std::string name =
        fmt::format("dt=2026-{:02}-{:02}/hour={:02}", i / 28 % 12 + 1, i % 28 + 1, i / 336);
    const std::string place = fmt::format("/{}.db/{}/{}", table.db, table.name, name);
    partitions.push_back({name,
                          "hdfs://old/warehouse" + place,
                          "hdfs://new/warehouse/_godwit" + place,
                          Hex64(Hash64(place)),
                          Hex64(Hash64(place, 1)),
                          Hex64(Hash64(place, 2)),
                          1 << 30,
                          12,
                          {},
                          {}});
  }
  return partitions;
}

state::Entry IntentOf(const std::string& unit, int number, const executor::Action& action) {
  state::Entry entry = EntryOf(unit, state::RecordKind::kIntent, ToJson(action));
  entry.op = fmt::format("{}-{}", unit, number);
  return entry;
}

state::Entry OutcomeOf(const std::string& unit, int number, int64_t intent, Json body) {
  state::Entry entry = EntryOf(unit, state::RecordKind::kOutcome, body);
  entry.op = fmt::format("{}-{}", unit, number);
  entry.reference = intent;
  return entry;
}

// A state file that this process drives.
struct Driven {
  Migration migration;
  std::unique_ptr<state::Journal> journal;
  std::unique_ptr<Ledger> ledger;
  int64_t epoch = 0;

  int64_t NextSequence() const { return Must(journal->GetHead()).sequence + 1; }
};

std::unique_ptr<Driven> Drive(const std::string& folder) {
  auto driven = std::make_unique<Driven>();
  driven->migration = ReadMigration(folder);
  driven->journal = Must(state::OpenSqliteJournal(folder + "/state.db"));
  driven->ledger = std::make_unique<Ledger>(driven->migration, *driven->journal, true);
  Must(driven->ledger->Load());
  driven->epoch = Must(driven->journal->TakeOver(EntryOf("", state::RecordKind::kEpoch, {{"who", "bench"}})));
  Must(driven->ledger->CatchUp());
  return driven;
}

// The records of units that were copied: those that carry partitions are the large ones.
void AppendUnits(size_t first, size_t last, int count, Driven& driven) {
  std::vector<state::Entry> entries;
  const Migration& migration = driven.migration;
  const int64_t free = driven.NextSequence();
  const auto next = [&] { return free + static_cast<int64_t>(entries.size()); };
  for (size_t i = first; i < last; ++i) {
    const executor::UnitSpec& unit = migration.units[i];
    entries.push_back(EntryOf(unit.id, state::RecordKind::kTransition,
                              {{"event", "plan_accepted"}, {"plan_hash", migration.plan_hash}}));
    entries.push_back(EntryOf(unit.id, state::RecordKind::kTransition, {{"event", "started"}}));
    int number = 0;
    for (const executor::TableName& table : unit.tables) {
      const auto partitions = PartitionsOf(table, count);
      Json done = {{"outcome", "done"}, {"partitions", Json::array()}};
      for (const auto& partition : partitions) done["partitions"].push_back(ToJson(partition));
      const int64_t copy = next();
      entries.push_back(IntentOf(
          unit.id, ++number, executor::StartCopy{table, executor::Direction::kToTarget, "", partitions, 0}));
      entries.push_back(OutcomeOf(unit.id, number, copy, done));
      const int64_t publish = next();
      entries.push_back(IntentOf(unit.id, ++number,
                                 executor::Publish{executor::Side::kTarget, table, 1, partitions, {}, {}}));
      entries.push_back(OutcomeOf(unit.id, number, publish, {{"outcome", "done"}}));
    }
    entries.push_back(EntryOf(unit.id, state::RecordKind::kTransition, {{"event", "copied"}}));
  }
  Must(driven.ledger->Append(driven.epoch, entries));
}

Json Make(const std::string& folder, int partitions) {
  const auto driven = Drive(folder);
  const size_t units = driven->migration.units.size();
  const double seconds = Timed([&] {
    for (size_t i = 0; i < units; i += kUnitsAtOnce) {
      AppendUnits(i, std::min(i + kUnitsAtOnce, units), partitions, *driven);
    }
  });
  return {{"units", units}, {"records", driven->NextSequence() - 1}, {"seconds", seconds}};
}

int64_t PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

Json Start(const std::string& folder) {
  Migration migration = ReadMigration(folder);
  const auto journal = Must(state::OpenSqliteJournal(folder + "/state.db"));
  const executor::Moment now{std::chrono::hours(1), "boot", {}};
  std::unique_ptr<executor::Engine> engine;
  const double start = Timed([&] {
    engine = Must(executor::Engine::Start(std::move(migration), *journal, {"bench", true, {}, {}, {}}, now));
  });
  const int64_t after_start = PeakMegabytes();
  size_t requests = 0;
  const double poll = Timed([&] { requests = Must(engine->Poll(now)).size(); });
  return {{"start_s", start},
          {"start_mb", after_start},
          {"first_poll_s", poll},
          {"requests", requests},
          {"mb", PeakMegabytes()}};
}

// What the engine writes most: an intent, and later its outcome, each with the unit's row beside it.
Json Append(const std::string& folder) {
  const auto driven = Drive(folder);
  const std::vector<executor::UnitSpec>& units = driven->migration.units;
  Ledger& ledger = *driven->ledger;
  const auto append = [&](int transactions, int group) {
    return Timed([&] {
      for (int t = 0; t < transactions; ++t) {
        std::vector<state::Entry> intents, outcomes;
        const int64_t next = driven->NextSequence();
        for (int i = 0; i < group; ++i) {
          const size_t unit = static_cast<size_t>(t * group + i) % units.size();
          const std::string& id = units[unit].id;
          const int number = static_cast<int>(ledger.row(unit).operations) + 1;
          intents.push_back(
              IntentOf(id, number, executor::SetPaused{executor::Side::kSource, "job_" + id, true, 2}));
          outcomes.push_back(OutcomeOf(id, number, next + i, {{"outcome", "done"}}));
        }
        Must(ledger.Append(driven->epoch, intents));
        Must(ledger.Append(driven->epoch, outcomes));
      }
    });
  };
  const double singles = append(kSingles, 1), groups = append(kGroups, kGroup);
  return {{"records_per_second_single", 2 * kSingles / singles},
          {"records_per_second_grouped", 2.0 * kGroups * kGroup / groups}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 2 ? argv[1] : "", folder = argc > 2 ? argv[2] : "";
  Json found;
  if (verb == "make" && argc > 3) found = Make(folder, std::atoi(argv[3]));
  if (verb == "start") found = Start(folder);
  if (verb == "append") found = Append(folder);
  if (found.is_null()) {
    fmt::print(stderr, "usage: scale_state make FOLDER PARTITIONS | start FOLDER | append FOLDER\n");
    return 2;
  }
  fmt::print("{}\n", found.dump());
  return 0;
}
