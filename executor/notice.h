// executor/notice.h — what of the journal is worth telling people: a notice is a function of one record, so
// that whoever delivers can be killed and begin again.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "executor/ports/notifier.h"
#include "state/journal.h"

namespace godwit::executor {

// Every event there is, sorted.
std::span<const std::string_view> NoticeEvents();
// Told unless a receiver asks for it by name.
inline constexpr std::string_view kQuietEvent = "problem";

// Nothing if the record is of no interest. The id is the record's hash: the same for every receiver and every
// attempt.
std::optional<Notice> NoticeOf(const state::Record& record);

}  // namespace godwit::executor
