// executor/adapters/hive_server/hive_session.h — runs SQL on a Spark Thrift server or HiveServer2. Thrift
// stays behind this wall.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "executor/adapters/hive_server/hive_server_config.h"

namespace godwit::executor {

using SqlRow = std::vector<std::optional<std::string>>;  // none: NULL

// Connects when first used, and again after a connection broke. Threads may share one; statements run one at
// a time.
class HiveSession {
 public:
  // `settings`: statements that every new session begins with ("SET TIME ZONE 'UTC'").
  HiveSession(HiveServerConfig config, std::vector<std::string> settings);
  ~HiveSession();

  // The whole result; every column must be text (CAST … AS STRING). Errors: kUnavailable (no answer,
  // time-out), kInvalidInput (the statement is refused, with the server's words); kUnsupported for more than
  // kSqlRowsMax rows, or a column that is not text.
  Result<std::vector<SqlRow>> Query(const std::string& statement);

 private:
  struct Connection;
  Result<std::vector<SqlRow>> Run(const std::string& statement);
  Status Open();

  HiveServerConfig config_;
  std::vector<std::string> settings_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

inline constexpr size_t kSqlRowsMax = 2'000'000;

}  // namespace godwit::executor
