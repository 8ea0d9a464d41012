// executor/adapters/notify/command_notifier.h — a program is started for each notice, never through a shell:
// the notice as JSON on its stdin, GODWIT_EVENT, GODWIT_UNIT, GODWIT_ID and PATH as its whole environment.
#pragma once

#include <string>
#include <vector>

#include "executor/ports/notifier.h"

namespace godwit::executor {

class CommandNotifier : public Notifier {
 public:
  // `argv[0]` is a path. The program is killed after `time_limit`.
  CommandNotifier(std::vector<std::string> argv, Duration time_limit)
      : argv_(std::move(argv)), time_limit_(time_limit) {}
  // Taken when it ends with exit code 0.
  Result<Effect> Send(const Notice& notice) override;

 private:
  std::vector<std::string> argv_;
  Duration time_limit_;
};

}  // namespace godwit::executor
