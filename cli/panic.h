// cli/panic.h — the emergency brake of a running `apply`: a signal (SIGUSR1) or a flag file holds the whole
// run, as `godwit unit hold --all` does. Nothing new begins; what is frozen is thawed, what was decided goes
// through to its end.
#pragma once

#include <string>

#include "cli/output.h"
#include "state/journal.h"

namespace godwit::cli {

// From now on SIGUSR1 is a wish to hold.
void ListenForPanic();

class PanicSwitch {
 public:
  // `file` may be "". Both others must outlive it.
  PanicSwitch(state::Journal& journal, std::string file, const Output& output)
      : journal_(journal), file_(std::move(file)), output_(output) {}
  // Looks at both, and writes the hold into the journal if there is one wished and `held` is not so yet.
  // Cheap.
  void Look(bool held);

 private:
  void Hold(const std::string& why);

  state::Journal& journal_;
  std::string file_;
  const Output& output_;
};

}  // namespace godwit::cli
