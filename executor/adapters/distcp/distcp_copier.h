// executor/adapters/distcp/distcp_copier.h — the Copier port with DistCp, on YARN or inside the child
// process.
//
// A copy is one run for all its items, however many tables they belong to. It reads them by inode
// (/.reserved/.inodes/N) into a landing folder of its own below the receiver's `_godwit`, and when the run
// has succeeded Poll moves each to where the request wants it: a folder is there whole or not at all, and a
// late run has nothing to hit. An item whose source does not exist is passed over; verification sees that.
//
// Errors of Submit: kUnsupported where the sender gives no inode numbers (a router, viewfs). A copy that
// failed stays failed: try again under another tag.
#pragma once

#include <mutex>

#include "executor/adapters/distcp/copy_record.h"
#include "executor/adapters/distcp/distcp_config.h"
#include "executor/adapters/distcp/yarn.h"
#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/ports/copier.h"

namespace godwit::executor {

class DistcpCopier : public Copier {
 public:
  // Errors: kInvalidInput for a configuration without command or work folder, or with a command that is no
  // path.
  static Result<std::unique_ptr<DistcpCopier>> Open(DistcpConfig config, WebHdfs& source, WebHdfs& target);

  Result<Effect> Submit(const CopyRequest& request) override;
  Result<CopyStatus> Poll(const std::string& tag) override;
  Result<Effect> Cancel(const std::string& tag) override;
  Result<std::vector<std::string>> Running(const std::string& prefix) override;

  Yarn& yarn() { return yarn_; }
  const DistcpConfig& config() const { return config_; }

 private:
  DistcpCopier(DistcpConfig config, WebHdfs& source, WebHdfs& target);
  WebHdfs& Sender(Direction direction) { return direction == Direction::kToTarget ? source_ : target_; }
  WebHdfs& Receiver(Direction direction) { return direction == Direction::kToTarget ? target_ : source_; }

  bool on_yarn() const { return !config_.resource_managers.empty(); }
  Result<CopyRecord> Plan(const CopyRequest& request);
  Status Start(const CopyRecord& record, const CopyRequest& request, const std::string& folder);
  // The application, if there is one.
  Result<std::optional<YarnApplication>> Application(const std::string& tag);
  // Where the run itself stands; kSucceeded means that its files lie in the landing folder.
  Result<CopyStatus> LookAtRun(const CopyRecord& record, const std::string& folder);
  Status Land(const CopyRecord& record);
  Status Finish(const CopyRecord& record, const std::string& folder, CopyStatus& status);

  DistcpConfig config_;
  WebHdfs& source_;
  WebHdfs& target_;
  Yarn yarn_;
  std::mutex mutex_;
};

}  // namespace godwit::executor
