#include "executor/adapters/distcp/distcp_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"

namespace godwit::executor {

namespace {

constexpr int64_t kMegabyte = 1 << 20;

// DistCp's limit is whole megabytes a map: fewer maps rather than a broken limit.
struct Width {
  int maps;
  int64_t megabytes_per_map;  // 0: no limit
};

Width WidthOf(const DistcpConfig& config, const DistcpRun& run) {
  const int maps = std::clamp<int>(static_cast<int>(std::min<size_t>(run.sources, 10'000)), 1,
                                   std::max(config.maps_max, 1));
  if (run.bytes_per_second_max <= 0) return {maps, 0};
  const int64_t megabytes = std::max<int64_t>(run.bytes_per_second_max / kMegabyte, 1);
  const int allowed = static_cast<int>(std::min<int64_t>(maps, megabytes));
  return {allowed, megabytes / allowed};
}

// The log line that says why; Java prints the reason first and its stack after it.
std::string Reason(const std::string& log_tail) {
  std::string reason;
  size_t begin = 0;
  while (begin < log_tail.size()) {
    size_t end = log_tail.find('\n', begin);
    if (end == log_tail.npos) end = log_tail.size();
    const std::string line = log_tail.substr(begin, end - begin);
    const bool stack = line.starts_with("\tat ") || line.starts_with("\t...");
    const bool summary =
        line.find("DistCp failure: Job") != line.npos ||  // says only that there was a reason
        line.find("tools.DistCp: Exception encountered") != line.npos;
    if (!stack && !summary &&
        (line.find("Exception") != line.npos || line.find(" ERROR ") != line.npos ||
         line.find("Error:") != line.npos)) {
      reason = line;
    }
    begin = end + 1;
  }
  return reason.substr(0, 500);
}

}  // namespace

std::vector<std::string> DistcpArguments(const DistcpConfig& config, const DistcpRun& run) {
  std::vector<std::string> arguments = config.command;
  const auto property = [&](const std::string& text) { arguments.push_back("-D" + text); };
  if (config.composite_crc) property("dfs.checksum.combine.mode=COMPOSITE_CRC");
  property("mapreduce.job.name=" + run.tag);
  // Two copies of one task would write the same file.
  property("mapreduce.map.speculative=false");
  if (!config.resource_managers.empty()) {
    property("mapreduce.job.tags=godwit," + run.yarn_tag);
    if (!config.queue.empty()) property("mapreduce.job.queuename=" + config.queue);
  }
  for (const std::string& text : config.properties) property(text);
  if (!config.preserve.empty()) arguments.push_back("-p" + config.preserve);
  const Width width = WidthOf(config, run);
  arguments.insert(arguments.end(), {"-m", std::to_string(width.maps)});
  if (width.megabytes_per_map > 0) {
    arguments.insert(arguments.end(), {"-bandwidth", std::to_string(width.megabytes_per_map)});
  }
  if (config.ignore_failures) arguments.push_back("-i");
  if (config.direct) arguments.push_back("-direct");
  if (config.listing_threads > 1) {
    arguments.insert(arguments.end(), {"-numListstatusThreads", std::to_string(config.listing_threads)});
  }
  if (!config.resource_managers.empty()) arguments.push_back("-async");
  arguments.insert(arguments.end(), {"-f", "file://" + run.list_file, run.to});
  return arguments;
}

std::string YarnTagOf(const std::string& tag) { return "godwit_" + Sha256Hex(tag).substr(0, 32); }

std::string ExplainExit(int exit_code, const std::string& log_tail) {
  const std::string reason = Reason(log_tail);
  const char* meaning = "copy failed";
  switch (exit_code) {
    case 255: meaning = "DistCp did not take its arguments, or a source is gone"; break;
    case 254: meaning = "two sources have one name"; break;
    case 253: meaning = "a file system keeps no ACLs: take `a` from `preserve`"; break;
    case 252: meaning = "a file system keeps no extended attributes: take `x` from `preserve`"; break;
    case 127: meaning = "the program could not be started: check `command`"; break;
    case 137:
    case 143: meaning = "it was killed"; break;
    default: break;
  }
  return fmt::format("{} (exit code {}){}{}", meaning, exit_code, reason.empty() ? "" : ": ", reason);
}

}  // namespace godwit::executor
