// tests/e2e/real/hadoop_world.h — two real Hadoop sites filled as a conformance test asks; their scheduler is
// a local one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/hadoop_site.h"
#include "tests/conformance/conformance.h"
#include "tests/executor/local/local_world.h"

namespace godwit::executor {

class HadoopWorld : public conformance::TestWorld {
 public:
  explicit HadoopWorld(const conformance::GivenWorld& given);

  World& world() override { return *world_; }
  std::string AttemptLocation(Side side, const TableName& table, const std::string& attempt,
                              const std::string& partition) override;
  void WriteFile(Side side, const std::string& location, const std::string& path,
                 const std::string& bytes) override;
  void RemoveFile(Side side, const std::string& location, const std::string& path) override;
  std::string ReadFile(Side side, const std::string& location, const std::string& path) override;
  void BeginRun(Side side, const std::string& job, const std::string& due) override {
    jobs_.BeginRun(side, job, due);
  }
  void EndRun(Side side, const std::string& job, RunState state) override { jobs_.EndRun(side, job, state); }
  void LetTimePass() override { jobs_.LetTimePass(); }

 private:
  class NoNotifier : public Notifier {
   public:
    Result<Effect> Send(const Notice&) override { return Effect::kDone; }
  };

  HadoopSite& At(Side side) { return side == Side::kSource ? *source_ : *target_; }
  std::string FilePath(Side side, const std::string& location, const std::string& path);
  void Empty(Side side);
  void AddTable(Side side, const conformance::GivenTable& given);

  std::unique_ptr<HadoopSite> source_, target_;
  std::unique_ptr<DistcpCopier> copier_;
  std::unique_ptr<RowComparer> comparer_;
  local::LocalWorld jobs_;
  NoNotifier notifier_;
  std::unique_ptr<World> world_;
};

}  // namespace godwit::executor
