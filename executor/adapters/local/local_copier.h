// executor/adapters/local/local_copier.h — copies between two local sites, each in a process of its own that
// survives this one and is found again by its tag (docs/local_site.md, A copy).
#pragma once

#include <string>
#include <vector>

#include "executor/adapters/local/copy_folder.h"
#include "executor/ports/copier.h"

namespace godwit::executor::local {

class LocalCopier : public Copier {
 public:
  // The sites' folders; `program` is godwit, which is started as `PROGRAM local copy SITE TAG`. Threads: any.
  LocalCopier(std::string source_root, std::string target_root, std::string program)
      : source_root_(std::move(source_root)),
        target_root_(std::move(target_root)),
        program_(std::move(program)) {}

  // Errors: kInvalidInput for a destination that is not below kAttemptFolder; kConflict if the tag stands for
  // another request, or was cancelled before it began.
  Result<Effect> Submit(const CopyRequest& request) override;
  Result<CopyStatus> Poll(const std::string& tag) override;
  Result<Effect> Cancel(const std::string& tag) override;
  Result<std::vector<std::string>> Running(const std::string& prefix) override;

 private:
  const std::string& RootOf(Direction direction) const {
    return direction == Direction::kToTarget ? target_root_ : source_root_;
  }

  std::string source_root_;
  std::string target_root_;
  std::string program_;
};

}  // namespace godwit::executor::local
