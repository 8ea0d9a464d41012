#include "executor/unit_memory.h"

#include <algorithm>

#include "base/hash.h"

namespace godwit::executor {
namespace {

constexpr Nanoseconds kBackoffFirst = std::chrono::milliseconds(250);
constexpr int kDoublingsMax = 16;

std::vector<Question> QuestionsAbout(const Action& action) {
  if (const auto* a = std::get_if<CreateDatabase>(&action))
    return {LookAtDatabase{a->side, a->database.name}};
  if (const auto* a = std::get_if<CreateTable>(&action)) {
    return {LookAtTable{a->side, a->table.name}, LookAtManifest{a->side, a->table.name}};
  }
  if (const auto* a = std::get_if<AlterTable>(&action)) return {LookAtTable{a->side, a->table.name}};
  if (const auto* a = std::get_if<Publish>(&action)) {
    return {LookAtTable{a->side, a->table}, LookAtManifest{a->side, a->table}};
  }
  if (const auto* a = std::get_if<SetBarrier>(&action)) return {LookAtBarrier{a->side, a->table, a->party}};
  if (const auto* a = std::get_if<SetPaused>(&action)) return {LookAtJob{a->side, a->job}};
  if (const auto* a = std::get_if<SetGuard>(&action)) return {LookAtJob{a->side, a->job}};
  if (const auto* a = std::get_if<SetCursor>(&action)) return {LookAtJob{a->side, a->job}};
  if (const auto* a = std::get_if<SetRoute>(&action)) return {LookAtRoute{a->side, a->table}};
  if (const auto* a = std::get_if<StartCopy>(&action)) return {LookAtCopy{a->tag}};
  if (const auto* a = std::get_if<CancelCopy>(&action)) return {LookAtCopy{a->tag}};
  return {};
}

}  // namespace

bool Forget(const Question& question, UnitMemory& memory) {
  const bool had_answer = memory.answers.Forget(question);
  const bool was_asking = memory.asking.erase(question) > 0;
  return had_answer || was_asking;
}

void ForgetAbout(const Action& action, UnitMemory& memory) {
  for (const Question& question : QuestionsAbout(action)) Forget(question, memory);
  if (std::holds_alternative<CancelCopy>(action)) {
    std::erase_if(memory.asking,
                  [](const auto& each) { return std::holds_alternative<LookForCopies>(each.first); });
    memory.answers.ForgetAll<LookForCopies>();  // its prefix is the unit's
  }
}

void ForgetComparisons(const TableName& table, UnitMemory& memory) {
  const auto of_table = [&](const CompareRows& comparison) { return comparison.table == table; };
  memory.answers.ForgetIf<CompareRows>(of_table);
  std::erase_if(memory.asking, [&](const auto& each) {
    const auto* comparison = std::get_if<CompareRows>(&each.first);
    return comparison != nullptr && of_table(*comparison);
  });
}

void ForgetTroubles(UnitMemory& memory) {
  memory.answers.Clear();
  memory.asking.clear();
  memory.failures = 0;
  memory.backoff_until = Nanoseconds(0);
}

void ForgetState(UnitMemory& memory, Nanoseconds now) {
  ForgetTroubles(memory);
  memory.anchor.reset();
  memory.state_since = now;
}

void RememberBegun(const std::string& op, UnitMemory& memory) {
  memory.ops[op].stage = OpStage::kBegun;
  memory.begun.insert(op);
}

void RememberSuccess(UnitMemory& memory) {
  memory.failures = 0;
  memory.problem.clear();
}

void RememberAnswerTime(Nanoseconds took, UnitMemory& memory) {
  memory.slowest = std::max(std::min(took, kAnswerTimeMax), memory.slowest - memory.slowest / 16);
}

void RememberFailure(const std::string& id, std::string problem, Nanoseconds now, Nanoseconds backoff_max,
                     UnitMemory& memory) {
  memory.problem = std::move(problem);
  ++memory.failures;
  const Nanoseconds base =
      std::min(backoff_max, kBackoffFirst * (int64_t{1} << std::min(memory.failures, kDoublingsMax)));
  // Half fixed, half spread by unit and count, so that units that failed together do not come back together.
  const uint64_t spread = Hash64(id, static_cast<uint64_t>(memory.failures)) % 1000;
  memory.backoff_until = now + base / 2 + base * static_cast<int64_t>(spread) / 2000;
}

}  // namespace godwit::executor
