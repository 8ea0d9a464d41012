// The part of HiveServer2's protocol (TCLIService) that a client of SQL text needs; Spark's Thrift server and HiveServer2
// 1.2 … 4.0 speak it.
namespace cpp godwit.hs2

enum TProtocolVersion { V6 = 5, V7 = 6, V8 = 7, V9 = 8, V10 = 9 }
enum TStatusCode { SUCCESS_STATUS = 0, SUCCESS_WITH_INFO_STATUS = 1, STILL_EXECUTING_STATUS = 2, ERROR_STATUS = 3, INVALID_HANDLE_STATUS = 4 }
enum TOperationState {
  INITIALIZED_STATE = 0, RUNNING_STATE = 1, FINISHED_STATE = 2, CANCELED_STATE = 3, CLOSED_STATE = 4, ERROR_STATE = 5,
  UNKNOWN_STATE = 6, PENDING_STATE = 7, TIMEDOUT_STATE = 8
}

struct TStatus {
  1: required TStatusCode statusCode, 2: optional list<string> infoMessages, 3: optional string sqlState,
  4: optional i32 errorCode, 5: optional string errorMessage
}
struct THandleIdentifier { 1: required binary guid, 2: required binary secret }
struct TSessionHandle { 1: required THandleIdentifier sessionId }
struct TOperationHandle {
  1: required THandleIdentifier operationId, 2: required i32 operationType, 3: required bool hasResultSet,
  4: optional double modifiedRowCount
}
struct TOpenSessionReq {
  1: required TProtocolVersion client_protocol, 2: optional string username, 3: optional string password,
  4: optional map<string, string> configuration
}
struct TOpenSessionResp { 1: required TStatus status, 2: required TProtocolVersion serverProtocolVersion, 3: optional TSessionHandle sessionHandle }
struct TCloseSessionReq { 1: required TSessionHandle sessionHandle }
struct TCloseSessionResp { 1: required TStatus status }
struct TExecuteStatementReq {
  1: required TSessionHandle sessionHandle, 2: required string statement, 3: optional map<string, string> confOverlay,
  4: optional bool runAsync
}
struct TExecuteStatementResp { 1: required TStatus status, 2: optional TOperationHandle operationHandle }
struct TGetOperationStatusReq { 1: required TOperationHandle operationHandle }
struct TGetOperationStatusResp {
  1: required TStatus status, 2: optional TOperationState operationState, 3: optional string sqlState,
  4: optional i32 errorCode, 5: optional string errorMessage
}
struct TCancelOperationReq { 1: required TOperationHandle operationHandle }
struct TCancelOperationResp { 1: required TStatus status }
struct TCloseOperationReq { 1: required TOperationHandle operationHandle }
struct TCloseOperationResp { 1: required TStatus status }

// Statements cast every column to text, so no other column is read.
struct TStringColumn { 1: required list<string> values, 2: required binary nulls }
union TColumn { 7: TStringColumn stringVal }
struct TRow { }
struct TRowSet { 1: required i64 startRowOffset, 2: required list<TRow> rows, 3: optional list<TColumn> columns }
struct TFetchResultsReq {
  1: required TOperationHandle operationHandle, 2: required i32 orientation, 3: required i64 maxRows,
  4: optional i16 fetchType
}
struct TFetchResultsResp { 1: required TStatus status, 2: optional bool hasMoreRows, 3: optional TRowSet results }

service TCLIService {
  TOpenSessionResp OpenSession(1: TOpenSessionReq req),
  TCloseSessionResp CloseSession(1: TCloseSessionReq req),
  TExecuteStatementResp ExecuteStatement(1: TExecuteStatementReq req),
  TGetOperationStatusResp GetOperationStatus(1: TGetOperationStatusReq req),
  TCancelOperationResp CancelOperation(1: TCancelOperationReq req),
  TCloseOperationResp CloseOperation(1: TCloseOperationReq req),
  TFetchResultsResp FetchResults(1: TFetchResultsReq req)
}
