// cli/load_watch.h — asks a command or a URL how loaded the world is, again and again, on a thread of its
// own.
#pragma once

#include <memory>
#include <string>

#include "config/limit_settings.h"

namespace godwit::cli {

class LoadWatch {
 public:
  // The first answer is awaited (at most the time limit).
  explicit LoadWatch(const config::LoadSettings& settings);
  ~LoadWatch();  // waits for the question under way

  // Why nothing new should begin; "" if it may. A signal that cannot be read is a reason. Any thread.
  std::string Reason() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What one answer means: "" or the reason. Exit codes and HTTP statuses count alone where no number is given.
std::string JudgeLoad(const config::LoadSettings& settings, bool good, const std::string& how,
                      std::string text);

}  // namespace godwit::cli
