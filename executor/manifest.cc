#include "executor/manifest.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace godwit::executor {
namespace {

constexpr size_t kPartitionPage = 1000;

Result<PartitionState> ReadPartition(Site& site, PartitionMeta partition, int64_t& open_files) {
  GODWIT_TRY_ASSIGN(const std::vector<FileStatus> files, site.storage.ListFiles(partition.location));
  PartitionState state{std::move(partition.name),
                       std::move(partition.location),
                       std::move(partition.parameters),
                       FingerprintOf(files),
                       0,
                       static_cast<int64_t>(files.size())};
  for (const FileStatus& file : files) {
    state.bytes += file.bytes;
    open_files += file.open_for_write ? 1 : 0;
  }
  return state;
}

}  // namespace

std::string FingerprintOf(const std::vector<FileStatus>& files) {
  StreamHash hash;
  for (const FileStatus& file : files) {
    hash.Add(fmt::format("{}:{}|{}|{}|{}\n", file.path.size(), file.path, file.bytes, file.modified_ms,
                         file.identity));
  }
  return Hex64(hash.Finish());
}

std::string Manifest::Digest() const {
  StreamHash hash;
  for (const PartitionState& partition : partitions) {
    hash.Add(fmt::format("{}:{}|{}:{}|{}\n", partition.name.size(), partition.name, partition.location.size(),
                         partition.location, partition.fingerprint));
  }
  return Hex64(hash.Finish());
}

int64_t Manifest::Bytes() const {
  int64_t bytes = 0;
  for (const PartitionState& partition : partitions) bytes += partition.bytes;
  return bytes;
}

Result<Manifest> ReadManifest(Site& site, const TableName& table) {
  GODWIT_TRY_ASSIGN(const std::optional<TableMeta> meta, site.catalog.GetTable(table));
  if (!meta) return InvalidInput("table " + table.Text() + " does not exist");
  Manifest manifest;
  manifest.parameters = TravellingParameters(meta->parameters);
  if (meta->kind == TableKind::kView) return manifest;
  std::string after;
  for (bool first = true;; first = false) {
    GODWIT_TRY_ASSIGN(std::vector<PartitionMeta> page,
                      site.catalog.ListPartitions(table, after, kPartitionPage));
    // A plain table has one partition, named "", which is not greater than any `after`.
    if (page.empty() || (!first && page.back().name <= after)) return manifest;
    for (PartitionMeta& partition : page) {
      GODWIT_TRY_ASSIGN(PartitionState state,
                        ReadPartition(site, std::move(partition), manifest.files_open_for_write));
      manifest.partitions.push_back(std::move(state));
    }
    if (page.size() < kPartitionPage || meta->partition_keys.empty()) return manifest;
    after = manifest.partitions.back().name;
  }
}

Parameters TravellingParameters(const Parameters& parameters) {
  Parameters kept;
  for (const auto& [key, value] : parameters) {
    if (!key.starts_with("godwit.") && key != "transient_lastDdlTime" && key != "last_modified_time" &&
        key != "last_modified_by") {
      kept[key] = value;
    }
  }
  return kept;
}

}  // namespace godwit::executor
