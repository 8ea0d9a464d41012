#include "executor/adapters/notify/command_notifier.h"

#include <fmt/format.h>

#include "base/child_process.h"
#include "executor/adapters/notify/notice_json.h"

namespace godwit::executor {
namespace {

constexpr size_t kOutputMax = 1u << 20;

}  // namespace

Result<Effect> CommandNotifier::Send(const Notice& notice) {
  Command command;
  command.argv = argv_;
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "GODWIT_EVENT=" + notice.event,
                         "GODWIT_UNIT=" + notice.unit, "GODWIT_ID=" + notice.id};
  command.input = NoticeJson(notice) + "\n";
  command.time_limit = time_limit_;
  command.output_max = kOutputMax;
  GODWIT_TRY_ASSIGN(const Finished finished, RunCommand(command));
  if (finished.timed_out) {
    return Unavailable(fmt::format("{} did not end within {}", argv_[0], FormatDuration(time_limit_)));
  }
  if (finished.exit_code != 0) {
    return Unavailable(fmt::format("{} ended with exit code {}", argv_[0], finished.exit_code));
  }
  return Effect::kDone;
}

}  // namespace godwit::executor
