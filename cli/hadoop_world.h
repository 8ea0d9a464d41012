// cli/hadoop_world.h — the two Hadoop sites of a configuration, opened: their own schedulers stand in folders
// of kind `local`.
#pragma once

#include <memory>

#include "cli/hadoop_site.h"
#include "config/settings.h"
#include "executor/adapters/local/local_site.h"

namespace godwit::cli {

struct OpenedHadoopSite {
  std::unique_ptr<HadoopSite> hadoop;
  std::unique_ptr<executor::local::LocalSite> jobs;  // only its scheduler is used

  executor::Site Ports();
};

// Reads the site's secrets; connects to nothing yet. Errors: kInvalidInput — a secret or the scheduler's
// folder is not there; as the parts' Open.
Result<OpenedHadoopSite> OpenHadoopSite(const config::SiteSettings& site);
Result<std::unique_ptr<HadoopSite>> OpenHadoopParts(const config::SiteSettings& site);

executor::DistcpConfig DistcpConfigOf(const config::DistcpSettings& settings);

}  // namespace godwit::cli
