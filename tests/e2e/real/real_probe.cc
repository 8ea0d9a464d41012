// real_probe STACK.JSON VERB …: one call of a port against the running stack; prints {"code", "text"}. For
// the fault scenarios of tests/e2e.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/hadoop_site.h"

namespace godwit {
namespace {

using namespace executor;  // NOLINT
using nlohmann::json;
using Arguments = std::vector<std::string>;

struct Answer {
  std::string code, text;
};

Answer Of(const Error& error) {
  static const std::map<ErrorCode, const char*> kNames = {{ErrorCode::kInvalidInput, "invalid_input"},
                                                          {ErrorCode::kUnsupported, "unsupported"},
                                                          {ErrorCode::kUnavailable, "unavailable"},
                                                          {ErrorCode::kConflict, "conflict"},
                                                          {ErrorCode::kCorrupt, "corrupt"}};
  return {kNames.at(error.code), error.message};
}

Answer Of(const Result<Effect>& effect) {
  if (!effect.ok()) return Of(effect.error());
  return {*effect == Effect::kDone ? "done" : "already", ""};
}

Answer Of(const Status& status) { return status.ok() ? Answer{"done", ""} : Of(status.error()); }

struct Probe {
  json stack;
  std::unique_ptr<HadoopSite> source, target;

  HadoopSite& At(const std::string& side) { return side == "source" ? *source : *target; }

  std::unique_ptr<HadoopSite> OpenSite(const std::string& side) {
    HadoopSiteConfig config;
    config.hdfs.fs_names = {stack[side]["fs"]};
    config.hdfs.namenodes = stack[side]["namenodes"];
    config.hdfs.user = "root";
    config.hdfs.replication = 1;
    config.metastore.uris = {stack[side]["metastore"]};
    if (const std::string spark = stack[side]["spark"]; !spark.empty()) {
      config.query_engine.emplace();
      config.query_engine->host = spark.substr(0, spark.find(':'));
      config.query_engine->port = std::stoi(spark.substr(spark.find(':') + 1));
      config.query_engine->user = "root";
    }
    return *HadoopSite::Open(config);
  }

