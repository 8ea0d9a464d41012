#include "executor/delivery.h"

#include <fmt/format.h>

#include <charconv>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "base/durable_file.h"
#include "base/hash.h"
#include "executor/notice.h"
#include "state/lock_file.h"

namespace godwit::executor {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kPage = 256;
constexpr int kDoublingsMax = 16;

bool Wants(const Receiver& receiver, const std::string& event) {
  return receiver.events.empty() ? event != kQuietEvent : receiver.events.contains(event);
}

Result<std::optional<int64_t>> ReadCursor(const std::string& path) {
  GODWIT_TRY_ASSIGN(const std::optional<std::string> text, ReadFileIfThere(path));
  if (!text) return std::optional<int64_t>();
  int64_t cursor = -1;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), cursor);
  if (parsed.ec != std::errc() || cursor < 0) {
    return Corrupt(path + " holds no number: remove it, and its receiver begins with what comes next");
  }
  return std::optional(cursor);
}

}  // namespace

class Delivery::Impl {
 public:
  explicit Impl(DeliveryOptions options) : options_(std::move(options)) {}

  ~Impl() { Close(SteadyClock::now()); }

  Status Start(std::vector<Receiver> receivers) {
    std::error_code error;
    std::filesystem::create_directories(options_.folder, error);
    for (Receiver& receiver : receivers) {
      auto line = std::make_unique<Line>();
      line->receiver = std::move(receiver);
      GODWIT_TRY_ASSIGN(line->journal, options_.open_journal());
      GODWIT_TRY_ASSIGN(line->cursor, CursorOf(*line));
      lines_.push_back(std::move(line));
    }
    for (const auto& line : lines_) line->thread = std::thread([this, at = line.get()] { Run(*at); });
    return Ok();
  }

  std::vector<std::string> Finish(Duration at_most) {
    Close(SteadyClock::now() + at_most);
    std::vector<std::string> behind;
    for (const auto& line : lines_) {
      if (!line->caught_up) behind.push_back(line->receiver.name);
    }
    return behind;
  }

 private:
  // One receiver.
  struct Line {
    Receiver receiver;
    std::unique_ptr<state::Journal> journal;
    std::optional<state::LockFile> lock;
    int64_t cursor = 0;
    int failures = 0;        // in a row
    bool caught_up = false;  // with everything that was written when closing began
    std::thread thread;
  };

  std::string PathOf(const Line& line, const char* ending) const {
    return options_.folder + "/" + line.receiver.name + ending;
  }

  Result<int64_t> CursorOf(const Line& line) const {
    GODWIT_TRY_ASSIGN(const std::optional<int64_t> cursor, ReadCursor(PathOf(line, ".cursor")));
    if (cursor) return *cursor;
    GODWIT_TRY_ASSIGN(const state::Journal::Head head, line.journal->GetHead());
    GODWIT_TRY(ReplaceFile(PathOf(line, ".cursor"), std::to_string(head.sequence) + "\n"));
    return head.sequence;
  }

  void Close(SteadyClock::time_point deadline) {
    {
      const std::lock_guard lock(mutex_);
      if (deadline_) return;
      deadline_ = deadline;
    }
    changed_.notify_all();
    for (const auto& line : lines_) line->thread.join();
  }

  bool MustEnd() {
    const std::lock_guard lock(mutex_);
    return deadline_ && SteadyClock::now() >= *deadline_;
  }
  bool Closing() {
    const std::lock_guard lock(mutex_);
    return deadline_.has_value();
  }
  // Waits, but not past the end.
  void Wait(Duration delay, bool wake_when_closing) {
    std::unique_lock lock(mutex_);
    const auto until = SteadyClock::now() + delay;
    if (!deadline_) changed_.wait_until(lock, until, [&] { return deadline_.has_value(); });
    if (deadline_ && !wake_when_closing) {
      const auto end = std::min(until, *deadline_);
      changed_.wait_until(lock, end, [&] { return SteadyClock::now() >= end; });
    }
  }

  void Run(Line& line) {
    while (!MustEnd()) {
      const bool closing = Closing();  // asked before reading: what was written until then is all there is
      const Status done = Deliver(line);
      if (!done.ok()) {
        Fail(line, done.error());
        Wait(Backoff(line), false);
      } else if (closing) {  // without its lock another process serves it
        line.caught_up = !MustEnd();
        return;
      } else {
        Wait(options_.poll, true);
      }
    }
  }

  // All that is there to deliver. Two processes do not serve one receiver: whoever has its lock does.
  Status Deliver(Line& line) {
    if (!line.lock && !TakeLock(line)) return Ok();
    for (;;) {
      GODWIT_TRY_ASSIGN(const std::vector<state::Record> page, line.journal->Read(line.cursor, kPage));
      if (page.empty()) return Ok();
      for (const state::Record& record : page) {
        if (MustEnd()) return Ok();
        GODWIT_TRY(DeliverOne(line, record));
      }
    }
  }

  bool TakeLock(Line& line) {
    Result<state::LockFile> lock = state::LockFile::Acquire(PathOf(line, ".lock"), line.receiver.name);
    if (!lock.ok()) return false;
    line.lock = *std::move(lock);
    const Result<std::optional<int64_t>> cursor = ReadCursor(PathOf(line, ".cursor"));
    if (cursor.ok() && *cursor) line.cursor = **cursor;  // whoever had the lock has moved it
    return true;
  }

  Status DeliverOne(Line& line, const state::Record& record) {
    const std::optional<Notice> notice = NoticeOf(record);
    if (notice && Wants(line.receiver, notice->event)) {
      GODWIT_TRY(line.receiver.notifier->Send(*notice));
      GODWIT_TRY(ReplaceFile(PathOf(line, ".cursor"), std::to_string(record.sequence) + "\n"));
      if (line.failures > 0) Tell(line.receiver.name + " takes notices again");
      line.failures = 0;
    }
    line.cursor = record.sequence;
    return Ok();
  }

  void Fail(Line& line, const Error& error) {
    if (line.failures++ == 0) Tell(line.receiver.name + ": " + error.message + "; it is tried again");
  }

  // Half fixed, half spread by name and count, so that receivers that failed together do not come together.
  Duration Backoff(const Line& line) const {
    const Duration base =
        std::min(options_.backoff_max,
                 options_.backoff_min * (int64_t{1} << std::min(line.failures - 1, kDoublingsMax)));
    const uint64_t spread = Hash64(line.receiver.name, static_cast<uint64_t>(line.failures)) % 1000;
    return base / 2 + base * static_cast<int64_t>(spread) / 2000;
  }

  void Tell(const std::string& text) const {
    if (options_.tell) options_.tell("notify " + text);
  }

  DeliveryOptions options_;
  std::vector<std::unique_ptr<Line>> lines_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<SteadyClock::time_point> deadline_;  // closing since it is there
};

Delivery::Delivery(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Delivery::~Delivery() = default;

Result<std::unique_ptr<Delivery>> Delivery::Start(std::vector<Receiver> receivers, DeliveryOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  GODWIT_TRY(impl->Start(std::move(receivers)));
  return std::unique_ptr<Delivery>(new Delivery(std::move(impl)));
}

std::vector<std::string> Delivery::Finish(Duration at_most) { return impl_->Finish(at_most); }

}  // namespace godwit::executor
