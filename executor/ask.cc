#include <fmt/format.h>

#include "base/hash.h"
#include "executor/observation.h"

namespace godwit::executor {
namespace {

constexpr size_t kDifferingRowsMax = 20;

// Content of one partition at both ends of a copy. The receiving side may hold no file that the sending one
// has not.
struct ContentDigest {
  std::string from, to;
};

Result<std::string> DigestAt(Storage& storage, const std::string& location,
                             const std::vector<FileStatus>& files) {
  std::vector<FileName> names;
  for (const FileStatus& file : files) names.push_back({location, file.path});
  GODWIT_TRY_ASSIGN(const std::vector<std::string> digests, storage.DigestEach(names));
  StreamHash hash;
  for (size_t i = 0; i < names.size(); ++i) hash.Add(names[i].path + "|" + digests[i] + "\n");
  return Hex64(hash.Finish());
}

Result<ContentDigest> DigestContent(const std::vector<FileStatus>& files, const PartitionCopy& partition,
                                    Site& from, Site& to) {
  GODWIT_TRY_ASSIGN(std::string from_digest, DigestAt(from.storage, partition.from, files));
  GODWIT_TRY_ASSIGN(std::string to_digest, DigestAt(to.storage, partition.to, files));
  return ContentDigest{std::move(from_digest), std::move(to_digest)};
}

bool SameNamesAndSizes(const std::vector<FileStatus>& a, const std::vector<FileStatus>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const FileStatus& x, const FileStatus& y) {
    return x.path == y.path && x.bytes == y.bytes;
  });
}

Result<VerifiedPartition> Verify(const PartitionCopy& partition, Site& from, Site& to) {
  VerifiedPartition verified{CopyVerdict::kDiffers, partition, ""};
  GODWIT_TRY_ASSIGN(const std::vector<FileStatus> received, to.storage.ListFiles(partition.to));
  GODWIT_TRY_ASSIGN(const std::vector<FileStatus> sent, from.storage.ListFiles(partition.from));
  verified.partition.to_fingerprint = FingerprintOf(received);
  if (FingerprintOf(sent) != partition.from_fingerprint) {
    verified.verdict = CopyVerdict::kFromChanged;
    verified.message = "it changed while it was copied";
    return verified;
  }
  if (!SameNamesAndSizes(sent, received)) {
    verified.message =
        fmt::format("{} files were sent, {} arrived, or their sizes differ", sent.size(), received.size());
    return verified;
  }
  Result<ContentDigest> content = DigestContent(sent, partition, from, to);
  if (!content.ok()) return content.error();
  // The files may have been replaced while their bytes were read.
  GODWIT_TRY_ASSIGN(const std::vector<FileStatus> sent_after, from.storage.ListFiles(partition.from));
  if (FingerprintOf(sent_after) != partition.from_fingerprint) {
    verified.verdict = CopyVerdict::kFromChanged;
    verified.message = "it changed while it was verified";
  } else if (content->from == content->to) {
    verified.verdict = CopyVerdict::kEqual;
    verified.partition.content = content->to;
  } else {
    verified.message = "the bytes differ";
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
    std::vector<VerifiedPartition> verified;
    for (const PartitionCopy& partition : q.partitions) {
      Result<VerifiedPartition> one = Verify(partition, world.At(from), world.At(Other(from)));
      if (one.ok()) {
        verified.push_back(*std::move(one));
      } else if (one.error().code == ErrorCode::kConflict) {
        // A file that vanished between listing and reading.
        verified.push_back({CopyVerdict::kFromChanged, partition, one.error().message});
      } else {
        return one.error();
      }
    }
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

Result<Answer> Ask(const Question& question, World& world) { return std::visit(Asker{world}, question); }

}  // namespace godwit::executor
