// executor/adapters/distcp/distcp_config.h — how copies between two HDFS are run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace godwit::executor {

struct DistcpConfig {
  // What to run, arguments of ours follow: {"/usr/bin/hadoop", "distcp"}. The first is a path. Never a shell.
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "HADOOP_CONF_DIR=/etc/hadoop/conf", added to godwit's own
  // Records of running copies: on a local disk, kept over restarts, for this migration alone.
  std::string work_folder;

  // "http://rm:8088", both of an HA pair. Empty: copies run inside the child process (local runner), not on
  // YARN.
  std::vector<std::string> resource_managers;
  std::string yarn_user;  // who may kill the applications, on a cluster without Kerberos
  bool kerberos = false;  // SPNEGO to the ResourceManager
  std::string ca_file;
  std::string queue;  // YARN's; empty: the user's default

  int maps_max = 20;
  std::string preserve = "ugpax";  // letters of -p: b r u g p c a x t; "b" keeps block sizes
  bool composite_crc = true;       // compare across block sizes; Hadoop 3.1 and later
  bool direct = true;              // write without a temporary name; Hadoop 3.2 and later
  bool ignore_failures = true;     // a file that vanished does not end the run; verification finds it
  int listing_threads = 8;
  std::vector<std::string> properties;  // "dfs.blocksize=268435456": further -D
};

}  // namespace godwit::executor
