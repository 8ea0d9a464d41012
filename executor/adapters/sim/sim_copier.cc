#include <fmt/format.h>

#include "executor/adapters/sim/sim_site.h"

namespace godwit::executor::sim {
namespace {

bool IsHidden(const std::string& path) {
  return path.starts_with("_") || path.starts_with(".") || path.find("/_") != std::string::npos ||
         path.find("/.") != std::string::npos;
}

bool IsAttempt(const std::string& location) {
  return location.find(std::string("/") + kAttemptFolder + "/") != std::string::npos;
}

bool SameRequest(const CopyRequest& a, const CopyRequest& b) {
  return a.direction == b.direction && a.items == b.items;
}

}  // namespace

Result<Effect> SimCopier::Submit(const CopyRequest& request) {
  for (const CopyItem& item : request.items) {
    if (!IsAttempt(item.to))
      return InvalidInput(item.to + " is no attempt of godwit: a copy may not land there");
  }
  const auto found = copies_.find(request.tag);
  if (found != copies_.end()) {
    if (SameRequest(found->second.request, request)) return Effect::kAlready;
    return Conflict(request.tag + " stands for another copy");
  }
  Copy copy;
  copy.request = request;
  copy.status.state = CopyState::kRunning;
  copies_.emplace(request.tag, std::move(copy));
  NextFile(request.tag);
  return Effect::kDone;
}

Nanoseconds SimCopier::ArrivalOf(Nanoseconds begin, int64_t bytes, const CopyRequest& request) const {
  if (arrives) return arrives(begin, bytes);
  int64_t rate = bytes_per_second;
  if (request.bytes_per_second_max > 0) rate = std::min(rate, request.bytes_per_second_max);
  const double seconds = static_cast<double>(bytes) / static_cast<double>(rate);
  return begin + Nanoseconds(static_cast<int64_t>(seconds * 1e9) + 1);
}

void SimCopier::End(const std::string& tag, CopyState state, const std::string& message) {
  CopyStatus& status = copies_.at(tag).status;
  status.state = state;
  status.message = message;
  if (on_end) on_end(tag);
}

// Takes up the next file, or ends the copy.
void SimCopier::NextFile(const std::string& tag) {
  Copy& copy = copies_.at(tag);
  if (copy.status.state != CopyState::kRunning) return;
  if (dies && dies(tag)) return End(tag, CopyState::kFailed, "it died");
  while (copy.item < copy.request.items.size()) {
    const CopyItem& item = copy.request.items[copy.item];
    if (copy.file == 0) {
      copy.files.clear();
      for (const auto& [path, file] : From(copy).storage.Files(item.from)) {
        if (!IsHidden(path)) copy.files.emplace_back(path, file);
      }
    }
    if (copy.file < copy.files.size()) {
      copy.begun = one_line ? std::max(clock_.now(), line_free_at_) : clock_.now();
      line_free_at_ = ArrivalOf(copy.begun, copy.files[copy.file].second.bytes, copy.request);
      clock_.At(line_free_at_, [this, tag] { FinishFile(tag); });
      return;
    }
    ++copy.item;
    copy.file = 0;
  }
  End(tag, CopyState::kSucceeded, "");
}

// The file's bytes were read since it was taken up: they must still be there.
void SimCopier::FinishFile(const std::string& tag) {
  Copy& copy = copies_.at(tag);
  if (copy.status.state != CopyState::kRunning) return;
  const CopyItem& item = copy.request.items[copy.item];
  const auto& [path, listed] = copy.files[copy.file];
  const auto& there = From(copy).storage.Files(item.from);
  const auto file = there.find(path);
  if (file == there.end() || file->second.identity != listed.identity) {
    return End(tag, CopyState::kFailed, fmt::format("{}/{} changed while it was copied", item.from, path));
  }
  std::string content = file->second.content;
  if (tears && tears(tag)) content.resize(content.size() / 2);
  const Status written = To(copy).storage.Write(item.to, path, std::move(content), listed.bytes);
  if (!written.ok()) return End(tag, CopyState::kFailed, written.error().message);
  copy.status.bytes_copied += listed.bytes;
  bytes_copied += listed.bytes;
  if (on_copied) on_copied(tag, copy.begun, listed.bytes);
  ++copy.file;
  NextFile(tag);
}

Result<CopyStatus> SimCopier::Poll(const std::string& tag) {
  const auto found = copies_.find(tag);
  return found == copies_.end() ? CopyStatus{} : found->second.status;
}

Result<Effect> SimCopier::Cancel(const std::string& tag) {
  const auto found = copies_.find(tag);
  if (found == copies_.end() || found->second.status.state != CopyState::kRunning) return Effect::kAlready;
  found->second.status.state = CopyState::kCancelled;
  return Effect::kDone;
}

Result<std::vector<std::string>> SimCopier::Running(const std::string& prefix) {
  std::vector<std::string> tags;
  for (auto it = copies_.lower_bound(prefix); it != copies_.end() && it->first.starts_with(prefix); ++it) {
    if (it->second.status.state == CopyState::kRunning) tags.push_back(it->first);
  }
  return tags;
}

SimWorld::SimWorld(Timestamp start, const std::string& source_name, const std::string& target_name)
    : clock(start),
      source(clock, source_name),
      target(clock, target_name),
      copier(clock, source, target),
      comparer(source.catalog, source.query_engine, target.query_engine),
      world_{source.ports(), target.ports(), copier, comparer, notifier} {}

}  // namespace godwit::executor::sim
