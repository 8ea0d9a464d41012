// executor/adapters/hive_server/hive_server_config.h — a Spark Thrift server or HiveServer2 as its clients
// reach it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace godwit::executor {

enum class HiveServerAuth : uint8_t { kNoSasl, kPlain };

struct HiveServerConfig {
  std::string host;
  int port = 10000;
  HiveServerAuth auth = HiveServerAuth::kNoSasl;
  std::string user;
  std::string password;  // kPlain; a secret
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds call_timeout{60000};     // of one call of the protocol
  std::chrono::milliseconds query_timeout{3600000};  // of a statement; then it is cancelled
};

}  // namespace godwit::executor
