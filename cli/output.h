// cli/output.h — where a command's words go: the answer to stdout, progress and log to stderr.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/exit_code.h"

namespace godwit::cli {

using Json = nlohmann::ordered_json;  // keys stay as written: same input, same bytes

class Output {
 public:
  bool json = false;  // --format json
  bool quiet = false;

  // The answer, as it stands; nothing is added. On a terminal control characters are shown, not obeyed.
  void Print(std::string_view text) const;
  void ClearScreen() const;  // of a terminal
  // The answer as JSON, one document, two spaces of indent.
  void PrintJson(const Json& document) const;

  // stderr: a thing a person might act on, and what to do next.
  void Warn(std::string_view text) const;
  void Note(std::string_view text) const;
  void NextStep(std::string_view command) const;  // "next: godwit plan …", not with --quiet

  // Says the error on stderr ({"error": …} on stdout with JSON) and returns its exit code.
  ExitCode Fail(const Error& error) const;
};

// A bar with ETA on stderr while something long runs; a line every ten seconds where stderr is no terminal.
class Progress {
 public:
  // `total` of 0: unknown, only the count is shown.
  Progress(std::string what, uint64_t total, bool quiet);
  ~Progress();  // clears the bar
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void Set(uint64_t count, std::string_view detail = "");
  void SetTotal(uint64_t total) { total_ = total; }

 private:
  std::string what_;
  uint64_t total_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  double started_;
  double last_ = 0;
};

}  // namespace godwit::cli
