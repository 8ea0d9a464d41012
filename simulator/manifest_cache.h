// simulator/manifest_cache.h — manifests of simulated tables, read anew only where something was written.
#pragma once

#include <array>
#include <set>
#include <string>
#include <unordered_map>

#include "executor/adapters/sim/sim_site.h"
#include "executor/manifest.h"

namespace godwit::simulator {

// Right as long as it is told of every write and publication; what is read while a file is open is not kept.
class ManifestCache {
 public:
  explicit ManifestCache(executor::sim::SimWorld& world) : world_(world) {}

  // As executor::ReadManifest. Cost: O(partitions) to copy, and a listing of each that was touched since.
  Result<executor::Manifest> Read(executor::Side side, const executor::TableName& table);
  // The partition was written, or is another one now, or gone.
  void Touch(executor::Side side, const executor::TableName& table, const std::string& partition);

 private:
  struct Kept {
    executor::Manifest manifest;
    std::set<std::string> touched;
  };
  Status Renew(executor::Side side, const executor::TableName& table, Kept& kept);

  executor::sim::SimWorld& world_;
  std::array<std::unordered_map<executor::TableName, Kept, executor::sim::NameHash>, 2> kept_;  // by side
};

}  // namespace godwit::simulator
