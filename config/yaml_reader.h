// config/yaml_reader.h — a YAML tree → typed values. Every mistake of a file is collected with its place, so
// that one run shows them all; the caller asks for the verdict at the end.
//
//     YamlProblems problems("godwit.yaml");
//     YamlMap site(value, "a site", problems);
//     s.kind = site.Choice("kind", {"local", "hadoop"}).value_or("");
//     s.root = site.RequiredText("root");
//     s.link = site.BytesOr("link", 0);
//     site.Finish();                      // names unknown keys and the nearest known one
//     GODWIT_TRY(problems.Verdict());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/yaml.h"

namespace godwit::config {

// The mistakes of one file, in the order found; at most kYamlProblemsMax are kept.
inline constexpr size_t kYamlProblemsMax = 50;

class YamlProblems {
 public:
  explicit YamlProblems(std::string file) : file_(std::move(file)) {}
  void Add(YamlPlace place, const std::string& message);
  const std::string& file() const { return file_; }
  bool empty() const { return lines_.empty(); }
  // Errors: kInvalidInput with every mistake on a line of its own, if there is one.
  Status Verdict() const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
};

// A map with known keys. A getter notes its key as known; a value of the wrong type is a problem and reads as
// absent. `Required…` adds a problem when the key is absent and returns an empty value.
class YamlMap {
 public:
  // `what` names the map in messages: "a site". A value that is no map is a problem (a null one is an empty
  // map) and has no keys. `value` and `problems` must outlive the map.
  YamlMap(const YamlValue& value, std::string what, YamlProblems& problems);

  bool Has(const std::string& key);
  // The value as it stands; null when absent.
  const YamlValue* Value(const std::string& key);

  std::optional<std::string> Text(const std::string& key);
  std::optional<bool> Bool(const std::string& key);
  std::optional<int64_t> Int(const std::string& key, int64_t min, int64_t max);
  std::optional<double> Number(const std::string& key, double min, double max);
  std::optional<int64_t> Bytes(const std::string& key);
  std::optional<int64_t> BytesPerSecond(const std::string& key);  // "5GB/s" or an amount of bytes
  std::optional<godwit::Duration> Duration(const std::string& key);
  std::optional<Timestamp> Time(const std::string& key);
  std::optional<std::string> Choice(const std::string& key, const std::vector<std::string>& choices);
  // A list of texts; one text alone is a list of one.
  std::vector<std::string> Texts(const std::string& key);
  // A list's items or a map's entries; empty when absent.
  const std::vector<YamlValue>& List(const std::string& key);
  const std::vector<YamlEntry>& Map(const std::string& key);

  std::string RequiredText(const std::string& key);
  const YamlValue& Required(const std::string& key);

  YamlPlace place() const { return value_->place; }
  // The place of a key's value; the map's own if absent.
  YamlPlace PlaceOf(const std::string& key) const;
  void Problem(YamlPlace place, const std::string& message) { problems_->Add(place, message); }

  // Reports the keys that no getter asked for.
  void Finish();

 private:
  const YamlValue* Scalar(const std::string& key, const char* wanted);
  template <typename T>
  std::optional<T> Parsed(const std::string& key, const char* wanted, Result<T> (*parse)(std::string_view));

  const YamlValue* value_;
  std::string what_;
  YamlProblems* problems_;
  std::vector<std::string> known_;
};

// A scalar as text, number or truth: for items of lists. A wrong type is a problem.
std::optional<std::string> TextOf(const YamlValue& value, const std::string& what, YamlProblems& problems);

}  // namespace godwit::config
