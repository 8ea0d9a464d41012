// executor/adapters/hive_metastore/metastore_config.h — one Hive Metastore as its clients reach it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace godwit::executor {

struct MetastoreConfig {
  std::vector<std::string>
      uris;          // "thrift://host:9083", all of them; the first that answers is used until it fails
  std::string user;  // in whose name the server makes folders; empty: its own
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds request_timeout{120000};  // a thousand partitions take a slow server a while
  size_t parallel_calls = 4;                          // connections that one batch uses
  size_t batch_partitions = 250;                      // partitions in one call
  bool column_statistics = true;                      // move them with tables and partitions
  // Names of this site's file system. A table whose parameters name a path there (a schema file, a jar) that
  // lies outside its own folder is not moved: at the other site it would still need this one.
  std::vector<std::string> fs_names;
};

}  // namespace godwit::executor
