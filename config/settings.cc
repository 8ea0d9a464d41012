#include "config/settings.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/yaml_reader.h"
#include "config/yaml_section.h"

namespace godwit::config {
namespace {

namespace fs = std::filesystem;

void ReadSites(YamlMap& file, YamlProblems& problems, Settings& settings) {
  Section(file, "sites", problems, [&](YamlMap& sites) {
    Section(sites, "source", problems,
            [&](YamlMap& site) { settings.source = ReadSite(site, "source", settings.folder, problems); });
    Section(sites, "target", problems,
            [&](YamlMap& site) { settings.target = ReadSite(site, "target", settings.folder, problems); });
    if (!settings.source || !settings.target) {
      sites.Problem(sites.place(), "`sites` needs both a `source` and a `target`");
    } else if (const std::string wrong = ContradictionOf(*settings.source, *settings.target);
               !wrong.empty()) {
      sites.Problem(sites.place(), wrong);
    }
  });
}

// How copies run is asked for where Hadoop sites need it, and only there.
void ReadCopying(YamlMap& file, YamlProblems& problems, Settings& settings) {
  Section(file, "distcp", problems,
          [&](YamlMap& map) { settings.distcp = ReadDistcp(map, settings.folder); });
  const bool hadoop = settings.source && settings.source->kind == "hadoop";
  if (hadoop && !settings.distcp) file.Problem(file.place(), "sites of kind hadoop need a section `distcp`");
  if (!hadoop && settings.source && settings.distcp)
    file.Problem(file.PlaceOf("distcp"), "`distcp` is for sites of kind hadoop");
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

void ReadVerify(YamlMap& map, VerifySettings& verify) {
  Take(map.Number("percent", 0.001, 100), verify.percent);
  verify.by_bytes = map.Choice("by", {"checksums", "bytes"}).value_or("checksums") == "bytes";
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

// `required`, `not-required`, or a truth.
void TakeRequired(YamlMap& map, const std::string& key, bool& into) {
  const YamlValue* value = map.Value(key);
  const bool is_word = value != nullptr && (value->text == "required" || value->text == "not-required");
  if (is_word) {
    into = value->text == "required";
  } else {
    Take(map.Bool(key), into);
  }
}

void ReadApprovals(YamlMap& map, const std::string& folder, ApprovalSettings& approvals) {
  TakeRequired(map, "plan", approvals.plan);
  TakeRequired(map, "switch", approvals.a_switch);
  Take(map.Duration("lasts"), approvals.lasts);
  approvals.people = Absolute(folder, map.Text("people").value_or(""));
  Take(map.Bool("four_eyes"), approvals.four_eyes);
}

void ReadStateFile(YamlMap& map, const std::string& folder, StateFileSettings& state_file) {
  state_file.mirror = Absolute(folder, map.Text("mirror").value_or(""));
  Take(map.Bytes("free_min"), state_file.free_min);
  Take(map.Bytes("ballast"), state_file.ballast);
}

void ReadFile(YamlMap& file, YamlProblems& problems, Settings& settings) {
  if (!file.Int("version", 1, 1)) file.Problem(file.place(), "`version: 1` is missing");
  settings.state_folder = Absolute(settings.folder, file.Text("state").value_or(".godwit"));
  ReadSites(file, problems, settings);
  ReadCopying(file, problems, settings);
  ReadLocations(file, problems, settings);
  Section(file, "freeze", problems, [&](YamlMap& map) { ReadFreeze(map, settings.freeze); });
  Section(file, "copy", problems, [&](YamlMap& map) { ReadCopy(map, settings.copy); });
  Section(file, "verify", problems, [&](YamlMap& map) { ReadVerify(map, settings.verify); });
  Section(file, "watch", problems, [&](YamlMap& map) { ReadWatch(map, settings.watch); });
  Section(file, "dual_run", problems,
          [&](YamlMap& map) { TakeCount(map, "equal_cycles", settings.equal_cycles); });
  Section(file, "approvals", problems,
          [&](YamlMap& map) { ReadApprovals(map, settings.folder, settings.approvals); });
  Section(file, "limits", problems,
          [&](YamlMap& map) { settings.limits = ReadLimits(map, settings.folder, problems); });
  Section(file, "state_file", problems,
          [&](YamlMap& map) { ReadStateFile(map, settings.folder, settings.state_file); });
  Section(file, "probation", problems, [&](YamlMap& map) { ReadProbation(map, settings.probation); });
  settings.notify = ReadReceivers(file, settings.folder, problems);
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
