#include <fmt/format.h>

#include "executor/observation.h"
#include "executor/verify.h"

namespace godwit::executor {
namespace {

constexpr size_t kDifferingRowsMax = 20;

struct Asker {
  World& world;

  Result<Answer> operator()(const LookAtJob& q) const {
    GODWIT_TRY_ASSIGN(JobStatus status, world.At(q.side).scheduler.GetJob(q.job));
    return Answer(std::move(status));
  }
  Result<Answer> operator()(const LookAtBarrier& q) const {
    GODWIT_TRY_ASSIGN(const BarrierStatus status, world.At(q.side).barrier.Get(q.table, q.party));
    return Answer(status);
  }
  Result<Answer> operator()(const LookAtDatabase& q) const {
    GODWIT_TRY_ASSIGN(std::optional<DatabaseMeta> database, world.At(q.side).catalog.GetDatabase(q.database));
    return Answer(std::move(database));
  }
  Result<Answer> operator()(const LookAtTable& q) const {
    GODWIT_TRY_ASSIGN(std::optional<TableMeta> table, world.At(q.side).catalog.GetTable(q.table));
    return Answer(std::move(table));
  }
  Result<Answer> operator()(const LookAtManifest& q) const {
    GODWIT_TRY_ASSIGN(Manifest manifest, ReadManifest(world.At(q.side), q.table));
    return Answer(std::move(manifest));
  }
  Result<Answer> operator()(const LookAtRoute& q) const {
    GODWIT_TRY_ASSIGN(Route route, world.At(q.side).catalog.GetRoute(q.table));
    return Answer(std::move(route));
  }
  Result<Answer> operator()(const LookAtCopy& q) const {
    GODWIT_TRY_ASSIGN(CopyStatus status, world.copier.Poll(q.tag));
    return Answer(std::move(status));
  }
  Result<Answer> operator()(const LookForCopies& q) const {
    GODWIT_TRY_ASSIGN(std::vector<std::string> tags, world.copier.Running(q.prefix));
    return Answer(std::move(tags));
  }

  Result<Answer> operator()(const VerifyCopy& q) const {
    const Side from = q.direction == Direction::kToTarget ? Side::kSource : Side::kTarget;
    Storage &sender = world.At(from).storage, &receiver = world.At(Other(from)).storage;
    GODWIT_TRY_ASSIGN(auto verified, Verify(q.partitions, sender, receiver, world.verification));
    return Answer(std::move(verified));
  }

  Result<Answer> operator()(const CompareRows& q) const {
    GODWIT_TRY_ASSIGN(const std::vector<RowsDigest> source,
                      world.source.query_engine.Digest(q.table, q.partitions));
    GODWIT_TRY_ASSIGN(const std::vector<RowsDigest> target,
                      world.target.query_engine.Digest(q.table, q.partitions));
    if (source.size() != q.partitions.size() || target.size() != q.partitions.size()) {
      return Unavailable("the query engine left partitions of " + q.table.Text() + " out");
    }
    std::vector<ComparedPartition> compared;
    for (size_t i = 0; i < q.partitions.size(); ++i)
      compared.push_back({q.partitions[i], source[i], target[i]});
    return Answer(std::move(compared));
  }

  Result<Answer> operator()(const ExplainDifference& q) const {
    GODWIT_TRY_ASSIGN(RowComparer::Difference difference,
                      world.comparer.Compare(q.table, q.partition, kDifferingRowsMax));
    return Answer(std::move(difference));
  }
};

}  // namespace

std::string Describe(const Question& question) {
  static constexpr const char* kNames[] = {"read job",    "read barrier", "read database", "read table",
                                           "list",        "read route",   "poll copy",     "find copies of",
                                           "verify copy", "compare rows", "explain rows"};
  const std::string what = kNames[question.index()];
  if (const auto* q = std::get_if<LookAtJob>(&question))
    return fmt::format("{} {} at {}", what, q->job, SideName(q->side));
  if (const auto* q = std::get_if<LookAtTable>(&question)) {
    return fmt::format("{} {} at {}", what, q->table.Text(), SideName(q->side));
  }
  if (const auto* q = std::get_if<LookAtManifest>(&question)) {
    return fmt::format("{} {} at {}", what, q->table.Text(), SideName(q->side));
  }
  if (const auto* q = std::get_if<CompareRows>(&question))
    return fmt::format("{} of {}", what, q->table.Text());
  if (const auto* q = std::get_if<ExplainDifference>(&question))
    return fmt::format("{} of {}", what, q->table.Text());
  return what;
}

Result<Answer> Ask(const Question& question, World& world) { return std::visit(Asker{world}, question); }

}  // namespace godwit::executor
