// parser/statement.h — what one statement does, as plain values: tables read and written, partitions,
// columns, functions, effects on the session. Names are lower case with quotes dropped, dotted as written;
// no default database is added. A variable that has no value (`${dt}`, `{{ ds }}`, `$dt`) stays in the name
// as it was written, so the name is a pattern.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "parser/place.h"

namespace godwit::parser {

enum class StatementKind : uint8_t {
  kQuery,        // SELECT and its kin: reads only
  kInsert,       // also FROM … INSERT … INSERT, and INSERT OVERWRITE DIRECTORY
  kCreateTable,  // with or without a query, or LIKE
  kCreateView,   // also materialized and temporary views, and ALTER VIEW … AS
  kMerge,
  kUpdate,
  kDelete,
  kLoad,
  kExport,
  kImport,
  kAlter,  // also MSCK REPAIR and EXCHANGE PARTITION
  kDrop,
  kTruncate,
  kCache,
  kAnalyze,
  kExplain,  // of any statement: what it reads, never what it would write
  kUse,
  kSet,
  kResource,  // ADD JAR and the like
  kFunction,  // CREATE or DROP FUNCTION or MACRO
  kCommand,   // `!sh …`, `dfs …`, `source …`: godwit does not look inside
  kOther,     // SHOW, DESCRIBE, GRANT …: moves no rows
  kUnread,    // does not parse: see Certainty and the script's diagnostics
};
const char* StatementKindName(StatementKind kind);  // "query", "insert", …

enum class Certainty : uint8_t {
  kParsed,
  kGuessed,  // the statement does not parse; this is what its tokens suggest
};

// A comparison with literals that every row read must pass, so it may pin partitions:
// `ds = '2024-01-01'`, `hr IN ('00', '01')`, `ds BETWEEN '2024-01-01' AND '2024-01-31'`.
struct Predicate {
  std::string column;
  std::string op;                   // "=", "in", "<", "<=", ">", ">=", "between", "like"
  std::vector<std::string> values;  // without quotes; two for between
};

enum class ReadRole : uint8_t {
  kData,        // rows flow from the table
  kDefinition,  // only its columns do: CREATE TABLE … LIKE
  kTarget,      // rows that UPDATE, DELETE or MERGE change in place: not an input (see InputTables)
};

// One mention of a table. A table that is read twice stands here twice.
struct TableRead {
  std::string table;
  Span span;  // of the name
  ReadRole role = ReadRole::kData;
  // In a multi-insert, index of the one write that it flows into; -1: all of the statement's.
  int32_t only_into = -1;
  // A temporary view or table that this session made earlier. The tables its rows come from follow in reads
  // of their own, whose `via` is its name.
  bool temporary = false;
  std::string via;
  std::vector<Predicate> predicates;  // with ReadOptions::details; empty: the whole table may be read
};

enum class WriteKind : uint8_t {
  kAppend,           // INSERT INTO
  kOverwrite,        // INSERT OVERWRITE; replaces the table or the named partitions
  kCreate,           // CREATE TABLE or VIEW … AS, CACHE TABLE … AS: content and all
  kLike,             // CREATE TABLE … LIKE: the columns of another table
  kDefine,           // CREATE TABLE without rows
  kMerge,            // MERGE
  kUpdate,           // UPDATE
  kDelete,           // DELETE
  kLoad,             // LOAD DATA
  kImport,           // IMPORT TABLE
  kReceive,          // RENAME's new name, EXCHANGE PARTITION's receiver, ADD PARTITION … LOCATION
  kGive,             // RENAME's old name, EXCHANGE PARTITION's giver
  kTruncate,         // TRUNCATE
  kDrop,             // DROP TABLE or VIEW
  kDropPartition,    // ALTER TABLE … DROP PARTITION
  kAlter,            // any other ALTER: the definition changes
  kRefreshMetadata,  // MSCK REPAIR, ANALYZE, REFRESH, COMPUTE STATS
};
const char* WriteKindName(WriteKind kind);  // "append", "overwrite", …

struct PartitionValue {
  std::string column;
  std::optional<std::string>
      value;  // without quotes; none: taken from the query, or a range (DROP PARTITION)
};

struct TableWrite {
  std::string table;
  Span span;  // of the name
  WriteKind kind = WriteKind::kAppend;
  bool temporary = false;                 // a temporary view or table, a cached table: gone with the session
  bool view = false;                      // a view: holds no rows of its own (a materialized view does)
  std::vector<PartitionValue> partition;  // in the order written; empty: the whole table
  bool if_not_exists = false;
};

enum class PathUse : uint8_t { kRead, kWritten, kLocation };

// A file or directory that the statement names: LOAD, IMPORT, EXPORT, INSERT OVERWRITE DIRECTORY,
// parquet.`/x`, LOCATION '…' (where a table or partition lies; neither read nor written by itself).
struct PathFact {
  std::string path;
  Span span;
  PathUse use = PathUse::kRead;
  bool local = false;  // LOCAL: on the machine that runs the script
};

enum class ColumnUse : uint8_t {
  kDirect,      // the value, unchanged
  kExpression,  // the value takes part in an expression
  kFilter,      // decides which rows: WHERE, HAVING, QUALIFY, a condition of MERGE, UPDATE or DELETE
  kJoin,        // ON, USING
  kGroup,       // GROUP BY, DISTRIBUTE BY, CLUSTER BY, SORT BY, ORDER BY
};
const char* ColumnUseName(ColumnUse use);

inline constexpr int32_t kUnresolved = -1;

struct ColumnSource {
  int32_t read = kUnresolved;  // index in Statement::reads; kUnresolved: several tables may have the column
  std::string column;          // "*" for all columns of a table whose columns are not known
  ColumnUse use = ColumnUse::kDirect;
};

// What flows into one column of one output.
struct ColumnLineage {
  int32_t write = 0;     // index in Statement::writes; -1: the answer of a query, or a directory
  int32_t position = 0;  // 0-based among the query's columns; -1: every column, the row as such
  // The target's column where the statement or the catalog names it, otherwise the query's name for it (its
  // alias, its column, or the expression's text); "*" where the columns of an input are not known; empty when
  // position is -1.
  std::string column;
  std::vector<ColumnSource> sources;  // in the order met, unique; empty: constants only
};

enum class WindowUse : uint8_t { kNone, kUnordered, kOrdered };

// One call of a function, or a niladic function such as current_timestamp.
struct FunctionUse {
  std::string name;  // lower case, with its database if written
  Span span;         // from the name to the closing parenthesis
  bool distinct = false;
  WindowUse window = WindowUse::kNone;     // has it OVER (…), and is there an order in it
  std::vector<ColumnSource> arguments;     // columns in its parentheses
  std::vector<ColumnSource> partition_by;  // columns of the window
  std::vector<ColumnSource> order_by;
};

// Things a reviewer may want to see that no table or column shows.
enum class RemarkKind : uint8_t {
  kSelectStar,         // `*` or `t.*` in a select list; text: the qualifier or empty
  kLimitWithoutOrder,  // which rows come is not determined
  kSample,             // TABLESAMPLE
  kScript,             // TRANSFORM … USING 'command'; text: the command
  kAddress,            // a literal with scheme://…; text: the literal
};
const char* RemarkKindName(RemarkKind kind);

struct Remark {
  RemarkKind kind;
  Span span;
  std::string text;
};

// What CREATE TABLE or VIEW says about the thing itself.
struct Definition {
  std::vector<std::string> columns;            // as far as named in the statement
  std::vector<std::string> partition_columns;  // in order
  std::string format;  // STORED AS, USING or STORED BY: "orc", "jdbc", "org…HBaseStorageHandler"
  std::map<std::string, std::string> properties;  // TBLPROPERTIES, OPTIONS, SERDEPROPERTIES
  bool external = false;
};

enum class EffectKind : uint8_t {
  kUseDatabase,  // name: the database
  kSetVariable,  // name: "hivevar:x", "hiveconf:x"; value as written
  kAddResource,  // name: "jar", "file", "archive"; value: the path
  kAddFunction,  // name: the function; value: its class
  kDropFunction,
  kCommand,    // name: "!", "dfs"; value: the rest of the line
  kRunScript,  // value: the file of `source FILE`
  kQuit,       // QUIT, EXIT: the rest of the script never runs, and is not read
};

struct SessionEffect {
  EffectKind kind;
  std::string name;
  std::string value;
};

struct Statement {
  StatementKind kind = StatementKind::kQuery;
  Certainty certainty = Certainty::kParsed;
  Span span;
  std::string database;  // of the last USE, or ReadOptions::database; for unqualified names
  std::vector<TableRead> reads;
  std::vector<TableWrite> writes;
  std::vector<PathFact> paths;
  std::vector<ColumnLineage> columns;   // with ReadOptions::columns
  std::vector<FunctionUse> functions;   // with ReadOptions::details
  std::vector<Remark> remarks;          // with ReadOptions::details
  std::vector<Definition> definitions;  // none or one
  std::vector<SessionEffect> effects;
};

// The Janus form: tables whose rows (or, with LIKE, whose columns) the statement reads, and tables it puts
// rows into or changes rows of. Sorted and unique. Targets of UPDATE, DELETE and MERGE are no inputs; what
// stands behind a temporary view or table takes its place; DROP, TRUNCATE, ALTER, plain CREATE TABLE and
// metadata refreshes are no outputs; EXPLAIN has none.
std::vector<std::string> InputTables(const Statement& statement);
std::vector<std::string> OutputTables(const Statement& statement);

// Whether a write of this kind makes the table an output.
bool IsOutput(WriteKind kind);

}  // namespace godwit::parser
