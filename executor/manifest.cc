#include "executor/manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"

namespace godwit::executor {
namespace {

constexpr size_t kPartitionPage = 1000;

}  // namespace

const PartitionState* FindPartition(const Manifest& manifest, const std::string& name) {
  const auto found = std::lower_bound(
      manifest.partitions.begin(), manifest.partitions.end(), name,
      [](const PartitionState& partition, const std::string& n) { return partition.name < n; });
  return found != manifest.partitions.end() && found->name == name ? &*found : nullptr;
}

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

Status AddPartitions(Site& site, std::vector<PartitionMeta> partitions, Manifest& manifest) {
  std::vector<std::string> locations;
  for (const PartitionMeta& partition : partitions) locations.push_back(partition.location);
  GODWIT_TRY_ASSIGN(const std::vector<std::vector<FileStatus>> listings, site.storage.ListEach(locations));
  for (size_t i = 0; i < partitions.size(); ++i) {
    PartitionMeta& meta = partitions[i];
    PartitionState state{std::move(meta.name),
                         std::move(meta.location),
                         std::move(meta.parameters),
                         std::move(meta.storage),
                         FingerprintOf(listings[i]),
                         0,
                         static_cast<int64_t>(listings[i].size())};
    for (const FileStatus& file : listings[i]) {
      state.bytes += file.bytes;
      manifest.files_open_for_write += file.open_for_write ? 1 : 0;
    }
    manifest.partitions.push_back(std::move(state));
  }
  return Ok();
}

Result<Manifest> ReadManifest(Site& site, const TableName& table) {
  GODWIT_TRY_ASSIGN(const std::optional<TableMeta> meta, site.catalog.GetTable(table));
  if (!meta) return InvalidInput("table " + table.Text() + " does not exist");
  Manifest manifest;
  manifest.parameters = TravellingParameters(meta->parameters);
  if (meta->kind == TableKind::kView) return manifest;
  for (std::string after;;) {
    GODWIT_TRY_ASSIGN(std::vector<PartitionMeta> page,
                      site.catalog.ListPartitions(table, after, kPartitionPage));
    const bool last = page.size() < kPartitionPage || meta->partition_keys.empty();
    GODWIT_TRY(AddPartitions(site, std::move(page), manifest));
    if (last) return manifest;
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
