// tests/e2e/real/stack_file.h — where the servers of the running stack are (stack.json, named by
// GODWIT_STACK).
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "executor/adapters/hdfs/web_hdfs.h"

namespace godwit::executor {

inline nlohmann::json StackFile() {
  const char* path = std::getenv("GODWIT_STACK");
  if (!path)
    throw std::runtime_error("GODWIT_STACK is not set: tests/e2e/run starts the servers and this program");
  std::ifstream in(path);
  return nlohmann::json::parse(in);
}

inline HdfsConfig HdfsOf(const nlohmann::json& stack, const std::string& side) {
  HdfsConfig config;
  config.fs_names = {stack[side]["fs"]};
  config.namenodes = stack[side]["namenodes"];
  config.ca_file = stack[side]["ca_file"];
  if (config.ca_file.empty()) {
    config.user = "root";
  } else {
    config.auth = HdfsAuth::kKerberos;  // as root too: tests/e2e/stack/kerberos.py
  }
  config.replication = 1;
  return config;
}

}  // namespace godwit::executor

#define ASSERT_OK(result) ASSERT_TRUE((result).ok()) << (result).error().message
#define EXPECT_OK(result) EXPECT_TRUE((result).ok()) << (result).error().message
