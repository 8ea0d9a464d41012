#include "sources/lineage_yaml.h"

#include <algorithm>
#include <cctype>

#include "config/yaml_reader.h"

namespace godwit::sources {
namespace {

using config::YamlMap;
using config::YamlProblems;
using config::YamlValue;

std::vector<std::string> Tables(YamlMap& map, const char* key) {
  std::vector<std::string> tables = map.Texts(key);
  for (std::string& table : tables) {
    std::transform(table.begin(), table.end(), table.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (table.find_first_of(" \t,;") != std::string::npos) {
      map.Problem(map.PlaceOf(key),
                  "'" + table + "' is no table name: write db.table, each as an item of its own");
    }
  }
  std::sort(tables.begin(), tables.end());
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  return tables;
}

}  // namespace

Result<LineageYaml> ReadLineageYaml(const std::string& file, std::string_view text) {
  GODWIT_TRY_ASSIGN(const YamlValue root, config::ParseYaml(file, text));
  YamlProblems problems(file);
  LineageYaml found;
  YamlMap map(root, "lineage.yaml", problems);
  map.Int("version", 1, 1);
  for (const YamlValue& item : map.List("jobs")) {
    YamlMap entry(item, "a declaration", problems);
    Declaration declaration;
    declaration.job = entry.RequiredText("job");
    declaration.reads = Tables(entry, "reads");
    declaration.writes = Tables(entry, "writes");
    declaration.replaces = entry.Bool("replaces").value_or(false);
    declaration.by = entry.Text("by").value_or("");
    declaration.note = entry.Text("note").value_or("");
    declaration.file = file;
    declaration.line = static_cast<uint32_t>(item.place.line);
    if (!entry.Has("reads") && !entry.Has("writes")) {
      entry.Problem(entry.place(), "a declaration needs reads or writes; [] says that there are none");
    }
    entry.Finish();
    found.declarations.push_back(std::move(declaration));
  }
  for (const config::YamlEntry& entry : map.Map("owners")) {
    if (auto owner = config::TextOf(entry.value, entry.key, problems))
      found.owners.push_back({entry.key, *owner});
  }
  map.Finish();
  GODWIT_TRY(problems.Verdict());
  return found;
}

}  // namespace godwit::sources
