// executor/manifest.h — what a table holds, without reading its rows: partitions, their places, and
// fingerprints of their file listings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "executor/ports/site.h"

namespace godwit::executor {

struct PartitionState {
  std::string name;
  std::string location;
  Parameters parameters;
  Parameters storage = {};  // where it is stored unlike its table
  std::string fingerprint;  // of names, sizes, times and identities of the files; not of their content
  int64_t bytes = 0;
  int64_t files = 0;
};

struct Manifest {
  Parameters parameters;  // of the table, read before its partitions: they promise no more than follows
  std::vector<PartitionState> partitions;  // by name
  int64_t files_open_for_write = 0;

  // One text for all of it: equal manifests have equal digests.
  std::string Digest() const;
  int64_t Bytes() const;
};

// Null if it has none of this name. O(log partitions).
const PartitionState* FindPartition(const Manifest& manifest, const std::string& name);

// 16 hexadecimal digits over a listing in path order.
std::string FingerprintOf(const std::vector<FileStatus>& files);

// Not atomic: whoever needs certainty reads again while writers are denied.
// Errors: kInvalidInput if the table does not exist.
Result<Manifest> ReadManifest(Site& site, const TableName& table);

// Adds what stands in these partitions, in their order; their files are listed in one call of the storage.
Status AddPartitions(Site& site, std::vector<PartitionMeta> partitions, Manifest& manifest);

// The table parameters that travel with the data: all but godwit's own and those that only mean the
// metastore's time.
Parameters TravellingParameters(const Parameters& parameters);

}  // namespace godwit::executor
