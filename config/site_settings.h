// config/site_settings.h — the two sites of godwit.yaml, and how copies between Hadoop sites run. Plain
// values: who uses them is not known here. docs/configuration.md describes every key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/secret.h"
#include "config/yaml_reader.h"

namespace godwit::config {

struct HdfsSettings {
  std::vector<std::string> fs_names;   // "hdfs://nameservice"; the first is the one that is written
  std::vector<std::string> namenodes;  // "http://host:9870"
  std::string auth = "simple";         // simple | delegation_token | kerberos
  std::string user;
  std::string do_as;
  std::optional<SecretPlace> delegation_token;
  std::string ca_file;  // absolute
  Duration connect_timeout = std::chrono::seconds(5);
  Duration request_timeout = std::chrono::seconds(30);
  Duration stall_timeout = std::chrono::seconds(30);
  int parallel_calls = 8;
  int replication = 3;
  std::vector<std::string> datanode_hosts;
};

struct MetastoreSettings {
  std::vector<std::string> uris;  // "thrift://host:9083"
  std::string user;
  Duration connect_timeout = std::chrono::seconds(5);
  Duration request_timeout = std::chrono::minutes(2);
  int parallel_calls = 4;
  int batch_partitions = 250;
  bool column_statistics = true;
};

struct QueryEngineSettings {
  std::string host;
  int port = 10000;
  std::string auth = "nosasl";  // nosasl | plain
  std::string user;
  std::optional<SecretPlace> password;
  Duration query_timeout = std::chrono::hours(1);
};

struct HadoopSettings {
  HdfsSettings hdfs;
  MetastoreSettings metastore;
  std::optional<QueryEngineSettings> query_engine;
  std::string scheduler_root;  // folder of a local scheduler, absolute
};

struct SiteSettings {
  std::string name;       // as people call it
  std::string kind;       // "local" | "hadoop"
  std::string root;       // local: the folder, absolute
  HadoopSettings hadoop;  // hadoop alone
};

struct DistcpSettings {
  std::vector<std::string> command;  // a path and its first arguments
  std::vector<std::string> environment;
  std::string work_folder;  // absolute
  std::vector<std::string> resource_managers;
  std::string yarn_user;
  std::string auth = "simple";  // simple | kerberos, towards the ResourceManager
  std::string ca_file;
  std::string queue;
  int maps_max = 20;
  std::string preserve = "ugpax";
  bool composite_crc = true;
  bool direct = true;
  bool ignore_failures = true;
  std::vector<std::string> properties;  // "dfs.blocksize=268435456"
};

// `role` is "source" or "target"; relative paths begin at `folder`. Mistakes go to the map's problems.
SiteSettings ReadSite(YamlMap& map, const std::string& role, const std::string& folder,
                      YamlProblems& problems);
DistcpSettings ReadDistcp(YamlMap& map, const std::string& folder);

// What is wrong with the two sites together; "" if nothing.
std::string ContradictionOf(const SiteSettings& source, const SiteSettings& target);

}  // namespace godwit::config
