// executor/adapters/distcp/distcp_command.h — the exact command line of one DistCp run, and what its end
// means.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "executor/adapters/distcp/distcp_config.h"

namespace godwit::executor {

struct DistcpRun {
  std::string tag;        // goes into the job's name
  std::string yarn_tag;   // what the application is found by
  std::string list_file;  // a local file: one source a line
  std::string to;         // folder that the sources are put into
  size_t sources = 1;
  int64_t bytes_per_second_max = 0;  // of the whole run; 0: no limit
};

// Generic options come first: behind another one DistCp takes them for paths and copies nothing.
std::vector<std::string> DistcpArguments(const DistcpConfig& config, const DistcpRun& run);

// YARN keeps tags in lower case, of ASCII, of at most 100 letters.
std::string YarnTagOf(const std::string& tag);

// "copy failed (exit code 25): …last error in the log…", and what to do.
std::string ExplainExit(int exit_code, const std::string& log_tail);

}  // namespace godwit::executor
