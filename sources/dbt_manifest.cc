#include "sources/dbt_manifest.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

namespace godwit::sources {
namespace {

using Json = nlohmann::json;

const Json& At(const Json& json, const char* key) {
  static const Json kNone;
  if (!json.is_object()) return kNone;
  const auto found = json.find(key);
  return found == json.end() ? kNone : *found;
}

std::string Text(const Json& json) { return json.is_string() ? json.get<std::string>() : ""; }

std::string Relation(const Json& node) {
  std::string name = Text(At(node, "alias"));
  if (name.empty()) name = Text(At(node, "identifier"));
  if (name.empty()) name = Text(At(node, "name"));
  const std::string schema = Text(At(node, "schema"));
  name = schema.empty() ? name : schema + "." + name;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

bool Builds(const std::string& type) { return type == "model" || type == "snapshot" || type == "seed"; }

}  // namespace

bool LooksLikeDbtManifest(std::string_view text) {
  const std::string_view head = text.substr(0, 4096);
  return head.find("dbt_schema_version") != std::string_view::npos &&
         head.find("manifest") != std::string_view::npos;
}

Result<Definitions> ReadDbtManifest(const std::string& file, std::string_view text) {
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded() || !At(root, "nodes").is_object())
    return InvalidInput(file + ":1:1: not a dbt manifest");
  std::map<std::string, const Json*> nodes;
  for (const char* part : {"nodes", "sources"}) {
    for (const auto& [id, node] : At(root, part).items()) nodes[id] = &node;
  }
  Definitions found;
  for (const auto& [id, node] : nodes) {
    if (!Builds(Text(At(*node, "resource_type")))) continue;
    const std::string materialized = Text(At(At(*node, "config"), "materialized"));
    Definition job;
    job.name = Text(At(*node, "name"));
    job.workflow = Text(At(*node, "package_name"));
    job.owner = Text(At(At(At(*node, "config"), "meta"), "owner"));
    job.declared = materialized != "ephemeral";
    if (job.declared) job.writes = {Relation(*node)};
    job.kind = materialized == "view" ? JobKind::kView : JobKind::kSql;
    // An ephemeral model passes its inputs on to its readers.
    std::vector<std::string> open;
    for (const Json& each : At(At(*node, "depends_on"), "nodes")) open.push_back(Text(each));
    for (size_t i = 0; i < open.size() && open.size() < 100'000; ++i) {
      const auto upstream = nodes.find(open[i]);
      if (upstream == nodes.end()) continue;
      const Json& other = *upstream->second;
      if (Text(At(At(other, "config"), "materialized")) == "ephemeral") {
        for (const Json& each : At(At(other, "depends_on"), "nodes")) {
          if (std::find(open.begin(), open.end(), Text(each)) == open.end()) open.push_back(Text(each));
        }
        continue;
      }
      job.reads.push_back(Relation(other));
      if (Builds(Text(At(other, "resource_type"))))
        job.upstream.push_back(Text(At(other, "package_name")) + "." + Text(At(other, "name")));
    }
    std::string code = Text(At(*node, "compiled_code"));
    if (code.empty()) code = Text(At(*node, "compiled_sql"));
    if (!code.empty() && job.declared) {
      Work work;
      work.kind = Work::Kind::kSql;
      work.engine = Engine::kSpark;
      work.text = TracedText("create " + std::string(materialized == "view" ? "view " : "table ") +
                                 Relation(*node) + " as " + code,
                             {});
      job.work.push_back(std::move(work));
    }
    if (job.declared) found.jobs.push_back(std::move(job));
  }
  return found;
}

}  // namespace godwit::sources
