// config/yaml_section.h — small steps that readers of sections share.
#pragma once

#include <optional>
#include <string>

#include "config/yaml_reader.h"

namespace godwit::config {

// An absent or mistaken value leaves the default.
template <typename T>
void Take(std::optional<T> value, T& into) {
  if (value) into = *std::move(value);
}

inline constexpr int kCountMax = 1'000'000;

inline void TakeCount(YamlMap& map, const std::string& key, int& into, int max = kCountMax) {
  if (const std::optional<int64_t> value = map.Int(key, 1, max)) into = static_cast<int>(*value);
}

// A time-out: of 0 nothing could ever be in time.
inline void TakeTimeout(YamlMap& map, const std::string& key, Duration& into) {
  const std::optional<Duration> value = map.Duration(key);
  if (value && *value <= Duration(0)) {
    map.Problem(map.PlaceOf(key), "`" + key + "` must be longer than 0s");
  } else if (value) {
    into = *value;
  }
}

// A section that may be absent: `read` gets its keys.
template <typename Read>
void Section(YamlMap& parent, const std::string& key, YamlProblems& problems, Read read) {
  const YamlValue* value = parent.Value(key);
  if (value == nullptr) return;
  YamlMap map(*value, "`" + key + "`", problems);
  read(map);
  map.Finish();
}

// `path` without a slash at its end: as it stands if it is absolute or empty, else below `folder`.
std::string Absolute(const std::string& folder, const std::string& path);

}  // namespace godwit::config
