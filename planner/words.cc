#include "planner/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>

#include "base/assert.h"

namespace godwit::planner {
namespace {

// By value; the enums count from 0.
template <typename Value>
inline constexpr std::string_view kWords[] = {""};
template <>
inline constexpr std::string_view kWords<JobType>[] = {"import", "sql",       "jar",   "export",
                                                       "view",   "mapreduce", "script"};
template <>
inline constexpr std::string_view kWords<Repeatability>[] = {"unknown", "idempotent", "non-idempotent"};
template <>
inline constexpr std::string_view kWords<Residence>[] = {"moves", "stays", "external"};
template <>
inline constexpr std::string_view kWords<AccessKind>[] = {"read", "write"};
template <>
inline constexpr std::string_view kWords<Provenance>[] = {"parsed", "declared", "scheduler", "log",
                                                          "guessed"};
template <>
inline constexpr std::string_view kWords<RunMode>[] = {"old", "both", "new"};
template <>
inline constexpr std::string_view kWords<Strategy>[] = {"chain", "dual-run"};
template <>
inline constexpr std::string_view kWords<Direction>[] = {"reverse", "forward"};
template <>
inline constexpr std::string_view kWords<OrderRule>[] = {"free", "upstream-first"};
template <>
inline constexpr std::string_view kWords<Objective>[] = {"reads", "sync-once", "dual-run"};
template <>
inline constexpr std::string_view kWords<EditKind>[] = {"merge", "split", "pin"};
template <>
inline constexpr std::string_view kWords<Tie>[] = {"workflow", "owner", "group"};
template <>
inline constexpr std::string_view kWords<Effort>[] = {"default", "high"};

template <typename Value>
std::string_view Word(Value value) {
  const size_t index = static_cast<size_t>(value);
  GODWIT_ASSERT(index < std::size(kWords<Value>));
  return kWords<Value>[index];
}

}  // namespace

std::string_view WordOf(JobType type) { return Word(type); }
std::string_view WordOf(Repeatability repeatability) { return Word(repeatability); }
std::string_view WordOf(Residence residence) { return Word(residence); }
std::string_view WordOf(AccessKind kind) { return Word(kind); }
std::string_view WordOf(Provenance provenance) { return Word(provenance); }
std::string_view WordOf(RunMode mode) { return Word(mode); }
std::string_view WordOf(Strategy strategy) { return Word(strategy); }
std::string_view WordOf(Direction direction) { return Word(direction); }
std::string_view WordOf(OrderRule order) { return Word(order); }
std::string_view WordOf(Objective objective) { return Word(objective); }
std::string_view WordOf(EditKind kind) { return Word(kind); }
std::string_view WordOf(Tie tie) { return Word(tie); }
std::string_view WordOf(Effort effort) { return Word(effort); }

template <typename Value>
Result<Value> FromWord(std::string_view word) {
  const std::span<const std::string_view> words = kWords<Value>;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<Value>(i);
  }
  return InvalidInput(fmt::format("`{}` is none of {}", word, fmt::join(words, ", ")));
}

template Result<JobType> FromWord(std::string_view);
template Result<Repeatability> FromWord(std::string_view);
template Result<Residence> FromWord(std::string_view);
template Result<AccessKind> FromWord(std::string_view);
template Result<Provenance> FromWord(std::string_view);
template Result<RunMode> FromWord(std::string_view);
template Result<Strategy> FromWord(std::string_view);
template Result<Direction> FromWord(std::string_view);
template Result<OrderRule> FromWord(std::string_view);
template Result<Objective> FromWord(std::string_view);
template Result<EditKind> FromWord(std::string_view);
template Result<Tie> FromWord(std::string_view);
template Result<Effort> FromWord(std::string_view);

}  // namespace godwit::planner
