// tests/executor/local/local_world.h — two fresh local sites in a temporary folder, filled as a test asks.
#pragma once

#include <memory>
#include <string>

#include "executor/adapters/local/local_site.h"
#include "tests/conformance/conformance.h"

namespace godwit::executor::local {

// The engine's folder and interpreter of this source tree, for the settings 'engine' and 'python'.
extern const char kTestEngine[];
extern const char kTestPython[];
extern const char kGodwitProgram[];

// A folder that goes with its object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class LocalWorld : public conformance::TestWorld {
 public:
  explicit LocalWorld(const conformance::GivenWorld& given);

  World& world() override { return *world_; }
  std::string AttemptLocation(Side side, const TableName& table, const std::string& attempt,
                              const std::string& partition) override;
  void WriteFile(Side side, const std::string& location, const std::string& path,
                 const std::string& bytes) override;
  void RemoveFile(Side side, const std::string& location, const std::string& path) override;
  std::string ReadFile(Side side, const std::string& location, const std::string& path) override;
  void BeginRun(Side side, const std::string& job, const std::string& due) override;
  void EndRun(Side side, const std::string& job, RunState state) override;
  void LetTimePass() override;

  LocalSite& At(Side side) { return side == Side::kSource ? *source_ : *target_; }
  SiteDb& Db(Side side) { return *At(side).db(); }

 private:
  class NoNotifier : public Notifier {
   public:
    Result<Effect> Send(const Notice&) override { return Effect::kDone; }
  };

  void Fill(Side side, const conformance::GivenSite& given);
  void AddTable(Side side, const conformance::GivenTable& given);

  TemporaryFolder folder_;
  std::unique_ptr<LocalSite> source_;
  std::unique_ptr<LocalSite> target_;
  LocalPair pair_;
  NoNotifier notifier_;
  std::unique_ptr<World> world_;
};

}  // namespace godwit::executor::local
