// cli/live_status.h — what only a running `apply` knows of its units: what each waits for, and its last
// problem. `apply` serves it on a Unix socket in the state folder (0700, so of its owner alone); `status` and
// `unit show` ask for it and add it to what the journal says.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "executor/engine.h"

namespace godwit::cli {

struct LiveUnit {
  std::vector<std::string> waits_for;
  std::string problem;
  bool needs_person = false;
  int64_t bytes_different = 0;
};

struct LiveStatus {
  bool running = false;                   // somebody listens
  bool answered = false;                  // false of one that is stopped, or overwhelmed
  std::map<std::string, LiveUnit> units;  // by id
};

class LiveStatusServer {
 public:
  // Takes the place of a socket that a killed `apply` left: its lock must be held. Errors: kUnavailable.
  static Result<std::unique_ptr<LiveStatusServer>> Start(const std::string& state_folder);
  ~LiveStatusServer();

  // To be called often by who drives the engine. Costs nothing unless somebody has asked.
  void Answer(const executor::Engine& engine);

 private:
  LiveStatusServer() = default;
  void Serve();
  std::string Wait();

  std::string folder_;
  int listener_ = -1;
  int stop_read_ = -1, stop_write_ = -1;  // a pipe: closing its end wakes the thread
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  std::string text_;  // the answer
  std::thread thread_;
};

// Never waits longer than two seconds.
LiveStatus AskLiveStatus(const std::string& state_folder);
void AddLiveStatus(const LiveStatus& live, std::vector<executor::UnitStatus>& units);

}  // namespace godwit::cli
