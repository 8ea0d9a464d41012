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

constexpr char kNamePrefix[] = "distcp: ";  // DistCp puts it before the name we give

// How long the first of the waiting copies waits for company; longer while many runs are under way.
constexpr auto kGather = std::chrono::milliseconds(500);
constexpr auto kGatherInACrowd = std::chrono::seconds(10);
constexpr size_t kCrowd = 4;

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
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
  const auto above = FoldersAbove(legs);
  const std::vector<std::pair<std::string, std::string>> folders(above.begin(), above.end());
  return ForEach(folders.size(), receiver.config().parallel_calls, [&](size_t i) -> Status {
    GODWIT_TRY_ASSIGN(const auto attributes, ReadFolderAttributes(receiver, folders[i].second));
    return attributes ? SetFolderAttributes(receiver, folders[i].first, *attributes, preserve) : Ok();
  });
}

CopyStatus Failed(std::string message) { return {CopyState::kFailed, 0, std::move(message)}; }

}  // namespace

DistcpCopier::DistcpCopier(DistcpConfig config, WebHdfs& source, WebHdfs& target)
    : config_(std::move(config)), source_(source), target_(target), yarn_(config_) {}

DistcpCopier::~DistcpCopier() {
  gatherer_.request_stop();
  if (gatherer_.joinable()) gatherer_.join();
}

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
  std::unique_ptr<DistcpCopier> copier(new DistcpCopier(std::move(config), source, target));
  GODWIT_TRY(copier->ReadOpenRuns());
  copier->gatherer_ = std::jthread([raw = copier.get()](const std::stop_token& stop) { raw->Gather(stop); });
  return copier;
}

Status DistcpCopier::ReadOpenRuns() {
  GODWIT_TRY_ASSIGN(const std::vector<CopyRun> runs, ReadRuns(config_.work_folder));
  for (const CopyRun& run : runs) {
    OpenRun one{run, {}};
    for (const std::string& tag : run.members) {
      GODWIT_TRY_ASSIGN(const auto end, ReadEnd(FolderOf(tag)));
      if (end) continue;
      one.open.insert(tag);
      run_of_[tag] = run.tag;
    }
    if (!one.open.empty()) runs_.emplace(run.tag, std::move(one));
  }
  return Ok();
}

DistcpCopier::OpenRun* DistcpCopier::RunWith(const std::string& tag) {
  const auto run = run_of_.find(tag);
  return run == run_of_.end() ? nullptr : &runs_.at(run->second);
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
  CopyRecord record{request.tag, request.direction, RequestDigest(request),
                    {},          request.bytes,     request.bytes_per_second_max};
  std::set<uint64_t> seen;
  for (Leg& leg : legs) {
    if (leg.inode == 0) continue;
    if (!seen.insert(leg.inode).second) {
      return InvalidInput(fmt::format("copy {}: one folder is to be copied twice, to {}: use two copies",
                                      request.tag, leg.to));
    }
    record.legs.push_back(std::move(leg));
  }
  return record;
}

void DistcpCopier::Gather(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!gathering_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
    while (!waiting_.empty() && std::chrono::steady_clock::now() < Due()) {
      // Copied: another thread may change what it stands for.
      const Instant due = Due();
      if (gathering_.wait_until(lock, stop, due, [&] { return waiting_.empty() || Due() < due; })) continue;
      if (stop.stop_requested()) return;
    }
    const Status started = StartWaiting();
    start_problem_ = started.ok() ? std::nullopt : std::optional<Error>(started.error());
    if (started.ok()) continue;
    for (auto& [tag, since] : waiting_) since = std::chrono::steady_clock::now() + kGatherInACrowd;
  }
}

// When a run is to start for what waits now.
DistcpCopier::Instant DistcpCopier::Due() const {
  Instant oldest = Instant::max();
  for (const auto& [tag, since] : waiting_) oldest = std::min(oldest, since);
  return oldest + (runs_.size() < kCrowd ? std::chrono::milliseconds(kGather) : kGatherInACrowd);
}

Status DistcpCopier::StartWaiting() {
  std::vector<CopyRecord> records;
  for (const auto& [tag, since] : waiting_) {
    GODWIT_TRY_ASSIGN(auto record, ReadRecord(FolderOf(tag)));
    if (record) records.push_back(*std::move(record));
  }
  Status later = Ok();
  for (const std::vector<CopyRecord>& members : GroupIntoRuns(std::move(records), loners_)) {
    const Status begun = Begin(members);
    if (begun.ok()) continue;
    if (begun.error().code == ErrorCode::kUnavailable) {
      later = begun;  // they wait on
      continue;
    }
    for (const CopyRecord& member : members) {
      GODWIT_TRY(WriteEnd(FolderOf(member.tag), Failed(begun.error().message)));
      waiting_.erase(member.tag);
    }
  }
  return later;
}

