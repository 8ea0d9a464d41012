// executor/adapters/hdfs/web_hdfs_operation.h — inside web_hdfs: one call.
#pragma once

#include "executor/adapters/hdfs/web_hdfs.h"

namespace godwit::executor {

struct WebHdfs::Operation {
  const char* method;
  const char* name;
  bool changes;
};

// What goes to the DataNode, or comes from it.
struct WebHdfs::Payload {
  const std::string* body = nullptr;
  std::function<bool(std::string_view)> sink;
};

}  // namespace godwit::executor
