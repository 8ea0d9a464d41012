#include "executor/adapters/notify/file_notifier.h"

#include "base/durable_file.h"
#include "executor/adapters/notify/notice_json.h"

namespace godwit::executor {

Result<Effect> FileNotifier::Send(const Notice& notice) {
  GODWIT_TRY(AppendToFile(path_, NoticeJson(notice) + "\n"));
  return Effect::kDone;
}

}  // namespace godwit::executor
