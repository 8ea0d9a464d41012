// executor/adapters/hive_metastore/metastore_client.h — connections to a Hive Metastore. Thrift's classes and
// exceptions stay behind this wall.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ThriftHiveMetastore.h"
#include "base/result.h"
#include "executor/adapters/hive_metastore/metastore_config.h"

namespace godwit::executor {

using MetastoreStub = hms::ThriftHiveMetastoreClient;

class MetastoreClient {
 public:
  // Errors: kInvalidInput for a configuration without addresses, or one that is not thrift://HOST:PORT.
  static Result<std::unique_ptr<MetastoreClient>> Open(MetastoreConfig config);
  ~MetastoreClient();

  const MetastoreConfig& config() const { return config_; }

  // Runs `call` on a connection, opening one where needed; addresses are tried in turn. `what` names it in
  // messages. A reading call whose connection breaks is tried again on a new one, a changing call is not.
  // `call` catches the exceptions that mean something to it (NoSuchObjectException …). Errors: kUnavailable
  // (no answer, or the server's own trouble), kConflict (exists already), kInvalidInput (refused),
  // kUnsupported (a method that this server does not have).
  Status Read(const std::string& what, const std::function<void(MetastoreStub&)>& call);
  Status Change(const std::string& what, const std::function<void(MetastoreStub&)>& call);

 private:
  struct Connection;

  explicit MetastoreClient(MetastoreConfig config);
  Result<std::unique_ptr<Connection>> Take();
  Result<std::unique_ptr<Connection>> Connect();
  void Give(std::unique_ptr<Connection> connection);

  MetastoreConfig config_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  size_t active_ = 0;  // address that answered last
};

}  // namespace godwit::executor
