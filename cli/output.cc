#include "cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "base/time.h"
#include "base/utf8.h"

namespace godwit::cli {
namespace {

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Names may hold any bytes; a terminal would obey some of them.
std::string Shown(std::string_view text, int descriptor) {
  return isatty(descriptor) != 0 ? Visible(text) : std::string(text);
}

void Say(std::string_view prefix, std::string_view text) {
  fmt::print(stderr, "{}{}{}", prefix, Shown(text, 2), text.ends_with('\n') ? "" : "\n");
}

}  // namespace

void Output::Print(std::string_view text) const {
  const std::string shown = Shown(text, 1);
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

void Output::ClearScreen() const {
  if (isatty(1) != 0) fmt::print(stdout, "\x1b[H\x1b[2J");
}

void Output::PrintJson(const Json& document) const {
  // Names may hold any bytes: what is not UTF-8 is shown as U+FFFD rather than refused.
  Print(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Output::Warn(std::string_view text) const { Say("warning: ", text); }
void Output::Note(std::string_view text) const {
  if (!quiet) Say("", text);
}
void Output::NextStep(std::string_view command) const {
  if (!quiet) Say("next: ", command);
}

ExitCode Output::Fail(const Error& error) const {
  if (json) PrintJson({{"error", {{"code", ErrorCodeName(error.code)}, {"message", error.message}}}});
  Say("error: ", error.message);
  return ExitCodeOf(error);
}

Progress::Progress(std::string what, uint64_t total, bool quiet)
    : what_(std::move(what)), total_(total), quiet_(quiet), terminal_(isatty(2) != 0), started_(Seconds()) {}

Progress::~Progress() {
  if (drawn_ && terminal_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::Set(uint64_t count, std::string_view detail) {
  const double now = Seconds();
  if (quiet_ || now - std::max(last_, started_) < (terminal_ ? 0.1 : 10.0)) return;
  last_ = now;
  drawn_ = true;
  std::string line = fmt::format("{} {}", what_, count);
  if (total_ > 0) {
    const double share = std::min(1.0, static_cast<double>(count) / static_cast<double>(total_));
    const double left = share > 0 ? (now - started_) * (1 - share) / share : 0;
    const size_t filled = static_cast<size_t>(share * 30);
    line += fmt::format("/{} [{}{}] {:3.0f}% ETA {}", total_, std::string(filled, '#'),
                        std::string(30 - filled, '.'), share * 100,
                        share > 0 ? FormatDuration(std::chrono::seconds(static_cast<int64_t>(left))) : "?");
  }
  if (!detail.empty()) line += fmt::format("  {}", detail);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", Visible(line, true));
  } else {
    fmt::print(stderr, "{}\n", line);
  }
}

}  // namespace godwit::cli
