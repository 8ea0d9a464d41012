// executor/adapters/hdfs/remote_exception.h — what an HDFS server's refusal means to the caller.
#pragma once

#include <string>

#include "base/result.h"
#include "executor/adapters/http/http_client.h"

namespace godwit::executor {

struct RemoteException {
  std::string name;  // "FileNotFoundException"; "" if the answer is not a WebHDFS one (a proxy's HTML page …)
  std::string message;  // first line
};

RemoteException ParseRemoteException(const HttpAnswer& answer);

// Another NameNode may be the active one.
bool IsStandby(const RemoteException& exception);

// `what`: "RENAME /a/b".
Error RefusalOf(const std::string& what, const HttpAnswer& answer);

}  // namespace godwit::executor
