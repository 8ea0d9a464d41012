// godwit-sim: migrations under faults, one from each seed.
//
//     godwit-sim --seeds 1000 [--from 1] [--facts-every 10]     prints migrations/s, counters and bad seeds
//     godwit-sim --seed 17 --trace                              replays one with everything that happened
//     godwit-sim --shrink 17                                    the fewest fault classes that still show it
//     godwit-sim --without drain --seeds 1000                   with a defence taken away: somebody must
//     notice godwit-sim --kept FILE                                    seeds that were bad once; each line
//     begins with one
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <fstream>
#include <sstream>

#include "tests/sim/defences.h"
#include "tests/sim/sim_run.h"

namespace godwit::sim {
namespace {

constexpr int kMissedShown = 20;

struct Totals {
  int64_t runs = 0, units = 0, switched = 0, events = 0, crashes = 0, commits = 0, retried = 0, cancels = 0,
          watchdog = 0;
  std::map<std::pair<executor::UnitState, Fault>, int> met;
};

void Add(const SimOutcome& outcome, Totals& totals) {
  ++totals.runs;
  totals.units += outcome.units;
  totals.switched += outcome.switched;
  totals.events += outcome.events;
  totals.crashes += outcome.crashes;
  totals.commits += outcome.commits;
  totals.retried += outcome.retried_commits;
  totals.cancels += outcome.cancels;
  totals.watchdog += outcome.watchdog_cancels;
  for (const auto& [key, count] : outcome.met) totals.met[key] += count;
}

// Without `registered`: a unit leaves it in the first write of the first process, before any request.
void PrintCoverage(const Totals& totals) {
  constexpr int kPairs = (executor::kUnitStates - 1) * kFaults;
  int missed = 0;
  for (int state = 0; state < executor::kUnitStates; ++state) {
    if (static_cast<executor::UnitState>(state) == executor::UnitState::kRegistered) continue;
    for (int fault = 0; fault < kFaults; ++fault) {
      const std::pair pair(static_cast<executor::UnitState>(state), static_cast<Fault>(fault));
      if (totals.met.contains(pair)) continue;
      if (++missed <= kMissedShown)
        fmt::print("not met: {} while {}\n", FaultName(pair.second), UnitStateName(pair.first));
    }
  }
  fmt::print("coverage: {} of {} pairs of state and fault class were met\n", kPairs - missed, kPairs);
}

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

int RunSeeds(uint64_t from, uint64_t seeds, uint64_t facts_every, int stop_after, int units_max) {
  Totals totals;
  int bad = 0;
  const double begun = CpuSeconds();
  for (uint64_t seed = from; seed < from + seeds && bad < stop_after; ++seed) {
    SimOptions options;
    options.keep_facts = facts_every > 0 && seed % facts_every == 0;
    options.units_max = units_max;
    const SimOutcome outcome = RunSimulation(seed, options);
    Add(outcome, totals);
    if (outcome.violations.empty()) continue;
    ++bad;
    fmt::print("seed {}: {}\n", seed, outcome.violations.front());
  }
  const double cpu = CpuSeconds() - begun;
  fmt::print(
      "{} runs, {} unit migrations ({} ended at the other side), {} events in {:.1f} CPU s: {:.0f} "
      "migrations/s\n",
      totals.runs, totals.units, totals.switched, totals.events, cpu,
      static_cast<double>(totals.units) / cpu);
  fmt::print("crashes {}, commits {} ({} after a retry), cancels {} ({} by the watchdog)\n", totals.crashes,
             totals.commits, totals.retried, totals.cancels, totals.watchdog);
  PrintCoverage(totals);
  fmt::print("{} violations\n", bad);
  return bad == 0 ? 0 : 1;
}

int Replay(uint64_t seed, const std::set<Fault>& without, int units_max) {
  SimOptions options;
  options.units_max = units_max;
  options.trace = true;
  options.without = without;
  const SimOutcome outcome = RunSimulation(seed, options);
  for (const std::string& violation : outcome.violations) fmt::print("violated: {}\n", violation);
  return outcome.violations.empty() ? 0 : 1;
}

// Switches fault classes off one by one, as long as the seed stays bad.
int Shrink(uint64_t seed, int units_max) {
  SimOptions options;
  options.units_max = units_max;
  if (RunSimulation(seed, options).violations.empty()) {
    fmt::print("seed {} is good\n", seed);
    return 0;
  }
  for (int fault = 0; fault < kFaults; ++fault) {
    SimOptions fewer = options;
    fewer.without.insert(static_cast<Fault>(fault));
    if (!RunSimulation(seed, fewer).violations.empty()) options = fewer;
  }
  std::string needed, command = fmt::format("godwit-sim --seed {} --units {} --trace", seed, units_max);
  for (int defence = 0; defence < executor::kDefences; ++defence) {
    const auto one = static_cast<executor::Defence>(defence);
    if (!executor::Stands(one)) command += std::string(" --without ") + DefenceName(one);
  }
  for (int fault = 0; fault < kFaults; ++fault) {
    const char* name = FaultName(static_cast<Fault>(fault));
    if (options.without.contains(static_cast<Fault>(fault))) {
      command += std::string(" --without-fault ") + name;
    } else {
      needed += std::string(" ") + name;
    }
  }
  fmt::print("needs:{}\n{}\n", needed, command);
  return 1;
}

int ListDefences() {
  for (int i = 0; i < executor::kDefences; ++i) {
    const auto defence = static_cast<executor::Defence>(i);
    fmt::print("{:<16} {}\n", DefenceName(defence), DefenceText(defence));
  }
  return 0;
}

bool TakeAway(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::optional<executor::Defence> defence = ParseDefence(name);
    if (!defence) {
      fmt::print(stderr, "there is no defence {}: see godwit-sim --defences\n", name);
      return false;
    }
    SwitchOff(*defence);
  }
  return true;
}

// Lines of the file: a seed, or SEED/UNITS for migrations of at most so many units, and why it was bad; #
// begins a comment.
int RunKept(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    fmt::print(stderr, "cannot read {}\n", path);
    return 2;
  }
  int runs = 0, bad = 0;
  for (std::string line; std::getline(file, line);) {
    uint64_t seed = 0;
    SimOptions options;
    std::istringstream words(line);
    if (!(words >> seed)) continue;
    if (words.peek() == '/') words.ignore() >> options.units_max;
    ++runs;
    options.keep_facts = true;
    const SimOutcome outcome = RunSimulation(seed, options);
    if (outcome.violations.empty()) continue;
    ++bad;
    fmt::print("seed {}: {}\n", seed, outcome.violations.front());
  }
  fmt::print("{} kept seeds, {} violations\n", runs, bad);
  return bad == 0 && runs > 0 ? 0 : 1;
}

