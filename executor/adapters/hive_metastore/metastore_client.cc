#include "executor/adapters/hive_metastore/metastore_client.h"

#include <fmt/format.h>
#include <poll.h>
#include <thrift/TOutput.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>

#include <algorithm>
#include <charconv>

namespace godwit::executor {

using apache::thrift::TApplicationException;
using apache::thrift::TConfiguration;
using apache::thrift::TException;
using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::protocol::TProtocolException;
using apache::thrift::transport::TBufferedTransport;
using apache::thrift::transport::TSocket;
using apache::thrift::transport::TTransportException;

struct MetastoreClient::Connection {
  std::shared_ptr<TSocket> socket;
  std::unique_ptr<MetastoreStub> stub;
};

namespace {

constexpr int kMessageBytesMax = 512 << 20;
constexpr int kStringBytesMax = 64 << 20;
constexpr int kContainerMax = 2'000'000;  // no table has more partitions; of structs these are gigabytes
constexpr size_t kErrorTextMax = 500;

struct Address {
  std::string host;
  int port = 0;
};

Result<Address> ParseAddress(const std::string& uri) {
  constexpr std::string_view kScheme = "thrift://";
  const size_t colon = uri.rfind(':');
  Address address;
  if (uri.starts_with(kScheme) && colon != uri.npos && colon > kScheme.size()) {
    address.host = uri.substr(kScheme.size(), colon - kScheme.size());
    const char* end = uri.data() + uri.size();
    const auto parsed = std::from_chars(uri.data() + colon + 1, end, address.port);
    if (parsed.ec == std::errc() && parsed.ptr == end && address.port > 0 && address.port < 65536)
      return address;
  }
  return InvalidInput(fmt::format("metastore: {} is not an address; write thrift://HOST:9083", uri));
}

std::string Short(const std::string& text) {
  std::string line = text.substr(0, std::min(text.find('\n'), kErrorTextMax));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return line;
}

// The server wraps everything from a lost database to a missing permission in this one exception.
Error OfMetaException(const std::string& what, const std::string& message) {
  const std::string text = what + ": the metastore says: " + Short(message);
  for (const char* refusal :
       {"AccessControlException", "Permission denied", "not allowed", "AuthorizationException"}) {
    if (message.find(refusal) != message.npos) return InvalidInput(text + ": give godwit's user the right");
  }
  return Unavailable(text);
}

// Something to read on a connection where nothing was asked: the server has closed it.
bool Stale(TSocket& socket) {
  pollfd probe{socket.getSocketFD(), POLLIN, 0};
  return !socket.isOpen() || poll(&probe, 1, 0) != 0;
}

Status Guarded(const std::string& what, MetastoreStub& stub, const std::function<void(MetastoreStub&)>& call,
               bool& broken) {
  try {
    call(stub);
    return Ok();
  } catch (const hms::MetaException& e) {
    return OfMetaException(what, e.message);
  } catch (const hms::AlreadyExistsException& e) {
    return Conflict(what + ": exists already: " + Short(e.message));
  } catch (const hms::NoSuchObjectException& e) {
    return InvalidInput(what + ": does not exist: " + Short(e.message));
  } catch (const hms::InvalidObjectException& e) {
    return InvalidInput(what + ": refused: " + Short(e.message));
  } catch (const hms::InvalidOperationException& e) {
    return InvalidInput(what + ": refused: " + Short(e.message));
  } catch (const hms::InvalidInputException& e) {
    return InvalidInput(what + ": refused: " + Short(e.message));
  } catch (const hms::ConfigValSecurityException& e) {
    return InvalidInput(what + ": not shown: " + Short(e.message));
  } catch (const TApplicationException& e) {
    if (e.getType() == TApplicationException::UNKNOWN_METHOD) {
      return Unsupported(what + ": this metastore has no such call: " + Short(e.what()));
    }
    broken = true;
    return Unavailable(what + ": " + Short(e.what()));
  } catch (const TException& e) {
    broken = true;
    return Unavailable(what + ": " + Short(e.what()));
  } catch (
      const std::exception& e) {  // what a hostile answer makes the decoder throw (bad_alloc, length_error)
    broken = true;
    return Unavailable(what + ": the answer cannot be read: " + Short(e.what()));
  }
}

}  // namespace

MetastoreClient::MetastoreClient(MetastoreConfig config) : config_(std::move(config)) {}
MetastoreClient::~MetastoreClient() = default;

Result<std::unique_ptr<MetastoreClient>> MetastoreClient::Open(MetastoreConfig config) {
  apache::thrift::GlobalOutput.setOutputFunction([](const char*) {});  // it would print what we return
  if (config.uris.empty()) return InvalidInput("metastore: give at least one address, thrift://HOST:9083");
  for (const std::string& uri : config.uris) GODWIT_TRY(ParseAddress(uri));
  config.parallel_calls = std::clamp<size_t>(config.parallel_calls, 1, 64);
  config.batch_partitions = std::clamp<size_t>(config.batch_partitions, 1, 1000);
  return std::unique_ptr<MetastoreClient>(new MetastoreClient(std::move(config)));
}

Result<std::unique_ptr<MetastoreClient::Connection>> MetastoreClient::Connect() {
  std::string failures;
  size_t first = 0;
  {
    std::lock_guard lock(mutex_);
    first = active_;
  }
  for (size_t i = 0; i < config_.uris.size(); ++i) {
    const size_t place = (first + i) % config_.uris.size();
    GODWIT_TRY_ASSIGN(const Address address, ParseAddress(config_.uris[place]));
    const auto limits = std::make_shared<TConfiguration>(kMessageBytesMax);
    auto connection = std::make_unique<Connection>();
    connection->socket = std::make_shared<TSocket>(address.host, address.port, limits);
    connection->socket->setConnTimeout(static_cast<int>(config_.connect_timeout.count()));
    connection->socket->setRecvTimeout(static_cast<int>(config_.request_timeout.count()));
    connection->socket->setSendTimeout(static_cast<int>(config_.request_timeout.count()));
    auto buffered = std::make_shared<TBufferedTransport>(connection->socket, limits);
    auto protocol = std::make_shared<TBinaryProtocol>(buffered, kStringBytesMax, kContainerMax, true, true);
    connection->stub = std::make_unique<MetastoreStub>(protocol);
    bool broken = false;
    const Status opened = Guarded(
        config_.uris[place], *connection->stub,
        [&](MetastoreStub& stub) {
          buffered->open();
          std::vector<std::string> groups;
          if (!config_.user.empty()) stub.set_ugi(groups, config_.user, {config_.user});
        },
        broken);
    if (opened.ok()) {
      std::lock_guard lock(mutex_);
      active_ = place;
      return connection;
    }
    failures += " " + opened.error().message + ".";
  }
  return Unavailable("no metastore answers:" + failures);
}

Result<std::unique_ptr<MetastoreClient::Connection>> MetastoreClient::Take() {
  for (;;) {
    std::unique_ptr<Connection> connection;
    {
      std::lock_guard lock(mutex_);
      if (idle_.empty()) break;
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    if (!Stale(*connection->socket)) return connection;
  }
  return Connect();
}

void MetastoreClient::Give(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

Status MetastoreClient::Change(const std::string& what, const std::function<void(MetastoreStub&)>& call) {
  auto connection = Take();
  if (!connection.ok()) return Within(what, connection.error());
  bool broken = false;
  Status status = Guarded(what, *(*connection)->stub, call, broken);
  if (!broken) Give(*std::move(connection));
  return status;
}

Status MetastoreClient::Read(const std::string& what, const std::function<void(MetastoreStub&)>& call) {
  // Once for each address, and once more: the connection may have been the last of a server that was
  // restarted.
  Status status = Ok();
  for (size_t tried = 0; tried <= config_.uris.size(); ++tried) {
    auto connection = Take();
    if (!connection.ok()) return Within(what, connection.error());
    bool broken = false;
    status = Guarded(what, *(*connection)->stub, call, broken);
    if (!broken) {
      Give(*std::move(connection));
      return status;
    }
  }
  return status;
}

}  // namespace godwit::executor
