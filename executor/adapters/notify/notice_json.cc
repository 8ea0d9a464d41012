#include "executor/adapters/notify/notice_json.h"

#include <nlohmann/json.hpp>

namespace godwit::executor {

std::string NoticeJson(const Notice& notice) {
  const nlohmann::ordered_json json = {{"format", "godwit-notice/1"},
                                       {"id", notice.id},
                                       {"sequence", notice.sequence},
                                       {"event", notice.event},
                                       {"unit", notice.unit},
                                       {"text", notice.text},
                                       {"time", FormatTimestamp(notice.time)}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace godwit::executor
