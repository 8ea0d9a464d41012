// executor/ports/notifier.h — tells people. At least once; the receiver drops a repeated id.
#pragma once

#include <string>

#include "base/time.h"
#include "executor/ports/effect.h"

namespace godwit::executor {

struct Notice {
  std::string id;  // the same event has the same id, however often it is sent
  std::string unit;
  std::string event;  // "freeze", "thaw", "switch", "failure", "breaker", "approval_wanted", …
  std::string text;   // one line for a person; never a secret
  Timestamp time{};
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual Result<Effect> Send(const Notice& notice) = 0;
};

}  // namespace godwit::executor