Status DistcpCopier::Begin(const std::vector<CopyRecord>& members) {
  const CopyRun run = RunOf(members);
  std::string sources;
  for (const CopyRecord& member : members) {
    for (const Leg& leg : member.legs) {
      sources += Sender(run.direction).LocationOf(fmt::format("/.reserved/.inodes/{}\n", leg.inode));
    }
  }
  // DistCp puts a single source's content into a target that is not there; into one that is, it puts the
  // folder.
  GODWIT_TRY(Receiver(run.direction).MakeFolders(run.landing));
  GODWIT_TRY(WriteRun(FolderOf(run.tag), run, sources));
  GODWIT_TRY(StartRun(run));
  for (const std::string& tag : run.members) {
    waiting_.erase(tag);
    run_of_[tag] = run.tag;
  }
  runs_[run.tag] = {run, {run.members.begin(), run.members.end()}};
  return Ok();
}

Status DistcpCopier::StartRun(const CopyRun& run) {
  const std::string folder = FolderOf(run.tag);
  DistcpRun arguments;
  arguments.tag = run.tag;
  arguments.yarn_tag = YarnTagOf(run.tag);
  arguments.list_file = folder + "/sources";
  arguments.to = Receiver(run.direction).LocationOf(run.landing);
  arguments.sources = run.sources;
  arguments.bytes_per_second_max = run.bytes_per_second_max;
  return StartSupervised(DistcpArguments(config_, arguments), config_.environment, folder);
}

Result<Effect> DistcpCopier::Submit(const CopyRequest& request) {
  std::lock_guard lock(mutex_);
  const std::string folder = FolderOf(request.tag);
  GODWIT_TRY_ASSIGN(std::optional<CopyRecord> record, ReadRecord(folder));
  if (record && record->request != RequestDigest(request)) {
    return Conflict(fmt::format("copy {}: this tag stands for another request", request.tag));
  }
  GODWIT_TRY_ASSIGN(const auto end, ReadEnd(folder));
  if (end) return Effect::kAlready;
  if (const OpenRun* run = RunWith(request.tag)) {
    if (LookAtSupervised(FolderOf(run->run.tag)).started) return Effect::kAlready;
    GODWIT_TRY_ASSIGN(const auto application, Application(run->run.tag));
    if (application) return Effect::kAlready;
    GODWIT_TRY(StartRun(run->run));  // we died between writing it down and starting it
    return Effect::kDone;
  }
  if (!record) {
    GODWIT_TRY_ASSIGN(const auto application, Application(request.tag));
    if (application) return Effect::kAlready;
  }
  const bool known = record.has_value();
  if (!known) {
    GODWIT_TRY_ASSIGN(record, Plan(request));
    GODWIT_TRY(WriteRecord(folder, *record));
  }
  if (record->legs.empty()) {
    GODWIT_TRY(WriteEnd(folder, {CopyState::kSucceeded, 0, ""}));
    return Effect::kDone;
  }
  const bool added = waiting_.try_emplace(request.tag, std::chrono::steady_clock::now()).second;
  gathering_.notify_all();
  return known && !added ? Effect::kAlready : Effect::kDone;
}

Result<CopyStatus> DistcpCopier::LookAtRun(const CopyRun& run) {
  const std::string folder = FolderOf(run.tag);
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
  GODWIT_TRY_ASSIGN(const auto application, Application(run.tag));
  if (!application) {
    if (!process.started) return CopyStatus{};
    return Failed("YARN knows no application of this copy; the client's log: " + folder + "/log");
  }
  if (!application->over()) return CopyStatus{CopyState::kRunning, 0, ""};
  if (application->succeeded()) return CopyStatus{CopyState::kSucceeded, 0, ""};
  return Failed(fmt::format("application {} ended {}: {}", application->id, application->final_status,
                            application->diagnostics));
}

Status DistcpCopier::Land(const CopyRecord& record, const CopyRun& run) {
  WebHdfs& receiver = Receiver(record.direction);
  const size_t parallel = receiver.config().parallel_calls;
  std::set<std::string> parents;
  for (const Leg& leg : record.legs) parents.insert(ParentOf(leg.to));
  const std::vector<std::string> folders(parents.begin(), parents.end());
  GODWIT_TRY(ForEach(folders.size(), parallel, [&](size_t i) { return receiver.MakeFolders(folders[i]); }));
  GODWIT_TRY(ForEach(record.legs.size(), parallel, [&](size_t i) -> Status {
    const Leg& leg = record.legs[i];
    const std::string landed = fmt::format("{}/{}", run.landing, leg.inode);
    const Status moved = receiver.Rename(landed, leg.to);
    if (moved.ok() || moved.error().code != ErrorCode::kConflict) return moved;
    // Moved by an earlier call whose answer was lost, or never sent because its source vanished.
    GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> left, receiver.Stat(landed));
    return left ? moved : Ok();
  }));
  return HandOver(receiver, record.legs, config_.preserve);
}

