// config/limit_settings.h — the section `limits:` of godwit.yaml: how much may happen at once, how fast, and
// when to stop by itself. docs/limits.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/yaml_reader.h"

namespace godwit::config {

struct RateWindowSettings {
  enum class Link { kBoth, kToTarget, kToSource };
  Link link = Link::kBoth;
  uint8_t days = 0x7f;  // bit 0: Monday
  int from_minute = 0, to_minute = 24 * 60;
  int64_t bytes_per_second = 0;  // 0: no copy begins
};

struct BreakerSettings {
  bool on = true;
  int window = 20;
  int attempts = 10;
  int open_percent = 50;
  Duration cool_down = std::chrono::minutes(5);
  int probes = 3;
};

// An outside signal of load: a command's exit code or number, or a URL's status or number.
struct LoadSettings {
  std::vector<std::string> command;  // either; argv[0] is absolute
  std::string url;
  std::optional<double> above;  // stop above this number; without it the exit code or status alone counts
  Duration every = std::chrono::seconds(30);
  Duration time_limit = std::chrono::seconds(10);
};

struct LimitSettings {
  std::vector<RateWindowSettings> rates;
  Duration utc_offset{0};
  Duration burst = std::chrono::minutes(1);
  int copies = 0;  // 0: no limit
  int calls = 16;
  BreakerSettings breaker;
  std::optional<LoadSettings> load;
  std::string panic_file;  // absolute; "": none
};

LimitSettings ReadLimits(YamlMap& map, const std::string& folder, YamlProblems& problems);

}  // namespace godwit::config
