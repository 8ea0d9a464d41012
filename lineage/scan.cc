#include "lineage/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace godwit::lineage {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string Text(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}
std::vector<std::string> Texts(const Json& json, const char* key) {
  std::vector<std::string> texts;
  const auto found = json.find(key);
  if (found == json.end()) return texts;
  for (const Json& each : *found) {
    if (each.is_string()) texts.push_back(each.get<std::string>());
  }
  return texts;
}
uint32_t Number(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? found->get<uint32_t>() : 0;
}

Json ToJson(const sources::Declaration& each) {
  Json json{{"declaration", each.job}};
  json["reads"] = each.reads;
  json["writes"] = each.writes;
  if (each.replaces) json["replaces"] = true;
  if (!each.by.empty()) json["by"] = each.by;
  if (!each.note.empty()) json["note"] = each.note;
  json["file"] = each.file;
  json["line"] = each.line;
  return json;
}

// One line that is neither header, job nor end.
void Take(const Json& json, Scan& scan) {
  if (json.contains("file") && json.contains("digest")) {
    scan.files.push_back({Text(json, "file"), Text(json, "digest")});
  } else if (json.contains("problem")) {
    scan.problems.push_back({Text(json, "problem"), Number(json, "line"), Text(json, "message")});
  } else if (json.contains("declaration")) {
    sources::Declaration each{
        Text(json, "declaration"), Texts(json, "reads"), Texts(json, "writes"), json.value("replaces", false),
        Text(json, "by"),          Text(json, "note"),   Text(json, "file"),    Number(json, "line")};
    scan.declarations.push_back(std::move(each));
  } else if (json.contains("owner_of")) {
    scan.owners.push_back({Text(json, "owner_of"), Text(json, "owner")});
  } else if (json.contains("allow")) {
    scan.allows.push_back({Text(json, "allow"), Text(json, "object"), Text(json, "reason")});
  } else if (json.contains("log")) {
    scan.logs.push_back({Text(json, "log"), Texts(json, "reads"), Texts(json, "writes")});
  }
}

}  // namespace

ScanWriter::ScanWriter() = default;

void ScanWriter::Line(std::string_view line) {
  text_ += line;
  text_ += '\n';
  hash_ = Hash64(line, hash_);
  ++lines_;
}

void ScanWriter::Add(const Scan& scan) {
  Line(Dump({{"format", "godwit-scan"}, {"version", kScanVersion}, {"roots", scan.roots}}));
  for (const ScannedFile& file : scan.files) Line(Dump({{"file", file.path}, {"digest", file.digest}}));
}

void ScanWriter::AddJob(std::string_view record_json) { Line(record_json); }

void ScanWriter::AddRest(const Scan& scan) {
  for (const FileProblem& each : scan.problems)
    Line(Dump({{"problem", each.file}, {"line", each.line}, {"message", each.message}}));
  for (const sources::Declaration& each : scan.declarations) Line(Dump(ToJson(each)));
  for (const sources::TableOwner& each : scan.owners)
    Line(Dump({{"owner_of", each.table}, {"owner", each.owner}}));
  for (const AllowRule& each : scan.allows)
    Line(Dump({{"allow", each.code}, {"object", each.object}, {"reason", each.reason}}));
  for (const LogLineage& each : scan.logs)
    Line(Dump({{"log", each.job}, {"reads", each.reads}, {"writes", each.writes}}));
  // The snapshot in its own form, on one line.
  if (!scan.snapshot.tables.empty() || !scan.snapshot.jobs.empty()) {
    Line("{\"snapshot\":" + Dump(Json::parse(SnapshotToJson(scan.snapshot))) + "}");
  }
  const std::string end = Dump({{"end", lines_}, {"fingerprint", fingerprint()}});
  text_ += end + "\n";
}

std::string ScanWriter::Take() { return std::exchange(text_, {}); }
std::string ScanWriter::fingerprint() const { return Hex64(hash_); }

std::string ScanToText(const Scan& scan) {
  ScanWriter writer;
  writer.Add(scan);
  for (const JobRecord& job : scan.jobs) writer.AddJob(RecordToJson(job));
  writer.AddRest(scan);
  return writer.Take();
}

Result<Scan> ParseScan(const std::string& name, std::string_view text) {
  const Error cut = Corrupt(name + " is not a whole scan file: run `godwit scan` again");
  Scan scan;
  uint64_t hash = 0, lines = 0;
  bool ended = false;
  for (size_t at = 0; at < text.size() && !ended;) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("{\"job\"")) {
      GODWIT_TRY_ASSIGN(JobRecord record, RecordFromJson(line));
      scan.jobs.push_back(std::move(record));
    } else {
      const Json json = Json::parse(line, nullptr, false);
      if (!json.is_object()) return cut;
      if (lines == 0 && (Text(json, "format") != "godwit-scan" || Number(json, "version") != kScanVersion)) {
        return Corrupt(
            fmt::format("{} is no scan file of version {}: run `godwit scan` again", name, kScanVersion));
      }
      if (lines == 0) scan.roots = Texts(json, "roots");
      ended = json.contains("end");
      if (ended && (json["end"] != lines || Text(json, "fingerprint") != Hex64(hash))) return cut;
      if (json.contains("snapshot")) {
        GODWIT_TRY_ASSIGN(scan.snapshot, ParseSnapshot(name, json["snapshot"].dump()));
      }
      Take(json, scan);
    }
    if (!ended) {
      hash = Hash64(line, hash);
      ++lines;
    }
  }
  if (!ended) return cut;
  scan.fingerprint = Hex64(hash);
  return scan;
}

Result<Scan> LoadScan(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return Unavailable("cannot read " + path + ": run `godwit scan PATH…` first");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return ParseScan(path, text);
}

}  // namespace godwit::lineage
