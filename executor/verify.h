// executor/verify.h — whether a copy is what it was copied from: listings first, then contents.
#pragma once

#include <vector>

#include "executor/observation.h"

namespace godwit::executor {

// Compares both ends of each partition's copy: names and sizes of all files, then the contents of those that
// `how` chooses, by stored checksums where they are equal and by bytes elsewhere. A partition that changed
// while it was copied or verified is told from one whose copy went wrong. `content` of an equal one is
// "COMPARED/FILES HASH". Cost: two listings of each end; reads the bytes of files whose checksums do not
// tell. Errors: kUnavailable.
Result<std::vector<VerifiedPartition>> Verify(const std::vector<PartitionCopy>& partitions, Storage& from,
                                              Storage& to, const Verification& how);

}  // namespace godwit::executor
