#include "cli/panic.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "cli/state_folder.h"

namespace godwit::cli {
namespace {

std::atomic<bool> panic_requested{false};

void OnPanic(int) { panic_requested = true; }

}  // namespace

void ListenForPanic() { std::signal(SIGUSR1, OnPanic); }

void PanicSwitch::Look(bool held) {
  const bool by_signal = panic_requested.exchange(false);
  if (held) return;
  if (by_signal) {
    Hold("SIGUSR1");
  } else if (!file_.empty() && access(file_.c_str(), F_OK) == 0) {
    Hold("the flag file " + file_ + " is there");
  }
}

void PanicSwitch::Hold(const std::string& why) {
  const Json body = {{"by", PersonName()}, {"comment", why}, {"verb", "hold"}};
  const Status said = Say(journal_, "", state::RecordKind::kControl, body.dump());
  if (!said.ok()) {
    panic_requested = true;  // once more in a moment
    output_.Warn("hold could not be written down: " + said.error().message);
    return;
  }
  output_.Warn("held: " + why + ". Nothing new begins; go on with `godwit unit resume --all`");
}

}  // namespace godwit::cli
