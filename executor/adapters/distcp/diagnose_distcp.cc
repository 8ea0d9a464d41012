#include "executor/adapters/distcp/diagnose_distcp.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "executor/adapters/distcp/yarn.h"

namespace godwit::executor {

namespace {

constexpr double kQueueFullPercent = 95;

void CheckCommand(const DistcpConfig& config, std::vector<Finding>& findings) {
  if (access(config.command.front().c_str(), X_OK) == 0) {
    findings.push_back({Severity::kGood, "distcp.command", config.command.front() + " can be run", ""});
  } else {
    findings.push_back({Severity::kProblem, "distcp.command", config.command.front() + " cannot be run",
                        "install the Hadoop client, or correct `command`"});
  }
}

// It is made when the first copy begins: then its nearest folder that is there must be writable.
void CheckWorkFolder(const std::string& path, std::vector<Finding>& findings) {
  std::error_code error;
  std::filesystem::path there = path;
  while (there.has_relative_path() && !std::filesystem::exists(there, error)) there = there.parent_path();
  const bool writable = access(there.c_str(), W_OK | X_OK) == 0;
  findings.push_back({writable ? Severity::kGood : Severity::kProblem, "distcp.work_folder",
                      fmt::format("{} {} be written", there.string(), writable ? "can" : "cannot"),
                      writable ? "" : "give godwit's user the folder, or name another `work_folder`"});
}

void CheckQueue(Yarn& yarn, const std::string& name, std::vector<Finding>& findings) {
  const auto queue = yarn.Queue(name);
  if (!queue.ok()) {
    findings.push_back({Severity::kProblem, "yarn.queue", queue.error().message,
                        "name a queue that godwit's user may submit to"});
    return;
  }
  const bool stopped = !queue->state.empty() && queue->state != "RUNNING";
  const bool full = queue->used_percent > kQueueFullPercent;
  findings.push_back({stopped ? Severity::kProblem
                      : full  ? Severity::kWarning
                              : Severity::kGood,
                      "yarn.queue",
                      fmt::format("queue {} is {}, {:.0f} % used", name, queue->state, queue->used_percent),
                      stopped || full ? "choose another queue: copies would wait, in a freeze too" : ""});
}

}  // namespace

std::vector<Finding> DiagnoseDistcp(const DistcpConfig& config) {
  std::vector<Finding> findings;
  CheckCommand(config, findings);
  CheckWorkFolder(config.work_folder, findings);
  if (config.resource_managers.empty()) {
    findings.push_back({Severity::kNote, "yarn.connection", "copies run on this machine, not on YARN",
                        "give `resource_managers` for more than a few hundred gigabytes"});
    return findings;
  }
  Yarn yarn(config);
  const auto version = yarn.Version();
  if (!version.ok()) {
    findings.push_back({Severity::kProblem, "yarn.connection", version.error().message,
                        "check the ResourceManagers' addresses and godwit's rights"});
    return findings;
  }
  findings.push_back({Severity::kGood, "yarn.connection", "ResourceManager " + *version + " answers", ""});
  if (!config.queue.empty()) CheckQueue(yarn, config.queue, findings);
  return findings;
}

}  // namespace godwit::executor
