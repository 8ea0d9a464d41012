// The part of the Hive Metastore's protocol that godwit speaks, to servers 2.3 … 4.0. Field numbers and method names are
// the protocol; what a server sends besides is skipped. Methods that 4.0 dropped (get_table,
// get_table_objects_by_name) are not here; their `_req` forms are known to 2.3 and later.
namespace cpp godwit.hms

enum PrincipalType { USER = 1, ROLE = 2, GROUP = 3 }

struct FieldSchema { 1: string name, 2: string type, 3: optional string comment }
struct Order { 1: string col, 2: i32 order }
struct SerDeInfo { 1: optional string name, 2: string serializationLib, 3: map<string, string> parameters }
struct SkewedInfo {
  1: list<string> skewedColNames,
  2: list<list<string>> skewedColValues,
  3: map<list<string>, string> skewedColValueLocationMaps
}
struct StorageDescriptor {
  1: list<FieldSchema> cols,
  2: optional string location,
  3: optional string inputFormat,
  4: optional string outputFormat,
  5: bool compressed,
  6: i32 numBuckets,
  7: SerDeInfo serdeInfo,
  8: list<string> bucketCols,
  9: list<Order> sortCols,
  10: map<string, string> parameters,
  11: optional SkewedInfo skewedInfo,
  12: optional bool storedAsSubDirectories
}
struct Database {
  1: string name,
  2: optional string description,
  3: optional string locationUri,
  4: map<string, string> parameters,
  6: optional string ownerName,
  7: optional PrincipalType ownerType,
  8: optional string catalogName
}
struct Table {
  1: string tableName,
  2: string dbName,
  3: optional string owner,
  4: i32 createTime,
  5: i32 lastAccessTime,
  6: i32 retention,
  7: StorageDescriptor sd,
  8: list<FieldSchema> partitionKeys,
  9: map<string, string> parameters,
  10: optional string viewOriginalText,
  11: optional string viewExpandedText,
  12: string tableType,
  14: optional bool temporary,
  15: optional bool rewriteEnabled,
  17: optional string catName,
  18: optional PrincipalType ownerType
}
struct Partition {
  1: list<string> values,
  2: string dbName,
  3: string tableName,
  4: i32 createTime,
  5: i32 lastAccessTime,
  6: StorageDescriptor sd,
  7: map<string, string> parameters,
  9: optional string catName
}
struct EnvironmentContext { 1: map<string, string> properties }
struct GetTableRequest { 1: required string dbName, 2: required string tblName, 4: optional string catName }
struct GetTableResult { 1: required Table table }

// Column statistics travel as they are: one of these is set.
struct BooleanStats { 1: required i64 numTrues, 2: required i64 numFalses, 3: required i64 numNulls, 4: optional binary bitVectors }
struct DoubleStats {
  1: optional double lowValue, 2: optional double highValue, 3: required i64 numNulls, 4: required i64 numDVs,
  5: optional binary bitVectors
}
struct LongStats {
  1: optional i64 lowValue, 2: optional i64 highValue, 3: required i64 numNulls, 4: required i64 numDVs,
  5: optional binary bitVectors
}
struct StringStats {
  1: required i64 maxColLen, 2: required double avgColLen, 3: required i64 numNulls, 4: required i64 numDVs,
  5: optional binary bitVectors
}
struct BinaryStats { 1: required i64 maxColLen, 2: required double avgColLen, 3: required i64 numNulls, 4: optional binary bitVectors }
struct Decimal { 1: required binary unscaled, 3: required i16 scale }
struct DecimalStats {
  1: optional Decimal lowValue, 2: optional Decimal highValue, 3: required i64 numNulls, 4: required i64 numDVs,
  5: optional binary bitVectors
}
struct Date { 1: required i64 daysSinceEpoch }
struct DateStats {
  1: optional Date lowValue, 2: optional Date highValue, 3: required i64 numNulls, 4: required i64 numDVs,
  5: optional binary bitVectors
}
union ColumnStatisticsData {
  1: BooleanStats booleanStats, 2: LongStats longStats, 3: DoubleStats doubleStats, 4: StringStats stringStats,
  5: BinaryStats binaryStats, 6: DecimalStats decimalStats, 7: DateStats dateStats
}
struct ColumnStatisticsObj { 1: required string colName, 2: required string colType, 3: required ColumnStatisticsData statsData }
struct ColumnStatisticsDesc {
  1: required bool isTblLevel, 2: required string dbName, 3: required string tableName, 4: optional string partName,
  5: optional i64 lastAnalyzed
}
struct ColumnStatistics {
  1: required ColumnStatisticsDesc statsDesc, 2: required list<ColumnStatisticsObj> statsObj, 4: optional string engine
}
struct SetPartitionsStatsRequest { 1: required list<ColumnStatistics> colStats, 5: optional string engine }
struct TableStatsRequest {
  1: required string dbName, 2: required string tblName, 3: required list<string> colNames, 6: optional string engine
}
struct TableStatsResult { 1: required list<ColumnStatisticsObj> tableStats }
struct PartitionsStatsRequest {
  1: required string dbName, 2: required string tblName, 3: required list<string> colNames,
  4: required list<string> partNames, 7: optional string engine
}
struct PartitionsStatsResult { 1: required map<string, list<ColumnStatisticsObj>> partStats }