  Answer List(const Arguments& a) {
    auto files = At(a[0]).storage().ListFiles(At(a[0]).hdfs().LocationOf(a[1]));
    return files.ok() ? Answer{"done", std::to_string(files->size())} : Of(files.error());
  }
  Answer Stat(const Arguments& a) {
    auto there = At(a[0]).hdfs().Stat(a[1]);
    return there.ok() ? Answer{*there ? "there" : "absent", ""} : Of(there.error());
  }
  Answer Write(const Arguments& a) { return Of(At(a[0]).hdfs().Create(a[1], a[2], true)); }
  Answer Close(const Arguments& a) {
    (void)Create({a[0], a[1]});
    return Of(At(a[0]).barrier().Set(*ParseTableName(a[1]), Party::kWriters, true, std::stoull(a[2])));
  }
  Answer Create(const Arguments& a) {
    HadoopSite& site = At(a[0]);
    TableMeta table;
    table.name = *ParseTableName(a[1]);
    const std::string database = site.hdfs().LocationOf("/warehouse/" + table.name.db + ".db");
    if (auto made = site.catalog().CreateDatabase({table.name.db, database, "", {}}); !made.ok())
      return Of(made);
    table.columns = {{"id", "bigint", ""}};
    table.partition_keys = {{"dt", "string", ""}};
    table.location = database + "/" + table.name.name;
    table.storage = {{"input_format", "org.apache.hadoop.mapred.TextInputFormat"},
                     {"output_format", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"},
                     {"serde", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"}};
    return Of(site.catalog().CreateTable(table, "probe"));
  }
  Answer Publish(const Arguments& a) {
    HadoopSite& site = At(a[0]);
    Publication publication;
    publication.table = *ParseTableName(a[1]);
    publication.op = "probe";
    const std::string location = site.hdfs().LocationOf(
        "/warehouse/" + publication.table.db + ".db/_godwit/" + publication.table.name + "/a1/" + a[2]);
    publication.partitions = {{a[2], location, {}, {}}};
    return Of(site.catalog().Publish(publication));
  }
  Answer Copy(const Arguments& a) {
    DistcpConfig config;
    config.properties = {"mapreduce.framework.name=local"};
    return CopyWith(std::move(config), a);
  }
  Answer CopyOnYarn(const Arguments& a) {
    DistcpConfig config;
    config.resource_managers = {stack["yarn"]};
    config.yarn_user = "root";
    return CopyWith(std::move(config), a);
  }
  Answer CopyWith(DistcpConfig config, const Arguments& a) {
    for (const auto& part : stack["distcp"]) config.command.push_back(part);
    config.work_folder = stack["work"];
    auto copier = OpenHadoopCopier(config, *source, *target);
    if (!copier.ok()) return Of(copier.error());
    const CopyRequest request{
        a[0], Direction::kToTarget, {{source->hdfs().LocationOf(a[1]), target->hdfs().LocationOf(a[2])}}, 0};
    if (auto submitted = (*copier)->Submit(request); !submitted.ok()) return Of(submitted);
    for (;;) {
      auto status = (*copier)->Poll(a[0]);
      if (!status.ok()) return Of(status.error());
      if (status->state == CopyState::kSucceeded) return {"done", std::to_string(status->bytes_copied)};
      if (status->state != CopyState::kRunning) return {"failed", status->message};
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }
  Answer Sql(const Arguments& a) {
    auto rows = At(a[0]).spark()->session().Query(a[1]);
    if (!rows.ok()) return Of(rows.error());
    std::string text;
    for (const SqlRow& row : *rows) {
      for (const auto& cell : row) text += cell.value_or("NULL") + "\t";
      text += "\n";
    }
    return {"done", text};
  }
  // All rows of a table as one digest, with their number.
  Answer Digest(const Arguments& a) {
    auto digests = At(a[0]).query_engine().Digest(*ParseTableName(a[1]), {""});
    return digests.ok() ? Answer{"done", std::to_string((*digests)[0].rows) + " " + (*digests)[0].digest}
                        : Of(digests.error());
  }
  Answer Doctor(const Arguments& a) {
    const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    std::string text;
    for (const Finding& finding : At(a[0]).Diagnose({a[1]}, {}, now).findings) {
      text += finding.check + " " + std::to_string(static_cast<int>(finding.severity)) + ": " + finding.text +
              "\n";
    }
    return {"done", text};
  }
};

int Main(const Arguments& arguments) {
  using Verb = Answer (Probe::*)(const Arguments&);
  static const std::map<std::string, std::pair<Verb, size_t>> kVerbs = {
      {"list", {&Probe::List, 2}},     {"stat", {&Probe::Stat, 2}},
      {"write", {&Probe::Write, 3}},   {"close", {&Probe::Close, 3}},
      {"create", {&Probe::Create, 2}}, {"publish", {&Probe::Publish, 3}},
      {"copy", {&Probe::Copy, 3}},     {"copy_on_yarn", {&Probe::CopyOnYarn, 3}},
      {"doctor", {&Probe::Doctor, 2}}, {"sql", {&Probe::Sql, 2}},
      {"digest", {&Probe::Digest, 2}}};
  const auto verb = arguments.size() < 2 ? kVerbs.end() : kVerbs.find(arguments[1]);
  if (verb == kVerbs.end() || arguments.size() != 2 + verb->second.second) {
    std::fprintf(stderr,
                 "usage: real_probe STACK.JSON "
                 "list|stat|write|close|create|publish|copy|copy_on_yarn|doctor|sql|digest …\n");
    return 2;
  }
  Probe probe;
  std::ifstream in(arguments[0]);
  probe.stack = json::parse(in);
  probe.source = probe.OpenSite("source");
  probe.target = probe.OpenSite("target");
  const Answer answer = (probe.*verb->second.first)({arguments.begin() + 2, arguments.end()});
  std::printf("%s\n", json{{"code", answer.code}, {"text", answer.text}}
                          .dump(-1, ' ', false, json::error_handler_t::replace)
                          .c_str());
  return 0;
}

}  // namespace
}  // namespace godwit

int main(int argc, char** argv) { return godwit::Main({argv + 1, argv + argc}); }
