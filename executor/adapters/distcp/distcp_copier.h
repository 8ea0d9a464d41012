// executor/adapters/distcp/distcp_copier.h — the Copier port with DistCp, on YARN or inside the child
// process.
//
// Copies that wait at the same time travel in one run (copy_run.h), however many tables they belong to: a run
// starts a moment after the first of them was submitted. It reads the folders by inode (/.reserved/.inodes/N)
// into a landing folder of its own below the receiver's `_godwit`, and when it has succeeded the Poll of each
// copy moves that copy's folders to where the request wants them: a folder is there whole or not at all, and
// a late run has nothing to hit. An item whose source does not exist is passed over; verification sees that.
//
// A run that fails fails all its copies; when they are tried again each travels alone, so that the one that
// cannot be copied stops no other twice. A cancelled copy whose run carries others is forgotten: the run goes
// on into its landing folder, and nothing leaves it.
//
// Errors of Submit: kUnsupported where the sender gives no inode numbers (a router, viewfs). A copy that
// failed stays failed: try again under another tag.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "executor/adapters/distcp/copy_record.h"
#include "executor/adapters/distcp/copy_run.h"
#include "executor/adapters/distcp/distcp_config.h"
#include "executor/adapters/distcp/yarn.h"
#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/ports/copier.h"

namespace godwit::executor {

class DistcpCopier : public Copier {
 public:
  // Errors: kInvalidInput for a configuration without command or work folder, or with a command that is no
  // path; kCorrupt for a work folder that cannot be read.
  static Result<std::unique_ptr<DistcpCopier>> Open(DistcpConfig config, WebHdfs& source, WebHdfs& target);
  ~DistcpCopier() override;

  Result<Effect> Submit(const CopyRequest& request) override;
  Result<CopyStatus> Poll(const std::string& tag) override;
  Result<Effect> Cancel(const std::string& tag) override;
  Result<std::vector<std::string>> Running(const std::string& prefix) override;

  Yarn& yarn() { return yarn_; }
  const DistcpConfig& config() const { return config_; }

 private:
  using Instant = std::chrono::steady_clock::time_point;
  // A run with copies that are not over; `open` are their tags.
  struct OpenRun {
    CopyRun run;
    std::set<std::string> open;
  };

  DistcpCopier(DistcpConfig config, WebHdfs& source, WebHdfs& target);
  Status ReadOpenRuns();
  WebHdfs& Sender(Direction direction) { return direction == Direction::kToTarget ? source_ : target_; }
  WebHdfs& Receiver(Direction direction) { return direction == Direction::kToTarget ? target_ : source_; }
  std::string FolderOf(const std::string& tag) const { return RecordFolder(config_.work_folder, tag); }
  OpenRun* RunWith(const std::string& tag);
  // It is over: the last one of a run takes the run's landing folder with it.
  Status End(const CopyRecord& record, OpenRun& run, const CopyStatus& status);

  bool on_yarn() const { return !config_.resource_managers.empty(); }
  Result<CopyRecord> Plan(const CopyRequest& request);
  // The gatherer's thread starts runs for what waits.
  void Gather(const std::stop_token& stop);
  Instant Due() const;
  // Errors: kUnavailable; what could not begin for that reason waits on. Other problems fail the copies.
  Status StartWaiting();
  Status Begin(const std::vector<CopyRecord>& members);
  Status StartRun(const CopyRun& run);
  // The application, if there is one.
  Result<std::optional<YarnApplication>> Application(const std::string& tag);
  // Where the run itself stands; kSucceeded means that its files lie in the landing folder.
  Result<CopyStatus> LookAtRun(const CopyRun& run);
  Result<CopyStatus> Advance(const CopyRecord& record, OpenRun& run);
  Status Land(const CopyRecord& record, const CopyRun& run);

  DistcpConfig config_;
  WebHdfs& source_;
  WebHdfs& target_;
  Yarn yarn_;
  std::mutex mutex_;
  std::map<std::string, OpenRun> runs_;        // by tag
  std::map<std::string, std::string> run_of_;  // copy → run, of those in runs_
  std::map<std::string, Instant> waiting_;     // copies without a run, and since when
  std::set<uint64_t> loners_;                  // folders that were in a shared run which failed
  std::optional<Error> start_problem_;         // why no run could be started; tried again
  std::condition_variable_any gathering_;
  std::jthread gatherer_;  // last: it uses all of the above
};

}  // namespace godwit::executor
