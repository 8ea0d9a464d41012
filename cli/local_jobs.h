// cli/local_jobs.h — jobs.yaml → the jobs of a local site.
#pragma once

#include <string>
#include <vector>

#include "executor/adapters/local/job_table.h"
#include "executor/adapters/local/site_db.h"

namespace godwit::cli {

// The jobs of `jobs_yaml`, done up to `cursor` ("": a job runs only once somebody sets its cursor). Errors:
// kInvalidInput for a broken jobs.yaml, every mistake with its place.
Result<std::vector<executor::local::LocalJob>> ReadLocalJobs(const std::string& jobs_yaml,
                                                             const std::string& cursor, bool paused);

// Copies the folder of `jobs_yaml` to SITE/jobs, where it must not be yet, and puts the jobs into the site's
// scheduler. Errors: kConflict if the site has jobs.
Status DeployJobs(executor::local::SiteDb& site, const std::string& jobs_yaml,
                  const std::vector<executor::local::LocalJob>& jobs);

}  // namespace godwit::cli
