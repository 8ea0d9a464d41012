// executor/ports/notifier.h — tells people. At least once; the receiver drops a repeated id.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "executor/ports/effect.h"

namespace godwit::executor {

struct Notice {
  std::string id;        // the same event has the same id, however often it is sent
  int64_t sequence = 0;  // of the journal's record that it tells of: grows
  std::string unit;      // "" for the run as a whole
  std::string event;     // "freeze", "thaw", "switch": see executor/notice.h
  std::string text;      // one line for a person; never a secret
  Timestamp time{};
};

class Notifier {
 public:
  virtual ~Notifier() = default;
  // Returns when the receiver has it for good. Errors: any — it is sent again later, so a message names the
  // receiver's trouble and no secret.
  virtual Result<Effect> Send(const Notice& notice) = 0;
};

}  // namespace godwit::executor