enum FunctionType { JAVA = 1 }
enum ResourceType { JAR = 1, FILE = 2, ARCHIVE = 3 }
struct ResourceUri { 1: ResourceType resourceType, 2: string uri }
struct Function {
  1: string functionName, 2: string dbName, 3: string className, 4: string ownerName, 5: PrincipalType ownerType,
  6: i32 createTime, 7: FunctionType functionType, 8: list<ResourceUri> resourceUris, 9: optional string catName
}

struct NotificationEventRequest { 1: required i64 lastEvent, 2: optional i32 maxEvents }
struct NotificationEvent {
  1: required i64 eventId, 2: required i32 eventTime, 3: required string eventType, 4: optional string dbName,
  5: optional string tableName
}
struct NotificationEventResponse { 1: required list<NotificationEvent> events }
struct CurrentNotificationEventId { 1: required i64 eventId }

exception MetaException { 1: string message }
exception InvalidOperationException { 1: string message }
exception UnknownTableException { 1: string message }
exception UnknownDBException { 1: string message }
exception AlreadyExistsException { 1: string message }
exception InvalidObjectException { 1: string message }
exception InvalidInputException { 1: string message }
exception NoSuchObjectException { 1: string message }
exception ConfigValSecurityException { 1: string message }

service ThriftHiveMetastore {
  list<string> set_ugi(1: string user_name, 2: list<string> group_names) throws (1: MetaException o1),
  string getVersion(),
  string get_metastore_db_uuid() throws (1: MetaException o1),
  string get_config_value(1: string name, 2: string defaultValue) throws (1: ConfigValSecurityException o1),

  list<string> get_all_databases() throws (1: MetaException o1),
  Database get_database(1: string name) throws (1: NoSuchObjectException o1, 2: MetaException o2),
  void create_database(1: Database database)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3),

  list<string> get_all_tables(1: string db_name) throws (1: MetaException o1),
  GetTableResult get_table_req(1: GetTableRequest req) throws (1: MetaException o1, 2: NoSuchObjectException o2),
  void create_table(1: Table tbl)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3, 4: NoSuchObjectException o4),
  void alter_table_with_environment_context(1: string dbname, 2: string tbl_name, 3: Table new_tbl,
    4: EnvironmentContext environment_context) throws (1: InvalidOperationException o1, 2: MetaException o2),

  list<string> get_partition_names(1: string db_name, 2: string tbl_name, 3: i16 max_parts = -1)
    throws (1: NoSuchObjectException o1, 2: MetaException o2),
  list<Partition> get_partitions_by_names(1: string db_name, 2: string tbl_name, 3: list<string> names)
    throws (1: MetaException o1, 2: NoSuchObjectException o2),
  i32 add_partitions(1: list<Partition> new_parts)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3),
  void alter_partitions_with_environment_context(1: string db_name, 2: string tbl_name, 3: list<Partition> new_parts,
    4: EnvironmentContext environment_context) throws (1: InvalidOperationException o1, 2: MetaException o2),
  bool drop_partition_by_name(1: string db_name, 2: string tbl_name, 3: string part_name, 4: bool deleteData)
    throws (1: NoSuchObjectException o1, 2: MetaException o2),

  TableStatsResult get_table_statistics_req(1: TableStatsRequest request)
    throws (1: NoSuchObjectException o1, 2: MetaException o2),
  PartitionsStatsResult get_partitions_statistics_req(1: PartitionsStatsRequest request)
    throws (1: NoSuchObjectException o1, 2: MetaException o2),
  bool set_aggr_stats_for(1: SetPartitionsStatsRequest request)
    throws (1: NoSuchObjectException o1, 2: InvalidObjectException o2, 3: MetaException o3, 4: InvalidInputException o4),

  list<string> get_functions(1: string dbName, 2: string pattern) throws (1: MetaException o1),
  Function get_function(1: string dbName, 2: string funcName) throws (1: MetaException o1, 2: NoSuchObjectException o2),
  void create_function(1: Function func)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3, 4: NoSuchObjectException o4),

  NotificationEventResponse get_next_notification(1: NotificationEventRequest rqst),
  CurrentNotificationEventId get_current_notificationEventId()
}
