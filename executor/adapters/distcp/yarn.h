// executor/adapters/distcp/yarn.h — applications on YARN, over the ResourceManager's REST interface.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "executor/adapters/distcp/distcp_config.h"
#include "executor/adapters/http/http_client.h"

namespace godwit::executor {

struct YarnApplication {
  std::string id;
  std::string name;          // "distcp: TAG"
  std::string state;         // NEW … RUNNING, FINISHED, FAILED, KILLED
  std::string final_status;  // SUCCEEDED, FAILED, KILLED, UNDEFINED
  std::string diagnostics;   // why it failed, first line
  double progress = 0;       // percent
  std::vector<std::string> tags;

  bool over() const { return state == "FINISHED" || state == "FAILED" || state == "KILLED"; }
  bool succeeded() const { return final_status == "SUCCEEDED"; }
};

struct YarnQueue {
  std::string name;
  std::string state;  // RUNNING, STOPPED
  double used_percent = 0;
};

class Yarn {
 public:
  explicit Yarn(const DistcpConfig& config);

  // Applications with this tag that the ResourceManager remembers, the newest last. Errors: kUnavailable.
  Result<std::vector<YarnApplication>> Tagged(const std::string& tag);
  // Asks for the application's end and waits until it is over. Errors: kUnavailable, kInvalidInput (no
  // right).
  Status Kill(const std::string& id);
  // Errors: kInvalidInput if there is no such queue.
  Result<YarnQueue> Queue(const std::string& name);
  Result<std::string> Version();

 private:
  Result<std::string> Call(const std::string& method, const std::string& path, const std::string& body);
  Result<YarnApplication> Get(const std::string& id);

  std::vector<std::string> addresses_;
  std::string user_;
  HttpClient http_;
};

}  // namespace godwit::executor
