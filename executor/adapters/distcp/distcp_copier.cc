#include "executor/adapters/distcp/distcp_copier.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <set>

#include "base/parallel.h"
#include "executor/adapters/distcp/distcp_command.h"
#include "executor/adapters/distcp/supervised_process.h"
#include "executor/adapters/hdfs/folder_attributes.h"
#include "executor/ports/storage.h"

namespace godwit::executor {

namespace {

constexpr char kLanding[] = ".landing";
constexpr char kNamePrefix[] = "distcp: ";  // DistCp puts it before the name we give

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Beside the attempts, so that a rename from it stays in one encryption zone and under one quota.
std::string LandingFor(const std::string& to, const std::string& yarn_tag) {
  const std::string marker = fmt::format("/{}/", kAttemptFolder);
  return fmt::format("{}{}/{}", to.substr(0, to.find(marker) + marker.size()), kLanding, yarn_tag);
}

// The folders between godwit's own and what was copied, each with something that lies in it.
std::map<std::string, std::string> FoldersAbove(const std::vector<Leg>& legs) {
  const std::string marker = fmt::format("/{}/", kAttemptFolder);
  std::map<std::string, std::string> folders;
  for (const Leg& leg : legs) {
    const size_t own = leg.to.find(marker) + marker.size();
    for (size_t end = leg.to.rfind('/'); end != leg.to.npos && end > own; end = leg.to.rfind('/', end - 1)) {
      if (!folders.emplace(leg.to.substr(0, end), leg.to).second) break;  // those above it, too
    }
  }
  return folders;
}

// Whoever may write to the data may replace it as a whole, too: an INSERT OVERWRITE removes its folder.
Status HandOver(WebHdfs& receiver, const std::vector<Leg>& legs, const std::string& preserve) {
  for (const auto& [folder, data] : FoldersAbove(legs)) {
    GODWIT_TRY_ASSIGN(const auto attributes, ReadFolderAttributes(receiver, data));
    if (attributes) GODWIT_TRY(SetFolderAttributes(receiver, folder, *attributes, preserve));
  }
  return Ok();
}

CopyStatus Failed(std::string message) { return {CopyState::kFailed, 0, std::move(message)}; }

}  // namespace

DistcpCopier::DistcpCopier(DistcpConfig config, WebHdfs& source, WebHdfs& target)
    : config_(std::move(config)), source_(source), target_(target), yarn_(config_) {}

Result<std::unique_ptr<DistcpCopier>> DistcpCopier::Open(DistcpConfig config, WebHdfs& source,
                                                         WebHdfs& target) {
  if (config.command.empty() || !config.command.front().starts_with('/')) {
    return InvalidInput("distcp: give the command as a path and its arguments, [/usr/bin/hadoop, distcp]");
  }
  if (!config.work_folder.starts_with('/'))
    return InvalidInput("distcp: give a work folder, as an absolute path");
  std::error_code error;
  std::filesystem::create_directories(config.work_folder, error);
  if (error)
    return InvalidInput(fmt::format("distcp: work folder {}: {}", config.work_folder, error.message()));
  return std::unique_ptr<DistcpCopier>(new DistcpCopier(std::move(config), source, target));
}

Result<std::optional<YarnApplication>> DistcpCopier::Application(const std::string& tag) {
  if (!on_yarn()) return std::optional<YarnApplication>();
  GODWIT_TRY_ASSIGN(const auto applications, yarn_.Tagged(YarnTagOf(tag)));
  if (applications.empty()) return std::optional<YarnApplication>();
  return std::optional<YarnApplication>(applications.back());
}

Result<CopyRecord> DistcpCopier::Plan(const CopyRequest& request) {
  WebHdfs& sender = Sender(request.direction);
  WebHdfs& receiver = Receiver(request.direction);
  std::vector<Leg> legs(request.items.size());
  GODWIT_TRY(ForEach(legs.size(), sender.config().parallel_calls, [&](size_t i) -> Status {
    GODWIT_TRY_ASSIGN(const std::string from, sender.PathOf(request.items[i].from));
    GODWIT_TRY_ASSIGN(legs[i].to, receiver.PathOf(request.items[i].to));
    if (legs[i].to.find(fmt::format("/{}/", kAttemptFolder)) == std::string::npos) {
      return InvalidInput(
          fmt::format("copy to {}: not below a folder {}: data that is in use is never written to",
                      request.items[i].to, kAttemptFolder));
    }
    GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> there, sender.Stat(from));
    if (!there) return Ok();
    if (there->id == 0) {
      return Unsupported(
          fmt::format("copy from {}: this file system has no inode numbers (a router or viewfs?): give "
                      "the NameNodes themselves",
                      request.items[i].from));
    }
    legs[i].inode = there->id;
    return Ok();
  }));
  CopyRecord record{request.tag, request.direction, RequestDigest(request), "", {}};
  std::set<uint64_t> seen;
  for (Leg& leg : legs) {
    if (leg.inode == 0) continue;
    if (!seen.insert(leg.inode).second) {
      return InvalidInput(fmt::format("copy {}: one folder is to be copied twice, to {}: use two copies",
                                      request.tag, leg.to));
    }
    if (record.landing.empty()) record.landing = LandingFor(leg.to, YarnTagOf(request.tag));
    record.legs.push_back(std::move(leg));
  }
  return record;
}