Status DistcpCopier::End(const CopyRecord& record, OpenRun& run, const CopyStatus& status) {
  const bool last = run.open.size() == 1;
  if (last) GODWIT_TRY(Receiver(record.direction).Delete(run.run.landing, /*recursive=*/true));
  GODWIT_TRY(WriteEnd(FolderOf(record.tag), status));
  run.open.erase(record.tag);
  run_of_.erase(record.tag);
  if (last) runs_.erase(std::string(run.run.tag));
  gathering_.notify_all();  // fewer runs: what waits may be due
  return Ok();
}

Result<CopyStatus> DistcpCopier::Advance(const CopyRecord& record, OpenRun& run) {
  GODWIT_TRY_ASSIGN(CopyStatus status, LookAtRun(run.run));
  const bool alone = run.run.members.size() == 1;
  if (alone && (status.state == CopyState::kRunning || status.state == CopyState::kSucceeded)) {
    const auto landed = Receiver(record.direction).Summary(run.run.landing);
    if (landed.ok()) status.bytes_copied = landed->bytes;
  }
  if (status.state == CopyState::kSucceeded) {
    if (!alone) status.bytes_copied = record.bytes;
    const Status land = Land(record, run.run);
    if (!land.ok() && land.error().code == ErrorCode::kUnavailable)
      return land.error();  // the next Poll goes on
    if (!land.ok()) status = Failed(land.error().message);
  } else if (status.state == CopyState::kFailed && !alone) {
    for (const Leg& leg : record.legs) loners_.insert(leg.inode);
    status.message +=
        fmt::format("; {} copies shared this run: the next time it travels alone", run.run.members.size());
  }
  if (status.state == CopyState::kSucceeded || status.state == CopyState::kFailed)
    GODWIT_TRY(End(record, run, status));
  return status;
}

Result<CopyStatus> DistcpCopier::Poll(const std::string& tag) {
  std::lock_guard lock(mutex_);
  GODWIT_TRY_ASSIGN(const auto end, ReadEnd(FolderOf(tag)));
  if (end) return *end;
  GODWIT_TRY_ASSIGN(const auto record, ReadRecord(FolderOf(tag)));
  if (!record) {
    GODWIT_TRY_ASSIGN(const auto application, Application(tag));
    const bool running = application && !application->over();
    return CopyStatus{running ? CopyState::kRunning : CopyState::kAbsent, 0, ""};
  }
  if (OpenRun* run = RunWith(tag)) return Advance(*record, *run);
  if (!waiting_.contains(tag)) return CopyStatus{};  // we died before its run: it is submitted again
  if (start_problem_) return *start_problem_;
  return CopyStatus{CopyState::kRunning, 0, ""};
}

Result<Effect> DistcpCopier::Cancel(const std::string& tag) {
  std::lock_guard lock(mutex_);
  GODWIT_TRY_ASSIGN(const auto end, ReadEnd(FolderOf(tag)));
  GODWIT_TRY_ASSIGN(const auto record, ReadRecord(FolderOf(tag)));
  if (end) return Effect::kAlready;
  waiting_.erase(tag);
  OpenRun* run = RunWith(tag);
  bool running = false;
  if (run == nullptr || run->open.size() == 1) {
    const std::string run_tag = run == nullptr ? tag : run->run.tag;
    // The client first: while it lives it may still submit the application.
    GODWIT_TRY(StopSupervised(FolderOf(run_tag)));
    GODWIT_TRY_ASSIGN(const auto application, Application(run_tag));
    running = application && !application->over();
    if (running) GODWIT_TRY(yarn_.Kill(application->id));
  }
  if (!record) return running ? Effect::kDone : Effect::kAlready;
  const CopyStatus cancelled{CopyState::kCancelled, 0, "cancelled"};
  GODWIT_TRY(run == nullptr ? WriteEnd(FolderOf(tag), cancelled) : End(*record, *run, cancelled));
  return Effect::kDone;
}

Result<std::vector<std::string>> DistcpCopier::Running(const std::string& prefix) {
  std::lock_guard lock(mutex_);
  std::set<std::string> tags;
  const auto add = [&](const std::string& tag) {
    if (tag.starts_with(prefix)) tags.insert(tag);
  };
  std::set<std::string> on_yarn_now;  // tags of runs
  if (on_yarn()) {
    GODWIT_TRY_ASSIGN(const auto applications, yarn_.Tagged("godwit"));
    for (const YarnApplication& application : applications) {
      if (application.over() || !application.name.starts_with(kNamePrefix)) continue;
      on_yarn_now.insert(application.name.substr(sizeof kNamePrefix - 1));
    }
  }
  for (const std::string& tag : on_yarn_now) add(tag);  // also of copies whose records are lost
  for (const auto& [tag, since] : waiting_) add(tag);
  for (const auto& [run_tag, run] : runs_) {
    if (!on_yarn_now.contains(run_tag) && !LookAtSupervised(FolderOf(run_tag)).running) continue;
    for (const std::string& tag : run.open) add(tag);
  }
  return std::vector<std::string>(tags.begin(), tags.end());
}

}  // namespace godwit::executor
