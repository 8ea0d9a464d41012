// executor/action.h — everything that the executor may do to the world. Each action is one idempotent effect
// on one resource; its arguments, tokens included, are fixed when its intent is written and never computed
// again.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

#include "executor/ports/site.h"

namespace godwit::executor {

// One partition on its way: which state of it was copied, and what stands at the receiving side.
struct PartitionCopy {
  std::string name;
  std::string from;              // location at the sending side
  std::string to;                // location at the receiving side, of this operation alone
  std::string from_fingerprint;  // of the sending side's listing when the copy was ordered
  std::string to_fingerprint;    // of the receiving side's listing after verification; "" before
  std::string content;           // what was compared, see verify.h; "" before verification
  int64_t bytes = 0;
  int64_t files = 0;
  Parameters parameters;    // of the partition
  Parameters storage = {};  // where it is stored unlike its table

  auto operator<=>(const PartitionCopy&) const = default;
};

struct CreateDatabase {
  Side side;
  DatabaseMeta database;
};
struct CreateTable {
  Side side;
  TableMeta table;
};
struct AlterTable {
  Side side;
  TableMeta table;
  Token token = 0;
};
struct StartCopy {
  TableName table;
  Direction direction;
  std::string tag;
  std::vector<PartitionCopy> partitions;
  int64_t bytes_per_second_max = 0;
};
struct Publish {
  Side side;
  TableName table;
  Token token = 0;
  std::vector<PartitionCopy> partitions;
  std::vector<std::string> dropped;
  Parameters parameters;
};
struct SetBarrier {
  Side side;
  TableName table;
  Party party;
  bool closed;
  Token token = 0;
};
struct SetPaused {
  Side side;
  std::string job;
  bool paused;
  Token token = 0;
};
struct SetGuard {
  Side side;
  std::string job;
  bool closed;
  Token token = 0;
};
struct SetCursor {
  Side side;
  std::string job;
  std::string was;  // where it was seen to stand
  std::string cursor;
  Token token = 0;
};
struct SetRoute {
  Side side;
  TableName table;
  Route route;
};
struct CancelCopy {
  std::string tag;
};

using Action = std::variant<CreateDatabase, CreateTable, AlterTable, StartCopy, Publish, SetBarrier,
                            SetPaused, SetGuard, SetCursor, SetRoute, CancelCopy>;

// "set_barrier": as in the journal.
const char* ActionName(const Action& action);
// One line for people: "pause etl_orders at source (token 4)".
std::string Describe(const Action& action);
// What the action changes. At most one action on a resource is under way at a time.
std::string ResourceOf(const Action& action);

nlohmann::json ToJson(const Action& action);
// Errors: kCorrupt — not an action of this version.
Result<Action> ActionFromJson(const nlohmann::json& json);

nlohmann::json ToJson(const PartitionCopy& partition);
Result<PartitionCopy> PartitionCopyFromJson(const nlohmann::json& json);

// The effect. `op` marks what it makes. Errors as the port's.
Result<Effect> Perform(const Action& action, const std::string& op, World& world);

// Looks whether the effect of an action whose outcome is unknown is there, without changing anything.
enum class Sighting : uint8_t {
  kDone,
  kNotDone,
  kOvertaken
};  // overtaken: a later token or another owner stands there
Result<Sighting> LookUp(const Action& action, const std::string& op, World& world);

}  // namespace godwit::executor
