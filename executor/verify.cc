#include "executor/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/hash.h"

namespace godwit::executor {
namespace {

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
  Files chosen;       // whose contents are compared
  bool open = false;  // only the contents can tell
};

Compared CompareListings(const PartitionCopy& partition, Files sent, const Files& received) {
  Compared compared{{CopyVerdict::kDiffers, partition, ""}, {}, {}, false};
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

// By a hash of the file's name and of the copy's place, which is another one in each attempt.
void ChooseFiles(const std::vector<Compared*>& partitions, double share) {
  constexpr double kHashes = 18446744073709551616.0;  // 2^64
  Compared* first = nullptr;
  bool any = false;
  for (Compared* each : partitions) {
    const uint64_t attempt = Hash64(each->verified.partition.to);
    for (const FileStatus& file : each->files) {
      if (static_cast<double>(Hash64(file.path, attempt)) < share * kHashes) each->chosen.push_back(file);
    }
    if (first == nullptr && !each->files.empty()) first = each;
    any = any || !each->chosen.empty();
  }
  if (!any && first != nullptr) first->chosen.push_back(first->files.front());
}

std::vector<FileName> ChosenAt(const std::vector<Compared*>& partitions,
                               std::string PartitionCopy::*location) {
  std::vector<FileName> names;
  for (const Compared* each : partitions) {
    for (const FileStatus& file : each->chosen)
      names.push_back({each->verified.partition.*location, file.path});
  }
  return names;
}

// What tells the contents of one file at both ends.
struct Contents {
  std::vector<std::string> sent, received;
};

// Of the chosen files of all partitions, in their order.
Result<Contents> ReadContents(const std::vector<Compared*>& partitions, Storage& from, Storage& to,
                              bool by_bytes) {
  const std::vector<FileName> sent = ChosenAt(partitions, &PartitionCopy::from);
  const std::vector<FileName> received = ChosenAt(partitions, &PartitionCopy::to);
  Contents contents{std::vector<std::string>(sent.size()), std::vector<std::string>(sent.size())};
  if (!by_bytes) {
    GODWIT_TRY_ASSIGN(contents.sent, from.StoredChecksumEach(sent));
    GODWIT_TRY_ASSIGN(contents.received, to.StoredChecksumEach(received));
  }
  std::vector<size_t> open;
  std::vector<FileName> open_sent, open_received;
  for (size_t i = 0; i < sent.size(); ++i) {
    if (!contents.sent[i].empty() && contents.sent[i] == contents.received[i]) continue;
    open.push_back(i);
    open_sent.push_back(sent[i]);
    open_received.push_back(received[i]);
  }
  GODWIT_TRY_ASSIGN(const auto read_sent, from.DigestEach(open_sent));
  GODWIT_TRY_ASSIGN(const auto read_received, to.DigestEach(open_received));
  for (size_t i = 0; i < open.size(); ++i) {
    contents.sent[open[i]] = read_sent[i];
    contents.received[open[i]] = read_received[i];
  }
  return contents;
}

// Of the partition whose chosen files begin at `begin` of `texts`.
std::string ContentOf(const Compared& partition, const std::vector<std::string>& texts, size_t begin) {
  StreamHash hash;
  for (size_t i = 0; i < partition.chosen.size(); ++i)
    hash.Add(partition.chosen[i].path + "|" + texts[begin + i] + "\n");
  return fmt::format("{}/{} {}", partition.chosen.size(), partition.files.size(), Hex64(hash.Finish()));
}

Status CompareContents(const std::vector<Compared*>& partitions, Storage& from, Storage& to,
                       const Verification& how) {
  ChooseFiles(partitions, how.share);
  GODWIT_TRY_ASSIGN(const Contents contents, ReadContents(partitions, from, to, how.by_bytes));
  // The files may have been replaced while their bytes were read.
  std::vector<std::string> locations;
  for (const Compared* each : partitions) locations.push_back(each->verified.partition.from);
  GODWIT_TRY_ASSIGN(const std::vector<Files> after, from.ListEach(locations));
  size_t begin = 0;
  for (size_t i = 0; i < partitions.size(); begin += partitions[i++]->chosen.size()) {
    VerifiedPartition& verified = partitions[i]->verified;
    const std::string content = ContentOf(*partitions[i], contents.sent, begin);
    if (FingerprintOf(after[i]) != verified.partition.from_fingerprint) {
      verified.verdict = CopyVerdict::kFromChanged;
      verified.message = "it changed while it was verified";
    } else if (content == ContentOf(*partitions[i], contents.received, begin)) {
      verified.verdict = CopyVerdict::kEqual;
      verified.partition.content = content;
    } else {
      verified.message = "the bytes differ";
    }
  }
  return Ok();
}

// All at once: a site that is far away has many calls under way.
Result<std::vector<VerifiedPartition>> VerifyTogether(std::span<const PartitionCopy> partitions,
                                                      Storage& from, Storage& to, const Verification& how) {
  std::vector<std::string> from_locations, to_locations;
  for (const PartitionCopy& partition : partitions) {
    from_locations.push_back(partition.from);
    to_locations.push_back(partition.to);
  }
  GODWIT_TRY_ASSIGN(const std::vector<Files> received, to.ListEach(to_locations));
  GODWIT_TRY_ASSIGN(std::vector<Files> sent, from.ListEach(from_locations));
  std::vector<Compared> compared;
  for (size_t i = 0; i < partitions.size(); ++i)
    compared.push_back(CompareListings(partitions[i], std::move(sent[i]), received[i]));
  std::vector<Compared*> open;
  for (Compared& each : compared) {
    if (each.open) open.push_back(&each);
  }
  if (!open.empty()) GODWIT_TRY(CompareContents(open, from, to, how));
  std::vector<VerifiedPartition> verified;
  for (Compared& each : compared) verified.push_back(std::move(each.verified));
  return verified;
}

}  // namespace

Result<std::vector<VerifiedPartition>> Verify(const std::vector<PartitionCopy>& partitions, Storage& from,
                                              Storage& to, const Verification& how) {
  auto together = VerifyTogether(partitions, from, to, how);
  if (together.ok() || together.error().code != ErrorCode::kConflict) return together;
  // A file that vanished between listing and reading spoils the batch; then each partition is looked at
  // alone.
  std::vector<VerifiedPartition> verified;
  for (const PartitionCopy& partition : partitions) {
    auto alone = VerifyTogether({&partition, 1}, from, to, how);
    if (alone.ok()) {
      verified.push_back(std::move(alone->front()));
    } else if (alone.error().code == ErrorCode::kConflict) {
      verified.push_back({CopyVerdict::kFromChanged, partition, alone.error().message});
    } else {
      return alone.error();
    }
  }
  return verified;
}

}  // namespace godwit::executor
