// config/notify_settings.h — the section `notify:` of godwit.yaml: who is told what. docs/notifications.md.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/secret.h"
#include "config/yaml_reader.h"

namespace godwit::config {

struct ReceiverSettings {
  enum class Kind { kWebhook, kCommand, kFile };
  std::string name;  // letters, digits, '-', '_'; unique
  Kind kind = Kind::kFile;
  std::string url;                       // kWebhook: http or https
  std::optional<SecretPlace> url_place;  // instead of `url`, if the URL is a secret
  std::optional<SecretPlace> key;        // kWebhook: signs
  std::string ca_file;                   // kWebhook, absolute
  std::vector<std::string> argv;         // kCommand; argv[0] is absolute
  std::string path;                      // kFile, absolute
  std::set<std::string> events;          // empty: the usual ones
  Duration time_limit = std::chrono::seconds(10);
};

inline constexpr size_t kReceiversMax = 32;

// Mistakes go to `problems`.
std::vector<ReceiverSettings> ReadReceivers(YamlMap& file, const std::string& folder, YamlProblems& problems);

}  // namespace godwit::config
