#include "config/scan_settings.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "config/yaml_reader.h"

namespace godwit::config {
namespace {

// A path of the file as seen from where godwit was started.
std::string FromFile(const std::string& file, const std::string& path) {
  const size_t slash = file.rfind('/');
  if (path.empty() || path.starts_with('/') || slash == std::string::npos) return path;
  return file.substr(0, slash + 1) + path;
}

void ReadScan(const YamlValue& value, const std::string& file, YamlProblems& problems,
              ScanSettings& settings) {
  YamlMap map(value, "scan", problems);
  for (const std::string& path : map.Texts("paths")) settings.paths.push_back(FromFile(file, path));
  settings.exclude = map.Texts("exclude");
  for (const YamlEntry& entry : map.Map("variables")) {
    if (auto text = TextOf(entry.value, entry.key, problems)) settings.variables[entry.key] = *text;
  }
  settings.engine = map.Choice("engine", {"hive", "spark"}).value_or("hive");
  settings.database = map.Text("database").value_or("");
  for (const std::string& path : map.Texts("lineage")) settings.lineage.push_back(FromFile(file, path));
  settings.snapshot = FromFile(file, map.Text("snapshot").value_or(""));
  for (const std::string& path : map.Texts("logs")) settings.logs.push_back(FromFile(file, path));
  map.Finish();
}

void ReadLint(const YamlValue& value, YamlProblems& problems, ScanSettings& settings) {
  YamlMap map(value, "lint", problems);
  for (const YamlValue& item : map.List("allow")) {
    YamlMap entry(item, "an allowance", problems);
    settings.allowances.push_back(
        {entry.RequiredText("code"), entry.RequiredText("object"), entry.RequiredText("reason")});
    entry.Finish();
  }
  map.Finish();
}

}  // namespace

Result<ScanSettings> ParseScanSettings(const std::string& path, const std::string& text) {
  GODWIT_TRY_ASSIGN(const YamlValue root, ParseYaml(path, text));
  YamlProblems problems(path);
  ScanSettings settings;
  if (const YamlValue* scan = root.Find("scan")) ReadScan(*scan, path, problems, settings);
  if (const YamlValue* lint = root.Find("lint")) ReadLint(*lint, problems, settings);
  GODWIT_TRY(problems.Verdict());
  return settings;
}

Result<ScanSettings> ReadScanSettings(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return InvalidInput(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  return ParseScanSettings(path, std::string{std::istreambuf_iterator<char>(stream), {}});
}

}  // namespace godwit::config
