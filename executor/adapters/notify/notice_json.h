// executor/adapters/notify/notice_json.h — a notice as every receiver gets it. docs/notifications.md has the
// format.
#pragma once

#include <string>

#include "executor/ports/notifier.h"

namespace godwit::executor {

// One line without its newline; the same notice gives the same bytes.
std::string NoticeJson(const Notice& notice);

}  // namespace godwit::executor