int Main(int argc, char** argv) {
  CLI::App app("Migrations under faults, one from each seed.", "godwit-sim");
  uint64_t from = 1, seeds = 0, seed = 0, shrink = 0, facts_every = 10;
  int stop_after = 5, units_max = SimOptions().units_max;
  bool trace = false;
  bool list = false;
  std::string kept;
  std::vector<std::string> without_names, defences;
  app.add_option("--from", from, "the first seed");
  app.add_option("--seeds", seeds, "how many");
  app.add_option("--facts-every", facts_every, "every so many runs the derived facts are kept and verified");
  app.add_option("--stop-after", stop_after, "bad seeds");
  app.add_option("--units", units_max, "at most so many units in a migration: another one for each seed");
  app.add_option("--seed", seed, "one seed");
  app.add_flag("--trace", trace, "say everything");
  app.add_option("--shrink", shrink, "a bad seed");
  app.add_option("--without", defences, "defences to take away");
  app.add_option("--without-fault", without_names, "fault classes that stay off");
  app.add_option("--kept", kept, "a file of seeds that were bad once");
  app.add_flag("--defences", list, "names of all defences");
  CLI11_PARSE(app, argc, argv);
  if (list) return ListDefences();
  if (!TakeAway(defences)) return 2;
  if (!kept.empty()) return RunKept(kept);
  if (shrink != 0) return Shrink(shrink, units_max);
  if (seed != 0) {
    std::set<Fault> without;
    for (int fault = 0; fault < kFaults; ++fault) {
      if (std::count(without_names.begin(), without_names.end(), FaultName(static_cast<Fault>(fault)))) {
        without.insert(static_cast<Fault>(fault));
      }
    }
    return Replay(seed, without, units_max);
  }
  return RunSeeds(from, seeds == 0 ? 100 : seeds, facts_every, stop_after, units_max);
}

}  // namespace
}  // namespace godwit::sim

int main(int argc, char** argv) { return godwit::sim::Main(argc, argv); }
