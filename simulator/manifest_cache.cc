#include "simulator/manifest_cache.h"

#include <algorithm>

namespace godwit::simulator {

using executor::Manifest;
using executor::PartitionState;
using executor::Side;
using executor::TableName;

Result<Manifest> ManifestCache::Read(Side side, const TableName& table) {
  auto& kept = kept_[static_cast<size_t>(side)];
  const auto found = kept.find(table);
  if (found != kept.end()) {
    GODWIT_TRY(Renew(side, table, found->second));
    if (found->second.manifest.files_open_for_write == 0) return found->second.manifest;
    kept.erase(found);
  }
  executor::Site site = world_.At(side).ports();
  GODWIT_TRY_ASSIGN(Manifest manifest, executor::ReadManifest(site, table));
  if (manifest.files_open_for_write == 0) kept[table] = {manifest, {}};
  return manifest;
}

void ManifestCache::Touch(Side side, const TableName& table, const std::string& partition) {
  auto& kept = kept_[static_cast<size_t>(side)];
  const auto found = kept.find(table);
  if (found != kept.end()) found->second.touched.insert(partition);
}

// Parameters are the whole table's: they are always read.
Status ManifestCache::Renew(Side side, const TableName& table, Kept& kept) {
  executor::Site site = world_.At(side).ports();
  const executor::TableMeta* meta = world_.At(side).catalog.Find(table);
  if (meta == nullptr) return InvalidInput("table " + table.Text() + " does not exist");
  kept.manifest.parameters = executor::TravellingParameters(meta->parameters);
  std::vector<PartitionState>& partitions = kept.manifest.partitions;
  for (const std::string& name : std::exchange(kept.touched, {})) {
    auto place = std::ranges::lower_bound(partitions, name, {}, &PartitionState::name);
    if (place != partitions.end() && place->name == name) place = partitions.erase(place);
    GODWIT_TRY_ASSIGN(std::optional<executor::PartitionMeta> there, site.catalog.GetPartition(table, name));
    if (!there) continue;
    Manifest one;
    GODWIT_TRY(executor::AddPartitions(site, {*std::move(there)}, one));
    kept.manifest.files_open_for_write += one.files_open_for_write;
    partitions.insert(place, std::move(one.partitions.front()));
  }
  return Ok();
}

}  // namespace godwit::simulator
