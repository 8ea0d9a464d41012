#include "executor/adapters/hive_server/hive_session.h"

#include <fmt/format.h>
#include <thrift/TOutput.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>

#include <algorithm>
#include <thread>

#include "TCLIService.h"
#include "executor/adapters/hive_server/sasl_plain.h"

namespace godwit::executor {

using apache::thrift::TConfiguration;
using apache::thrift::TException;
using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::transport::TBufferedTransport;
using apache::thrift::transport::TSocket;
using apache::thrift::transport::TTransport;

struct HiveSession::Connection {
  std::unique_ptr<hs2::TCLIServiceClient> stub;
  hs2::TSessionHandle session;
};

namespace {

constexpr int kMessageBytesMax = 512 << 20;
constexpr int64_t kRowsAFetch = 10'000;
constexpr size_t kErrorTextMax = 600;

std::string Short(const std::string& text) {
  std::string line = text.substr(0, std::min(text.find('\n'), kErrorTextMax));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return line;
}

Status Check(const hs2::TStatus& status) {
  if (status.statusCode <= hs2::TStatusCode::STILL_EXECUTING_STATUS) return Ok();
  return InvalidInput("the query engine says: " + Short(status.errorMessage));
}

bool IsNull(const hs2::TStringColumn& column, size_t row) {
  return row / 8 < column.nulls.size() && (column.nulls[row / 8] >> (row % 8) & 1);
}

Status Append(const hs2::TRowSet& set, std::vector<SqlRow>& rows) {
  if (set.columns.empty()) return Ok();
  const size_t count = set.columns.front().stringVal.values.size();
  for (size_t row = 0; row < count; ++row) {
    SqlRow cells;
    for (const hs2::TColumn& column : set.columns) {
      if (!column.__isset.stringVal || column.stringVal.values.size() != count) {
        return Unsupported("the query engine sent a column that is not text");
      }
      cells.push_back(IsNull(column.stringVal, row)
                          ? std::nullopt
                          : std::optional<std::string>(column.stringVal.values[row]));
    }
    rows.push_back(std::move(cells));
  }
  return Ok();
}

// Waits for the statement's end; asks less and less often.
Status WaitFor(hs2::TCLIServiceClient& stub, const hs2::TOperationHandle& operation,
               std::chrono::milliseconds limit) {
  std::chrono::milliseconds waited{0}, pause{5};
  while (waited < limit) {
    hs2::TGetOperationStatusReq request;
    request.operationHandle = operation;
    hs2::TGetOperationStatusResp answer;
    stub.GetOperationStatus(answer, request);
    GODWIT_TRY(Check(answer.status));
    switch (answer.operationState) {
      case hs2::TOperationState::FINISHED_STATE: return Ok();
      case hs2::TOperationState::INITIALIZED_STATE:
      case hs2::TOperationState::PENDING_STATE:
      case hs2::TOperationState::RUNNING_STATE: break;
      case hs2::TOperationState::CANCELED_STATE:
      case hs2::TOperationState::CLOSED_STATE:
      case hs2::TOperationState::TIMEDOUT_STATE:
      case hs2::TOperationState::UNKNOWN_STATE:
        return Unavailable("the statement was cancelled at the query engine");
      case hs2::TOperationState::ERROR_STATE:
        return InvalidInput("the query engine says: " + Short(answer.errorMessage));
    }
    std::this_thread::sleep_for(pause);
    waited += pause;
    pause = std::min(pause * 2, std::chrono::milliseconds(1000));
  }
  hs2::TCancelOperationReq cancel;
  cancel.operationHandle = operation;
  hs2::TCancelOperationResp ignored;
  stub.CancelOperation(ignored, cancel);
  return Unavailable(
      fmt::format("the statement ran longer than {} s and was cancelled", limit.count() / 1000));
}

Result<std::vector<SqlRow>> Fetch(hs2::TCLIServiceClient& stub, const hs2::TOperationHandle& operation) {
  std::vector<SqlRow> rows;
  while (operation.hasResultSet) {
    hs2::TFetchResultsReq request;
    request.operationHandle = operation;
    request.maxRows = kRowsAFetch;
    hs2::TFetchResultsResp answer;
    stub.FetchResults(answer, request);
    GODWIT_TRY(Check(answer.status));
    const size_t before = rows.size();
    GODWIT_TRY(Append(answer.results, rows));
    if (rows.size() == before) break;  // `hasMoreRows` is not to be relied upon: Spark never sets it
    if (rows.size() > kSqlRowsMax)
      return Unsupported(fmt::format("a result of more than {} rows", kSqlRowsMax));
  }
  return rows;
}

}  // namespace

HiveSession::HiveSession(HiveServerConfig config, std::vector<std::string> settings)
    : config_(std::move(config)), settings_(std::move(settings)) {}

HiveSession::~HiveSession() {
  if (!connection_) return;
  try {
    hs2::TCloseSessionReq request;
    request.sessionHandle = connection_->session;
    hs2::TCloseSessionResp ignored;
    connection_->stub->CloseSession(ignored, request);
  } catch (const TException&) {
    // The server ends sessions of broken connections itself.
  }
}

Status HiveSession::Open() {
  apache::thrift::GlobalOutput.setOutputFunction([](const char*) {});
  const auto limits = std::make_shared<TConfiguration>(kMessageBytesMax);
  auto socket = std::make_shared<TSocket>(config_.host, config_.port, limits);
  socket->setConnTimeout(static_cast<int>(config_.connect_timeout.count()));
  socket->setRecvTimeout(static_cast<int>(config_.call_timeout.count()));
  socket->setSendTimeout(static_cast<int>(config_.call_timeout.count()));
  std::shared_ptr<TTransport> transport = std::make_shared<TBufferedTransport>(socket, limits);
  if (config_.auth == HiveServerAuth::kPlain) {
    transport = std::make_shared<SaslPlain>(transport, config_.user, config_.password);
  }
  auto connection = std::make_unique<Connection>();
  connection->stub = std::make_unique<hs2::TCLIServiceClient>(std::make_shared<TBinaryProtocol>(transport));
  transport->open();
  hs2::TOpenSessionReq request;
  request.client_protocol = hs2::TProtocolVersion::V10;
  if (!config_.user.empty()) request.__set_username(config_.user);
  hs2::TOpenSessionResp answer;
  connection->stub->OpenSession(answer, request);
  GODWIT_TRY(Check(answer.status));
  connection->session = answer.sessionHandle;
  connection_ = std::move(connection);
  for (const std::string& setting : settings_) {
    const auto set = Run(setting);
    if (set.ok()) continue;
    connection_.reset();
    return Within(setting, set.error());
  }
  return Ok();
}

Result<std::vector<SqlRow>> HiveSession::Run(const std::string& statement) {
  hs2::TCLIServiceClient& stub = *connection_->stub;
  hs2::TExecuteStatementReq request;
  request.sessionHandle = connection_->session;
  request.statement = statement;
  request.__set_runAsync(true);
  hs2::TExecuteStatementResp answer;
  stub.ExecuteStatement(answer, request);
  GODWIT_TRY(Check(answer.status));
  const Status finished = WaitFor(stub, answer.operationHandle, config_.query_timeout);
  auto rows =
      finished.ok() ? Fetch(stub, answer.operationHandle) : Result<std::vector<SqlRow>>(finished.error());
  hs2::TCloseOperationReq close;
  close.operationHandle = answer.operationHandle;
  hs2::TCloseOperationResp ignored;
  stub.CloseOperation(ignored, close);
  return rows;
}

Result<std::vector<SqlRow>> HiveSession::Query(const std::string& statement) {
  std::lock_guard lock(mutex_);
  try {
    if (!connection_) GODWIT_TRY(Open());
    return Run(statement);
  } catch (const TException& e) {
    connection_.reset();
    return Unavailable(fmt::format("query engine {}:{}: {}", config_.host, config_.port, Short(e.what())));
  } catch (const std::exception& e) {  // what a hostile answer makes the decoder throw
    connection_.reset();
    return Unavailable(fmt::format("query engine {}:{}: the answer cannot be read: {}", config_.host,
                                   config_.port, Short(e.what())));
  }
}

}  // namespace godwit::executor
