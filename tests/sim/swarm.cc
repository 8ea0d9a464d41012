#include "tests/sim/swarm.h"

namespace godwit::sim {

const char* FaultName(Fault fault) {
  static constexpr const char* kNames[kFaults] = {
      "request_lost",   "reply_lost",    "request_late",     "request_twice",  "refused_before",
      "error_after",    "crash",         "crash_at_journal", "zombie",         "reboot",
      "journal_full",   "copy_dies",     "copy_torn",        "silent_change",  "late_partition",
      "rogue_writer",   "forgets_pause", "no_tokens",        "job_fails",      "slow_jobs",
      "clock_jumps",    "no_space",      "operator",         "watchdog_alone", "superuser",
      "file_held_open", "schema_change", "foreign_write",    "late_listing"};
  return kNames[static_cast<size_t>(fault)];
}

Swarm::Swarm(uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15ULL + 1) {
  for (int& strength : strength_) {
    static constexpr int kStrengths[] = {0, 0, 0, 0, 1, 1, 1, 5};
    strength = kStrengths[Number(std::size(kStrengths))];
  }
}

uint64_t Swarm::Number(uint64_t below) { return below == 0 ? 0 : random_() % below; }

bool Swarm::Coin(double probability) {
  return static_cast<double>(random_() >> 11) < probability * static_cast<double>(uint64_t{1} << 53);
}

bool Swarm::Strikes(Fault fault, double rate) { return !stopped_ && Has(fault) && Coin(rate); }

Duration Swarm::Between(Duration low, Duration high) {
  return low + Duration(static_cast<int64_t>(Number(static_cast<uint64_t>((high - low).count()) + 1)));
}

}  // namespace godwit::sim
