// executor/ports/copier.h — moves files between the two sites. A copy is a long piece of work with a tag:
// submitting a tag twice starts it once, and whoever knows the tag can find it again after a crash.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "executor/ports/effect.h"

namespace godwit::executor {

enum class Direction : uint8_t { kToTarget, kToSource };

struct CopyItem {
  std::string from;  // location at the sending site
  std::string to;    // location at the receiving site: of this tag alone, nothing else writes there

  auto operator<=>(const CopyItem&) const = default;
};

struct CopyRequest {
  std::string tag;  // "godwit:<unit>:<generation>:<operation>"
  Direction direction = Direction::kToTarget;
  std::vector<CopyItem> items;
  int64_t bytes_per_second_max = 0;  // 0: no limit
  int64_t bytes = 0;                 // about; 0: not known
};

enum class CopyState : uint8_t { kAbsent, kRunning, kSucceeded, kFailed, kCancelled };

struct CopyStatus {
  CopyState state = CopyState::kAbsent;
  int64_t bytes_copied = 0;
  std::string message;  // why it failed
};

class Copier {
 public:
  virtual ~Copier() = default;
  virtual Result<Effect> Submit(const CopyRequest& request) = 0;
  virtual Result<CopyStatus> Poll(const std::string& tag) = 0;
  // Nothing of this tag writes any more once this returns. A tag that never ran is fine: kAlready.
  virtual Result<Effect> Cancel(const std::string& tag) = 0;
  // Tags of running copies that begin with `prefix`, sorted.
  virtual Result<std::vector<std::string>> Running(const std::string& prefix) = 0;
};

}  // namespace godwit::executor
