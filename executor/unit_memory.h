// executor/unit_memory.h — what this process knows of one unit beyond the journal: answers, requests under
// way, failures. Lost in a crash, and then learned again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "executor/observation.h"
#include "executor/turn.h"

namespace godwit::executor {

// More than that no answer is said to take: a process that was stopped must not believe what it knew before.
constexpr Nanoseconds kAnswerTimeMax = std::chrono::minutes(2);

// How an open intent stands in this process. After a crash all are kToLookUp.
enum class OpStage : uint8_t { kToLookUp, kUnderWay, kBegun };
struct OpProgress {
  OpStage stage = OpStage::kToLookUp;
  Nanoseconds not_before{0};  // look up no earlier
};

struct UnitMemory {
  Answers answers;
  std::map<Question, uint64_t> asking;  // question -> request
  Nanoseconds slowest{0};               // of the answers of late: from asking to having it
  std::map<std::string, OpProgress> ops;
  std::set<std::string> begun;  // copies among them that the world has accepted
  Nanoseconds state_since{0};
  std::optional<Anchor> anchor;
  std::vector<std::string> waits_for;
  bool needs_person = false;
  std::string problem;  // the last failure that was not overcome yet
  int failures = 0;     // in a row
  Nanoseconds backoff_until{0};
  std::set<TableName> wanted_elsewhere;
  std::set<TableName> missing_inputs;
  std::set<TableName> in_step;  // tables whose replica was seen to be in step since it was first wanted
};

// The answer is not true any more, and neither is one that is on its way. Whether there was one.
bool Forget(const Question& question, UnitMemory& memory);
// The same of all comparisons of the table's rows.
void ForgetComparisons(const TableName& table, UnitMemory& memory);
// The same of all answers that the action may have made untrue.
void ForgetAbout(const Action& action, UnitMemory& memory);
// Somebody said something of the unit, so the world may be another than it was told: it looks again, at once.
void ForgetTroubles(UnitMemory& memory);
// A new state looks at everything anew; replies that are still under way will be dropped.
void ForgetState(UnitMemory& memory, Nanoseconds now);
// The world has accepted a copy.
void RememberBegun(const std::string& op, UnitMemory& memory);
void RememberSuccess(UnitMemory& memory);
// An answer came `took` after it was asked for: the slowest of late counts, and fades.
void RememberAnswerTime(Nanoseconds took, UnitMemory& memory);
// Counts the failure, and has the unit `id` wait the longer the more there were.
void RememberFailure(const std::string& id, std::string problem, Nanoseconds now, Nanoseconds backoff_max,
                     UnitMemory& memory);

}  // namespace godwit::executor
