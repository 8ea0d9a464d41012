#include "cli/load_watch.h"

#include <fmt/format.h>

#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "base/child_process.h"
#include "executor/adapters/http/http_client.h"

namespace godwit::cli {
namespace {

constexpr size_t kOutputMax = 1u << 20;

std::string AskCommand(const config::LoadSettings& settings) {
  Command command;
  command.argv = settings.command;
  command.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
  command.time_limit = settings.time_limit;
  command.output_max = kOutputMax;
  const Result<Finished> finished = RunCommand(command);
  if (!finished.ok()) return JudgeLoad(settings, false, finished.error().message, "");
  if (finished->timed_out) {
    return JudgeLoad(settings, false, "it did not end within " + FormatDuration(settings.time_limit), "");
  }
  return JudgeLoad(settings, finished->exit_code == 0, fmt::format("exit code {}", finished->exit_code),
                   finished->out);
}

std::string AskUrl(const config::LoadSettings& settings, executor::HttpClient& http) {
  executor::HttpRequest request;
  request.url = settings.url;
  const executor::HttpOutcome outcome = http.Perform(request);
  if (!outcome.answer) return JudgeLoad(settings, false, outcome.failure, "");
  const int status = outcome.answer->status;
  return JudgeLoad(settings, status >= 200 && status <= 299, fmt::format("status {}", status),
                   outcome.answer->body);
}

executor::HttpConfig HttpOf(const config::LoadSettings& settings) {
  executor::HttpConfig http;
  http.connect_timeout = http.request_timeout = settings.time_limit;
  return http;
}

}  // namespace

std::string JudgeLoad(const config::LoadSettings& settings, bool good, const std::string& how,
                      std::string text) {
  if (!good) return "the load signal says stop: " + how;
  if (!settings.above) return "";
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  char* end = nullptr;
  const double load = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(load)) {
    return "the load signal is no number: '" + text.substr(0, 40) + "'";
  }
  return load > *settings.above ? fmt::format("the load is {}, above {}", load, *settings.above) : "";
}

class LoadWatch::Impl {
 public:
  explicit Impl(const config::LoadSettings& settings) : settings_(settings), http_(HttpOf(settings)) {
    reason_ = Ask();
    thread_ = std::thread([this] { Run(); });
  }
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  std::string Reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

 private:
  std::string Ask() { return settings_.url.empty() ? AskCommand(settings_) : AskUrl(settings_, http_); }

  void Run() {
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, settings_.every, [this] { return closing_; })) return;
      }
      std::string reason = Ask();
      const std::lock_guard lock(mutex_);
      reason_ = std::move(reason);
    }
  }

  const config::LoadSettings settings_;
  executor::HttpClient http_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string reason_;
  bool closing_ = false;
  std::thread thread_;
};

LoadWatch::LoadWatch(const config::LoadSettings& settings) : impl_(std::make_unique<Impl>(settings)) {}
LoadWatch::~LoadWatch() = default;
std::string LoadWatch::Reason() const { return impl_->Reason(); }

}  // namespace godwit::cli
