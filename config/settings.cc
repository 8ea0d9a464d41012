#include "config/settings.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/yaml_reader.h"

namespace godwit::config {
namespace {

namespace fs = std::filesystem;

constexpr int kCountMax = 1'000'000;

std::string Absolute(const std::string& folder, const std::string& path) {
  return (fs::path(folder) / path).lexically_normal().string();
}

template <typename T>
void Take(std::optional<T> value, T& into) {
  if (value) into = *value;
}
void TakeCount(YamlMap& map, const std::string& key, int& into) {
  if (const std::optional<int64_t> value = map.Int(key, 1, kCountMax)) into = static_cast<int>(*value);
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

SiteSettings ReadSite(YamlMap& map, const std::string& role, const std::string& folder) {
  SiteSettings site;
  site.name = map.Text("name").value_or(role);
  site.kind = map.Choice("kind", {"local"}).value_or("");
  if (!map.Has("kind")) map.Problem(map.place(), "site `" + role + "` has no `kind`: write `kind: local`");
  const std::string root = map.RequiredText("root");
  if (!root.empty()) site.root = Absolute(folder, root);
  return site;
}

void ReadSites(YamlMap& file, YamlProblems& problems, Settings& settings) {
  Section(file, "sites", problems, [&](YamlMap& sites) {
    Section(sites, "source", problems,
            [&](YamlMap& site) { settings.source = ReadSite(site, "source", settings.folder); });
    Section(sites, "target", problems,
            [&](YamlMap& site) { settings.target = ReadSite(site, "target", settings.folder); });
    if (!settings.source || !settings.target) {
      sites.Problem(sites.place(), "`sites` needs both a `source` and a `target`");
    } else if (settings.source->name == settings.target->name) {
      sites.Problem(sites.place(),
                    "both sites are named " + settings.source->name + ": give each a name of its own");
    } else if (settings.source->root == settings.target->root) {
      sites.Problem(sites.place(), "both sites are the folder " + settings.source->root);
    }
  });
}

void ReadLocations(YamlMap& file, YamlProblems& problems, Settings& settings) {
  for (const YamlValue& item : file.List("locations")) {
    YamlMap pair(item, "a location pair", problems);
    settings.locations.emplace_back(pair.RequiredText("source"), pair.RequiredText("target"));
    pair.Finish();
  }
}

void ReadFreeze(YamlMap& map, FreezeSettings& freeze) {
  Take(map.Duration("budget"), freeze.budget);
  TakeCount(map, "attempts", freeze.attempts);
  TakeCount(map, "at_once", freeze.at_once);
  TakeCount(map, "drain_reads", freeze.drain_reads);
  Take(map.Duration("drain_gap"), freeze.drain_gap);
  Take(map.Duration("quiet_wait"), freeze.quiet_wait);
  Take(map.Duration("evidence_age"), freeze.evidence_age);
}

void ReadCopy(YamlMap& map, CopySettings& copy) {
  Take(map.BytesPerSecond("bandwidth"), copy.bandwidth);
  Take(map.BytesPerSecond("expected_bandwidth"), copy.expected_bandwidth);
  TakeCount(map, "units_at_once", copy.units_at_once);
  TakeCount(map, "copies_per_unit", copy.copies_per_unit);
  Take(map.Int("partitions_per_copy", 1, 1000), copy.partitions_per_copy);
  Take(map.Bytes("bytes_per_copy"), copy.bytes_per_copy);
}

void ReadWatch(YamlMap& map, WatchSettings& watch) {
  Take(map.Duration("look_again"), watch.look_again);
  Take(map.Duration("sync_every"), watch.sync_every);
  Take(map.Duration("linger_every"), watch.linger_every);
  Take(map.Duration("backoff"), watch.backoff);
  Take(map.Duration("unknown_wait"), watch.unknown_wait);
  TakeCount(map, "failures", watch.failures);
}

void ReadProbation(YamlMap& map, ProbationSettings& probation) {
  Take(map.Duration("lasts"), probation.lasts);
  probation.complete_by_itself =
      map.Choice("complete", {"by-itself", "by-command"}).value_or("by-command") == "by-itself";
}

void ReadFile(YamlMap& file, YamlProblems& problems, Settings& settings) {
  if (!file.Int("version", 1, 1)) file.Problem(file.place(), "`version: 1` is missing");
  settings.state_folder = Absolute(settings.folder, file.Text("state").value_or(".godwit"));
  ReadSites(file, problems, settings);
  ReadLocations(file, problems, settings);
  Section(file, "freeze", problems, [&](YamlMap& map) { ReadFreeze(map, settings.freeze); });
  Section(file, "copy", problems, [&](YamlMap& map) { ReadCopy(map, settings.copy); });
  Section(file, "watch", problems, [&](YamlMap& map) { ReadWatch(map, settings.watch); });
  Section(file, "dual_run", problems,
          [&](YamlMap& map) { TakeCount(map, "equal_cycles", settings.equal_cycles); });
  Section(file, "approvals", problems, [&](YamlMap& map) {
    Take(map.Bool("plan"), settings.approvals.plan);
    Take(map.Bool("switch"), settings.approvals.a_switch);
  });
  Section(file, "probation", problems, [&](YamlMap& map) { ReadProbation(map, settings.probation); });
  // Read by `godwit scan`, lineage and `plan`, each by its own reader.
  for (const char* section : {"scan", "lint", "plan"}) (void)file.Value(section);
  file.Finish();
}

}  // namespace

Result<Settings> ReadSettings(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return InvalidInput("there is no configuration " + path +
                        ": write one (docs/configuration.md), or name it with --config");
  }
  return ParseSettings(path, std::string(std::istreambuf_iterator<char>(stream), {}));
}

Result<Settings> ParseSettings(const std::string& path, const std::string& text) {
  Settings settings;
  settings.file = path;
  settings.folder = fs::absolute(path).parent_path().lexically_normal().string();
  GODWIT_TRY_ASSIGN(const YamlValue value, ParseYaml(path, text));
  YamlProblems problems(path);
  YamlMap file(value, "the configuration", problems);
  ReadFile(file, problems, settings);
  GODWIT_TRY(problems.Verdict());
  return settings;
}

}  // namespace godwit::config
