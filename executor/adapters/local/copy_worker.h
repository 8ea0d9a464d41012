// executor/adapters/local/copy_worker.h — the process that copies (`godwit local copy SITE TAG`).
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace godwit::executor::local {

// Works on the copy's request to its end, which is written into the copy's folder; `started` is called when
// this process has taken the copy up, or found that it must not. Ok also if the copy failed: that is said in
// its status. A tag is worked on at most once, whoever else tries. Errors: kInvalidInput if there is no such
// request.
Status WorkOnCopy(const std::string& site_root, const std::string& tag, const std::function<void()>& started);

// The same in a process of its own session that outlives this one; returns when it has started. Only for a
// process that has no threads.
Status WorkOnCopyDetached(const std::string& site_root, const std::string& tag);

}  // namespace godwit::executor::local