Status DistcpCopier::Start(const CopyRecord& record, const CopyRequest& request, const std::string& folder) {
  const WebHdfs& sender = Sender(record.direction);
  WebHdfs& receiver = Receiver(record.direction);
  std::string sources;
  for (const Leg& leg : record.legs) {
    sources += sender.LocationOf(fmt::format("/.reserved/.inodes/{}\n", leg.inode));
  }
  GODWIT_TRY(WriteDurably(folder + "/sources", sources));
  // DistCp puts a single source's content into a target that is not there; into one that is, it puts the
  // folder.
  GODWIT_TRY(receiver.MakeFolders(record.landing));
  DistcpRun run;
  run.tag = record.tag;
  run.yarn_tag = YarnTagOf(record.tag);
  run.list_file = folder + "/sources";
  run.to = receiver.LocationOf(record.landing);
  run.sources = record.legs.size();
  run.bytes_per_second_max = request.bytes_per_second_max;
  return StartSupervised(DistcpArguments(config_, run), config_.environment, folder);
}

Result<Effect> DistcpCopier::Submit(const CopyRequest& request) {
  std::lock_guard lock(mutex_);
  const std::string folder = RecordFolder(config_.work_folder, request.tag);
  GODWIT_TRY_ASSIGN(std::optional<CopyRecord> record, ReadRecord(folder));
  if (record && record->request != RequestDigest(request)) {
    return Conflict(fmt::format("copy {}: this tag stands for another request", request.tag));
  }
  GODWIT_TRY_ASSIGN(const auto end, ReadEnd(folder));
  if (end || LookAtSupervised(folder).started) return Effect::kAlready;
  GODWIT_TRY_ASSIGN(const auto application, Application(request.tag));
  if (application) return Effect::kAlready;
  if (!record) {
    GODWIT_TRY_ASSIGN(record, Plan(request));
    GODWIT_TRY(WriteRecord(folder, *record));
  }
  if (record->legs.empty()) {
    GODWIT_TRY(WriteEnd(folder, {CopyState::kSucceeded, 0, ""}));
    return Effect::kDone;
  }
  GODWIT_TRY(Start(*record, request, folder));
  return Effect::kDone;
}

Result<CopyStatus> DistcpCopier::LookAtRun(const CopyRecord& record, const std::string& folder) {
  const SupervisedState process = LookAtSupervised(folder);
  if (process.running) return CopyStatus{CopyState::kRunning, 0, ""};
  if (process.exit_code && *process.exit_code != 0) {
    return Failed(ExplainExit(*process.exit_code, SupervisedLog(folder)) + "; its log: " + folder + "/log");
  }
  if (!on_yarn()) {
    if (!process.started) return CopyStatus{};
    if (process.exit_code) return CopyStatus{CopyState::kSucceeded, 0, ""};
    return Failed(
        "the process that copied is gone and left no exit code (the machine restarted, or it was killed)");
  }
  GODWIT_TRY_ASSIGN(const auto application, Application(record.tag));
  if (!application) {
    if (!process.started) return CopyStatus{};
    return Failed("YARN knows no application of this copy; the client's log: " + folder + "/log");
  }
  if (!application->over()) return CopyStatus{CopyState::kRunning, 0, ""};
  if (application->succeeded()) return CopyStatus{CopyState::kSucceeded, 0, ""};
  return Failed(fmt::format("application {} ended {}: {}", application->id, application->final_status,
                            application->diagnostics));
}

