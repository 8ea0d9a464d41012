// executor/adapters/hdfs/hdfs_config.h — one HDFS as its clients reach it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace godwit::executor {

enum class HdfsAuth : uint8_t { kSimple, kDelegationToken, kKerberos };

struct HdfsConfig {
  // The names under which locations mean this file system, "hdfs://nn1:8020" or "hdfs://nameservice". The
  // first is the one that godwit writes.
  std::vector<std::string> fs_names;
  std::vector<std::string> namenodes;  // "http://host:9870", all of an HA pair

  HdfsAuth auth = HdfsAuth::kSimple;
  std::string user;              // kSimple
  std::string do_as;             // act for this user (a proxy-user right); empty: as oneself
  std::string delegation_token;  // kDelegationToken; a secret

  std::string ca_file;  // for https; empty: the system's certificates
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds request_timeout{30000};
  std::chrono::seconds stall_timeout{30};
  size_t parallel_calls = 8;  // most calls that one batch has in flight
  int replication = 3;        // of new files: what a byte costs in raw space
  // Hosts to which a NameNode may send us for data; empty: any. A leading dot means a domain:
  // ".dc1.example.com".
  std::vector<std::string> datanode_hosts;
};

}  // namespace godwit::executor
