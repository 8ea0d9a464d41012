#include "executor/adapters/local/local_copier.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/child_process.h"
#include "executor/ports/storage.h"

namespace godwit::executor::local {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Duration kStartMax = 30s;
constexpr Duration kKillMax = 30s;
constexpr auto kLockPollEvery = 5ms;

Status CheckRequest(const CopyRequest& request) {
  for (const CopyItem& item : request.items) {
    const fs::path to(item.to);
    const auto marker = std::find(to.begin(), to.end(), kAttemptFolder);
    if (marker == to.end() || std::find(to.begin(), to.end(), "..") != to.end()) {
      return InvalidInput(
          fmt::format("{}: copies land below a folder named {}, nowhere else", item.to, kAttemptFolder));
    }
  }
  return Ok();
}

bool Same(const CopyRequest& a, const CopyRequest& b) {
  return a.tag == b.tag && a.direction == b.direction && a.items == b.items;
}

Status Start(const std::string& program, const std::string& root, const std::string& tag) {
  Command command;
  command.argv = {program, "local", "copy", root, tag};
  command.time_limit = kStartMax;
  GODWIT_TRY_ASSIGN(const Finished finished, RunCommand(command));
  if (finished.timed_out || finished.exit_code != 0) {
    return Unavailable(fmt::format("copy {}: its process did not start: {}", tag, finished.err));
  }
  return Ok();
}

// The lock is free: whoever worked has ended. A worker that is only just beginning sees that it is forbidden
// and ends by itself, so this waits for it.
Status StopWorker(const CopyFolder& folder) {
  const auto deadline = std::chrono::steady_clock::now() + kKillMax;
  for (;;) {
    GODWIT_TRY_ASSIGN(const bool locked, folder.IsLocked());
    if (!locked) return Ok();
    if (std::chrono::steady_clock::now() > deadline) {
      return Unavailable(fmt::format("{}: somebody still holds the lock", folder.path()));
    }
    GODWIT_TRY_ASSIGN(const std::optional<ProcessIdentity> worker, folder.ReadWorker());
    if (worker) GODWIT_TRY(KillProcess(*worker, kKillMax));
    std::this_thread::sleep_for(kLockPollEvery);
  }
}

Result<Effect> CancelAt(const std::string& root, const std::string& tag) {
  GODWIT_TRY_ASSIGN(const CopyFolder folder, CopyFolder::At(root, tag));
  GODWIT_TRY(folder.Make());
  GODWIT_TRY(folder.ForbidStart());
  GODWIT_TRY(StopWorker(folder));
  GODWIT_TRY_ASSIGN(const CopyStatus status, folder.ReadStatus());
  if (IsOver(status.state) || !folder.HadWorker()) return Effect::kAlready;
  GODWIT_TRY(folder.WriteStatus({CopyState::kCancelled, status.bytes_copied, ""}));
  return Effect::kDone;
}

}  // namespace

Result<Effect> LocalCopier::Submit(const CopyRequest& request) {
  GODWIT_TRY(CheckRequest(request));
  const std::string& root = RootOf(request.direction);
  GODWIT_TRY_ASSIGN(const CopyFolder folder, CopyFolder::At(root, request.tag));
  GODWIT_TRY_ASSIGN(const std::optional<CopyRequest> there, folder.ReadRequest());
  if (there && !Same(*there, request)) {
    return Conflict(fmt::format("copy {}: the tag stands for another request", request.tag));
  }
  GODWIT_TRY_ASSIGN(const CopyStatus status, folder.Look());
  if (status.state == CopyState::kCancelled && !there) {
    return Conflict(fmt::format("copy {}: cancelled before it began", request.tag));
  }
  if (status.state != CopyState::kAbsent) return Effect::kAlready;
  GODWIT_TRY(folder.Make());
  if (!there) GODWIT_TRY(folder.WriteRequest(request));
  GODWIT_TRY(Start(program_, root, request.tag));
  return Effect::kDone;
}

Result<CopyStatus> LocalCopier::Poll(const std::string& tag) {
  for (const std::string& root : {target_root_, source_root_}) {
    GODWIT_TRY_ASSIGN(const CopyFolder folder, CopyFolder::At(root, tag));
    GODWIT_TRY_ASSIGN(const CopyStatus status, folder.Look());
    if (status.state != CopyState::kAbsent) return status;
  }
  return CopyStatus{};
}

Result<Effect> LocalCopier::Cancel(const std::string& tag) {
  Effect effect = Effect::kAlready;
  for (const std::string& root : {target_root_, source_root_}) {
    GODWIT_TRY_ASSIGN(const Effect there, CancelAt(root, tag));
    if (there == Effect::kDone) effect = there;
  }
  return effect;
}

Result<std::vector<std::string>> LocalCopier::Running(const std::string& prefix) {
  std::vector<std::string> running;
  for (const std::string& root : {target_root_, source_root_}) {
    GODWIT_TRY_ASSIGN(const std::vector<std::string> tags, CopyTags(root));
    for (const std::string& tag : tags) {
      if (!tag.starts_with(prefix)) continue;
      GODWIT_TRY_ASSIGN(const CopyFolder folder, CopyFolder::At(root, tag));
      GODWIT_TRY_ASSIGN(const CopyStatus status, folder.Look());
      if (status.state == CopyState::kRunning) running.push_back(tag);
    }
  }
  std::sort(running.begin(), running.end());
  return running;
}

}  // namespace godwit::executor::local
