// executor/observation.h — what the executor asks of the world without changing it, and the answers it has.
// Answers are never kept over a crash or a change of state: what matters is looked at again.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "executor/action.h"
#include "executor/manifest.h"
#include "executor/ports/site.h"

namespace godwit::executor {

struct LookAtJob {
  Side side;
  std::string job;
  auto operator<=>(const LookAtJob&) const = default;
};
struct LookAtBarrier {
  Side side;
  TableName table;
  Party party;
  auto operator<=>(const LookAtBarrier&) const = default;
};
struct LookAtDatabase {
  Side side;
  std::string database;
  auto operator<=>(const LookAtDatabase&) const = default;
};
struct LookAtTable {
  Side side;
  TableName table;
  auto operator<=>(const LookAtTable&) const = default;
};
struct LookAtManifest {
  Side side;
  TableName table;
  auto operator<=>(const LookAtManifest&) const = default;
};
struct LookAtRoute {
  Side side;
  TableName table;
  auto operator<=>(const LookAtRoute&) const = default;
};
struct LookAtCopy {
  std::string tag;
  auto operator<=>(const LookAtCopy&) const = default;
};
struct LookForCopies {  // running ones
  std::string prefix;
  auto operator<=>(const LookForCopies&) const = default;
};
// Compares what a finished copy left with what it was to copy, file by file, by content.
struct VerifyCopy {
  Direction direction;
  std::vector<PartitionCopy> partitions;
  auto operator<=>(const VerifyCopy&) const = default;
};
// Compares partitions by rows.
struct CompareRows {
  TableName table;
  std::vector<std::string> partitions;
  auto operator<=>(const CompareRows&) const = default;
};
// Which columns of one partition differ, and sample rows.
struct ExplainDifference {
  TableName table;
  std::string partition;
  auto operator<=>(const ExplainDifference&) const = default;
};

using Question =
    std::variant<LookAtJob, LookAtBarrier, LookAtDatabase, LookAtTable, LookAtManifest, LookAtRoute,
                 LookAtCopy, LookForCopies, VerifyCopy, CompareRows, ExplainDifference>;

enum class CopyVerdict : uint8_t {
  kEqual,        // `to_fingerprint` and `content` are filled in
  kFromChanged,  // the sending side changed since the copy was ordered: copy again
  kDiffers,      // the bytes differ, or files are missing
};
struct VerifiedPartition {
  CopyVerdict verdict = CopyVerdict::kDiffers;
  PartitionCopy partition;
  std::string message;
};

struct ComparedPartition {
  std::string partition;
  RowsDigest source, target;
};

using Answer =
    std::variant<JobStatus, BarrierStatus, std::optional<DatabaseMeta>, std::optional<TableMeta>, Manifest,
                 Route, CopyStatus, std::vector<std::string>, std::vector<VerifiedPartition>,
                 std::vector<ComparedPartition>, RowComparer::Difference>;

// The type of the answer to each question.
template <typename Q>
struct AnswerTo;
template <>
struct AnswerTo<LookAtJob> {
  using Type = JobStatus;
};
template <>
struct AnswerTo<LookAtBarrier> {
  using Type = BarrierStatus;
};
template <>
struct AnswerTo<LookAtDatabase> {
  using Type = std::optional<DatabaseMeta>;
};
template <>
struct AnswerTo<LookAtTable> {
  using Type = std::optional<TableMeta>;
};
template <>
struct AnswerTo<LookAtManifest> {
  using Type = Manifest;
};
template <>
struct AnswerTo<LookAtRoute> {
  using Type = Route;
};
template <>
struct AnswerTo<LookAtCopy> {
  using Type = CopyStatus;
};
template <>
struct AnswerTo<LookForCopies> {
  using Type = std::vector<std::string>;
};
template <>
struct AnswerTo<VerifyCopy> {
  using Type = std::vector<VerifiedPartition>;
};
template <>
struct AnswerTo<CompareRows> {
  using Type = std::vector<ComparedPartition>;
};
template <>
struct AnswerTo<ExplainDifference> {
  using Type = RowComparer::Difference;
};

Result<Answer> Ask(const Question& question, World& world);
// "read job etl_7 at source": for people.
std::string Describe(const Question& question);

using Nanoseconds = std::chrono::nanoseconds;

// The newest answers of one unit, with the moment at which each question was *asked*: nothing that happened
// before that moment is hidden from the answer.
class Answers {
 public:
  // `answer` is of the question's own type.
  void Put(const Question& question, Answer answer, Nanoseconds asked) {
    std::visit(
        [&]<typename Q>(const Q& q) {
          Of<Q>().insert_or_assign(q,
                                   Entry<Q>{std::get<typename AnswerTo<Q>::Type>(std::move(answer)), asked});
        },
        question);
  }
  // The answer if it was asked at or after `since`.
  template <typename Q>
  const typename AnswerTo<Q>::Type* Find(const Q& question, Nanoseconds since) const {
    const auto found = Of<Q>().find(question);
    if (found == Of<Q>().end() || found->second.asked < since) return nullptr;
    return &found->second.answer;
  }
  template <typename Q>
  std::optional<Nanoseconds> AskedAt(const Q& question) const {
    const auto found = Of<Q>().find(question);
    if (found == Of<Q>().end()) return std::nullopt;
    return found->second.asked;
  }
  // Whether there is an answer to any such question.
  template <typename Q>
  bool HasAny() const {
    return !Of<Q>().empty();
  }
  // Whether there was an answer.
  bool Forget(const Question& question) {
    return std::visit([&]<typename Q>(const Q& q) { return Of<Q>().erase(q) > 0; }, question);
  }
  template <typename Q>
  void ForgetAll() {
    Of<Q>().clear();
  }
  template <typename Q, typename Which>
  void ForgetIf(Which which) {
    std::erase_if(Of<Q>(), [&](const auto& each) { return which(each.first); });
  }
  void Clear() {
    std::apply([](auto&... maps) { (maps.clear(), ...); }, maps_);
  }

 private:
  template <typename Q>
  struct Entry {
    typename AnswerTo<Q>::Type answer;
    Nanoseconds asked{0};
  };
  template <typename Q>
  using Map = std::map<Q, Entry<Q>>;
  template <typename Q>
  Map<Q>& Of() {
    return std::get<Map<Q>>(maps_);
  }
  template <typename Q>
  const Map<Q>& Of() const {
    return std::get<Map<Q>>(maps_);
  }
  template <typename>
  struct MapsOf;
  template <typename... Qs>
  struct MapsOf<std::variant<Qs...>> {
    using Type = std::tuple<Map<Qs>...>;
  };

  MapsOf<Question>::Type maps_;  // one a kind of question
};

}  // namespace godwit::executor
