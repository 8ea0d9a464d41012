// config/yaml.h — YAML text → a plain tree of values that know their place. The only user of yaml-cpp.
//
// A strict subset: one document, UTF-8, no anchors, aliases, tags or merge keys, keys are scalars and unique
// in their map. yaml-cpp itself loads alias bombs and self-references; they are refused here before any tree
// is built.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace godwit::config {

inline constexpr size_t kYamlBytesMax = 64u << 20;
inline constexpr int kYamlDepthMax = 64;

struct YamlPlace {
  int line = 1;    // 1-based
  int column = 1;  // 1-based, in bytes
};

struct YamlEntry;

struct YamlValue {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  YamlPlace place;
  std::string text;     // of a scalar, as written
  bool quoted = false;  // a quoted or block scalar: always text, never a number or true/false
  std::vector<YamlValue> items;
  std::vector<YamlEntry> entries;  // in the order of the file

  // The entry's value, or null if this is not a map that has it.
  const YamlValue* Find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  YamlPlace place;  // of the key
  YamlValue value;
};

// Our own files are held to the subset. Another program's may say a key twice (both entries are kept), have
// tags (left out), anchors, aliases and merge keys (written out, up to kYamlValuesMax values).
enum class YamlUse { kOwn, kForeign };
inline constexpr size_t kYamlValuesMax = 2'000'000;

// `file` only names the text in errors. Errors: kInvalidInput, "FILE:LINE:COLUMN: what: remedy". Empty text
// is a null value.
Result<YamlValue> ParseYaml(const std::string& file, std::string_view text, YamlUse use = YamlUse::kOwn);

}  // namespace godwit::config
