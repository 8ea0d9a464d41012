// cli/local_jobs.h — jobs.yaml → the jobs of a local site.
#pragma once

#include <string>

#include "executor/adapters/local/site_db.h"

namespace godwit::cli {

// Copies the folder of `jobs_yaml` to SITE/jobs, where it must not be yet, and puts its jobs into the site's
// scheduler, done up to `cursor` ("" : a job runs only once somebody sets its cursor). Errors: kInvalidInput
// for a broken jobs.yaml (every mistake with its place), kConflict if the site has jobs.
Status DeployJobs(executor::local::SiteDb& site, const std::string& jobs_yaml, const std::string& cursor,
                  bool paused);

}  // namespace godwit::cli
