#include "executor/adapters/distcp/diagnose_distcp.h"

#include <fmt/format.h>
#include <unistd.h>

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

std::vector<Finding> DiagnoseDistcp(DistcpCopier& copier) {
  std::vector<Finding> findings;
  const DistcpConfig& config = copier.config();
  CheckCommand(config, findings);
  if (config.resource_managers.empty()) {
    findings.push_back({Severity::kNote, "yarn.connection", "copies run on this machine, not on YARN",
                        "give `resource_managers` for more than a few hundred gigabytes"});
    return findings;
  }
  const auto version = copier.yarn().Version();
  if (!version.ok()) {
    findings.push_back({Severity::kProblem, "yarn.connection", version.error().message,
                        "check the ResourceManagers' addresses and godwit's rights"});
    return findings;
  }
  findings.push_back({Severity::kGood, "yarn.connection", "ResourceManager " + *version + " answers", ""});
  if (!config.queue.empty()) CheckQueue(copier.yarn(), config.queue, findings);
  return findings;
}

}  // namespace godwit::executor
