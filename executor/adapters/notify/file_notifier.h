// executor/adapters/notify/file_notifier.h — notices as lines of a file: appended and synced.
#pragma once

#include "executor/ports/notifier.h"

namespace godwit::executor {

class FileNotifier : public Notifier {
 public:
  explicit FileNotifier(std::string path) : path_(std::move(path)) {}
  Result<Effect> Send(const Notice& notice) override;

 private:
  std::string path_;
};

}  // namespace godwit::executor
