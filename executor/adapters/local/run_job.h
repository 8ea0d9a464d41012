// executor/adapters/local/run_job.h — one run of a job, from the row that the scheduler made to its outcome.
#pragma once

#include <cstdint>
#include <memory>

#include "executor/adapters/local/site_db.h"

namespace godwit::executor::local {

// Exit code of a job whose tables are closed to writers (EX_TEMPFAIL).
inline constexpr int kDeniedExitCode = 75;

// Takes the run up, starts its command, waits for it, writes the outcome (docs/local_site.md, The scheduler).
// Does nothing if the run is not waiting to be taken up: somebody else has it, or gave it up. Changes this
// process's environment. Only for a process of its own: `godwit local run SITE ID`.
Status RunJob(const std::shared_ptr<SiteDb>& site, int64_t run);

}  // namespace godwit::executor::local
