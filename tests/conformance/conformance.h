// tests/conformance/conformance.h — one suite over the ports that every kind of site passes.
//
// A kind joins by making fresh worlds: it implements TestWorld and adds, in one of its own files linked with
// the suite,
//
//     INSTANTIATE_TEST_SUITE_P(Local, Conformance, testing::Values(Kind{"local", MakeLocalWorld, {}}));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "executor/ports/site.h"

namespace godwit::executor::conformance {

struct GivenFile {
  std::string path;   // relative to the partition's location
  std::string bytes;  // lines of comma-separated values: each line is a row, where an engine looks at rows
};

struct GivenPartition {
  std::string name;  // "" for a plain table
  std::vector<GivenFile> files;
};

// A managed table; its database is made with it. It has columns `id bigint, word string`.
struct GivenTable {
  std::string name;                         // "db.table"
  std::vector<std::string> partition_keys;  // of type string
  std::vector<GivenPartition> partitions;
  Parameters parameters;
};

struct GivenJob {
  std::string name;
  std::string cursor;
  bool paused = false;
};

struct GivenSite {
  std::vector<GivenTable> tables;
  std::vector<GivenJob> jobs;
};

struct GivenWorld {
  GivenSite source;
  GivenSite target;
};

// A fresh world and what its other inhabitants can do there. Whatever a test did not ask for does not happen.
class TestWorld {
 public:
  virtual ~TestWorld() = default;
  virtual World& world() = 0;

  // The location a copy of this attempt should land at, "" for a plain table's partition.
  virtual std::string AttemptLocation(Side side, const TableName& table, const std::string& attempt,
                                      const std::string& partition) = 0;
  // Somebody writes, replaces or removes a data file, past every barrier.
  virtual void WriteFile(Side side, const std::string& location, const std::string& path,
                         const std::string& bytes) = 0;
  virtual void RemoveFile(Side side, const std::string& location, const std::string& path) = 0;
  virtual std::string ReadFile(Side side, const std::string& location, const std::string& path) = 0;
  // A run of a job begins, or the one that goes on ends so.
  virtual void BeginRun(Side side, const std::string& job, const std::string& due) = 0;
  virtual void EndRun(Side side, const std::string& job, RunState state) = 0;
  // Some time passes, at most a second of it.
  virtual void LetTimePass() = 0;
};

// What a kind cannot do, by nature of its servers; each is a gap that its adapter's documentation explains.
struct Lacks {
  bool fenced_pause = false;  // the scheduler keeps no token
  bool copy_rate = false;     // bytes_per_second_max is only a wish
  bool cursor = false;        // SetCursor
  bool rows = false;          // no query engine at hand
};

struct Kind {
  std::string name;
  std::function<std::unique_ptr<TestWorld>(const GivenWorld&)> make;
  Lacks lacks;
};

inline void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class Conformance : public testing::TestWithParam<Kind> {
 protected:
  void Make(const GivenWorld& given) {
    test_world_ = GetParam().make(given);
    ASSERT_NE(test_world_, nullptr);
  }
  World& world() { return test_world_->world(); }
  TestWorld& outside() { return *test_world_; }
  const Lacks& lacks() { return GetParam().lacks; }
  Catalog& source_catalog() { return world().source.catalog; }
  Catalog& target_catalog() { return world().target.catalog; }

  // The partition's location at a site; fails the test if it is not there.
  std::string LocationOf(Side side, const TableName& table, const std::string& partition);
  // Polls until the copy is over.
  CopyStatus AwaitCopy(const std::string& tag);

 private:
  std::unique_ptr<TestWorld> test_world_;
};

// A result's value; the test stops with the error's message if there is none.
#define GODWIT_ASSERT_OK(declaration, expression) \
  GODWIT_ASSERT_OK_(GODWIT_CONCAT(ok_, __LINE__), declaration, expression)
#define GODWIT_ASSERT_OK_(result, declaration, expression) \
  auto result = (expression);                              \
  ASSERT_TRUE(result.ok()) << result.error().message;      \
  declaration = *std::move(result)

// The call changed something; it changed nothing since it was so already; it was refused with this code.
#define EXPECT_EFFECT(effect, expression)                            \
  do {                                                               \
    const auto effect_ = (expression);                               \
    ASSERT_TRUE(effect_.ok()) << effect_.error().message;            \
    EXPECT_EQ(static_cast<int>(*effect_), static_cast<int>(effect)); \
  } while (false)
#define EXPECT_REFUSED(error_code, expression)                                           \
  do {                                                                                   \
    const auto refused_ = (expression);                                                  \
    ASSERT_FALSE(refused_.ok());                                                         \
    EXPECT_EQ(refused_.error().code, ErrorCode::error_code) << refused_.error().message; \
  } while (false)

}  // namespace godwit::executor::conformance