Status DistcpCopier::Land(const CopyRecord& record) {
  WebHdfs& receiver = Receiver(record.direction);
  const size_t parallel = receiver.config().parallel_calls;
  std::set<std::string> parents;
  for (const Leg& leg : record.legs) parents.insert(ParentOf(leg.to));
  const std::vector<std::string> folders(parents.begin(), parents.end());
  GODWIT_TRY(ForEach(folders.size(), parallel, [&](size_t i) { return receiver.MakeFolders(folders[i]); }));
  GODWIT_TRY(ForEach(record.legs.size(), parallel, [&](size_t i) -> Status {
    const Leg& leg = record.legs[i];
    const std::string landed = fmt::format("{}/{}", record.landing, leg.inode);
    const Status moved = receiver.Rename(landed, leg.to);
    if (moved.ok() || moved.error().code != ErrorCode::kConflict) return moved;
    // Moved by an earlier call whose answer was lost, or never sent because its source vanished.
    GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> left, receiver.Stat(landed));
    return left ? moved : Ok();
  }));
  GODWIT_TRY(HandOver(receiver, record.legs, config_.preserve));
  GODWIT_TRY(receiver.Delete(record.landing, /*recursive=*/true));
  return Ok();
}

Status DistcpCopier::Finish(const CopyRecord& record, const std::string& folder, CopyStatus& status) {
  WebHdfs& receiver = Receiver(record.direction);
  if (status.state == CopyState::kRunning || status.state == CopyState::kSucceeded) {
    const auto landed = receiver.Summary(record.landing);
    if (landed.ok()) status.bytes_copied = landed->bytes;
  }
  if (status.state == CopyState::kSucceeded) {
    const Status land = Land(record);
    if (!land.ok() && land.error().code == ErrorCode::kUnavailable) return land;  // the next Poll goes on
    if (!land.ok()) status = Failed(land.error().message);
  }
  if (status.state == CopyState::kFailed) GODWIT_TRY(receiver.Delete(record.landing, /*recursive=*/true));
  if (status.state == CopyState::kSucceeded || status.state == CopyState::kFailed)
    return WriteEnd(folder, status);
  return Ok();
}

Result<CopyStatus> DistcpCopier::Poll(const std::string& tag) {
  std::lock_guard lock(mutex_);
  const std::string folder = RecordFolder(config_.work_folder, tag);
  GODWIT_TRY_ASSIGN(const auto end, ReadEnd(folder));
  if (end) return *end;
  GODWIT_TRY_ASSIGN(const auto record, ReadRecord(folder));
  if (!record) {
    GODWIT_TRY_ASSIGN(const auto application, Application(tag));
    const bool running = application && !application->over();
    return CopyStatus{running ? CopyState::kRunning : CopyState::kAbsent, 0, ""};
  }
  GODWIT_TRY_ASSIGN(CopyStatus status, LookAtRun(*record, folder));
  GODWIT_TRY(Finish(*record, folder, status));
  return status;
}

Result<Effect> DistcpCopier::Cancel(const std::string& tag) {
  std::lock_guard lock(mutex_);
  const std::string folder = RecordFolder(config_.work_folder, tag);
  GODWIT_TRY_ASSIGN(const auto end, ReadEnd(folder));
  GODWIT_TRY_ASSIGN(const auto record, ReadRecord(folder));
  if (end) return Effect::kAlready;
  // The client first: while it lives it may still submit the application.
  GODWIT_TRY(StopSupervised(folder));
  GODWIT_TRY_ASSIGN(const auto application, Application(tag));
  const bool running = application && !application->over();
  if (running) GODWIT_TRY(yarn_.Kill(application->id));
  if (!record) return running ? Effect::kDone : Effect::kAlready;
  GODWIT_TRY(WriteEnd(folder, {CopyState::kCancelled, 0, "cancelled"}));
  if (!record->landing.empty())
    GODWIT_TRY(Receiver(record->direction).Delete(record->landing, /*recursive=*/true));
  return Effect::kDone;
}

Result<std::vector<std::string>> DistcpCopier::Running(const std::string& prefix) {
  std::lock_guard lock(mutex_);
  std::set<std::string> tags;
  GODWIT_TRY_ASSIGN(const auto records, ReadRecords(config_.work_folder));
  for (const CopyRecord& record : records) {
    const std::string folder = RecordFolder(config_.work_folder, record.tag);
    if (!record.tag.starts_with(prefix)) continue;
    GODWIT_TRY_ASSIGN(const auto end, ReadEnd(folder));
    if (!end && LookAtSupervised(folder).running) tags.insert(record.tag);
  }
  if (on_yarn()) {
    GODWIT_TRY_ASSIGN(const auto applications, yarn_.Tagged("godwit"));
    for (const YarnApplication& application : applications) {
      if (application.over() || !application.name.starts_with(kNamePrefix)) continue;
      const std::string tag = application.name.substr(sizeof kNamePrefix - 1);
      if (tag.starts_with(prefix)) tags.insert(tag);
    }
  }
  return std::vector<std::string>(tags.begin(), tags.end());
}

}  // namespace godwit::executor
