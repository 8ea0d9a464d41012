#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/hash.h"
#include "executor/observation.h"

namespace godwit::executor {
namespace {

constexpr size_t kDifferingRowsMax = 20;

using Files = std::vector<FileStatus>;

bool SameNamesAndSizes(const Files& a, const Files& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const FileStatus& x, const FileStatus& y) {
    return x.path == y.path && x.bytes == y.bytes;
  });
}

// One partition at both ends of a copy. The receiving side may hold no file that the sending one has not.
struct Compared {
  VerifiedPartition verified;
  Files files;        // of both sides, where names and sizes are the same
  bool open = false;  // only the bytes can tell
};

Compared CompareListings(const PartitionCopy& partition, Files sent, const Files& received) {
  Compared compared{{CopyVerdict::kDiffers, partition, ""}, {}, false};
  compared.verified.partition.to_fingerprint = FingerprintOf(received);
  if (FingerprintOf(sent) != partition.from_fingerprint) {
    compared.verified.verdict = CopyVerdict::kFromChanged;
    compared.verified.message = "it changed while it was copied";
  } else if (!SameNamesAndSizes(sent, received)) {
    compared.verified.message =
        fmt::format("{} files were sent, {} arrived, or their sizes differ", sent.size(), received.size());
  } else {
    compared.files = std::move(sent);
    compared.open = true;
  }
  return compared;
}

// Digests of the contents of many partitions at one side, in their order.
Result<std::vector<std::string>> DigestContents(Storage& storage, const std::vector<Compared*>& partitions,
                                                std::string PartitionCopy::*location) {
  std::vector<FileName> names;
  for (const Compared* each : partitions) {
    for (const FileStatus& file : each->files)
      names.push_back({each->verified.partition.*location, file.path});
  }
  GODWIT_TRY_ASSIGN(const std::vector<std::string> digests, storage.DigestEach(names));
  std::vector<std::string> contents;
  auto digest = digests.begin();
  for (const Compared* each : partitions) {
    StreamHash hash;
    for (const FileStatus& file : each->files) hash.Add(file.path + "|" + *digest++ + "\n");
    contents.push_back(Hex64(hash.Finish()));
  }
  return contents;
}

Status CompareContents(const std::vector<Compared*>& partitions, Site& from, Site& to) {
  GODWIT_TRY_ASSIGN(const auto sent, DigestContents(from.storage, partitions, &PartitionCopy::from));
  GODWIT_TRY_ASSIGN(const auto received, DigestContents(to.storage, partitions, &PartitionCopy::to));
  // The files may have been replaced while their bytes were read.
  std::vector<std::string> locations;
  for (const Compared* each : partitions) locations.push_back(each->verified.partition.from);
  GODWIT_TRY_ASSIGN(const std::vector<Files> after, from.storage.ListEach(locations));
  for (size_t i = 0; i < partitions.size(); ++i) {
    VerifiedPartition& verified = partitions[i]->verified;
    if (FingerprintOf(after[i]) != verified.partition.from_fingerprint) {
      verified.verdict = CopyVerdict::kFromChanged;
      verified.message = "it changed while it was verified";
    } else if (sent[i] == received[i]) {
      verified.verdict = CopyVerdict::kEqual;
      verified.partition.content = received[i];
    } else {
      verified.message = "the bytes differ";
    }
  }
  return Ok();
}

// All at once: a site that is far away has many calls under way.
Result<std::vector<VerifiedPartition>> Verify(std::span<const PartitionCopy> partitions, Site& from,
                                              Site& to) {
  std::vector<std::string> from_locations, to_locations;
  for (const PartitionCopy& partition : partitions) {
    from_locations.push_back(partition.from);
    to_locations.push_back(partition.to);
  }
  GODWIT_TRY_ASSIGN(const std::vector<Files> received, to.storage.ListEach(to_locations));
  GODWIT_TRY_ASSIGN(std::vector<Files> sent, from.storage.ListEach(from_locations));
  std::vector<Compared> compared;
  for (size_t i = 0; i < partitions.size(); ++i)
    compared.push_back(CompareListings(partitions[i], std::move(sent[i]), received[i]));
  std::vector<Compared*> open;
  for (Compared& each : compared) {
    if (each.open) open.push_back(&each);
  }
  if (!open.empty()) GODWIT_TRY(CompareContents(open, from, to));
  std::vector<VerifiedPartition> verified;
  for (Compared& each : compared) verified.push_back(std::move(each.verified));
  return verified;
}

// A file that vanished between listing and reading spoils the batch; then each partition is looked at alone.
Result<std::vector<VerifiedPartition>> VerifyEach(const std::vector<PartitionCopy>& partitions, Site& from,
                                                  Site& to) {
  std::vector<VerifiedPartition> verified;
  for (const PartitionCopy& partition : partitions) {
    Result<std::vector<VerifiedPartition>> one = Verify({&partition, 1}, from, to);
    if (one.ok()) {
      verified.push_back(std::move(one->front()));
    } else if (one.error().code == ErrorCode::kConflict) {
      verified.push_back({CopyVerdict::kFromChanged, partition, one.error().message});
    } else {
      return one.error();
    }
  }
  return verified;
}

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
    Site &sender = world.At(from), &receiver = world.At(Other(from));
    Result<std::vector<VerifiedPartition>> verified = Verify(q.partitions, sender, receiver);
    if (!verified.ok() && verified.error().code == ErrorCode::kConflict)
      verified = VerifyEach(q.partitions, sender, receiver);
    if (!verified.ok()) return verified.error();
    return Answer(*std::move(verified));
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
