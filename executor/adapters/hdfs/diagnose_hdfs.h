// executor/adapters/hdfs/diagnose_hdfs.h — `godwit doctor` for one HDFS.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/ports/finding.h"

namespace godwit::executor {

struct HdfsDiagnosis {
  std::vector<Finding> findings;
  std::string cluster;  // the NameNodes' cluster id; two sites with the same one are the same cluster. "" if
                        // not shown
};

// Reads only. `locations`: where godwit will read or write (databases); of one that is not there yet, the
// nearest folder above it that is. `now`: for the clocks' difference.
HdfsDiagnosis DiagnoseHdfs(WebHdfs& hdfs, const std::vector<std::string>& locations, Timestamp now);

}  // namespace godwit::executor
