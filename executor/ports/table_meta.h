// executor/ports/table_meta.h — what a metastore knows, in the words of Hive: databases, tables, partitions.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace godwit::executor {

struct TableName {
  std::string db;
  std::string name;

  std::string Text() const { return db + "." + name; }
  auto operator<=>(const TableName&) const = default;
};

// "db.name", both parts not empty and without white space. Errors: kInvalidInput.
Result<TableName> ParseTableName(std::string_view text);

using Parameters = std::map<std::string, std::string>;

struct Column {
  std::string name;
  std::string type;  // as the metastore spells it, for example "array<struct<a:int>>"
  std::string comment;

  auto operator<=>(const Column&) const = default;
};

enum class TableKind : uint8_t { kManaged, kExternal, kView, kTransactional, kOther };

struct DatabaseMeta {
  std::string name;
  std::string location;
  std::string owner;
  Parameters parameters;

  auto operator<=>(const DatabaseMeta&) const = default;
};

struct TableMeta {
  TableName name;
  TableKind kind = TableKind::kManaged;
  std::string owner;
  std::vector<Column> columns;         // without the partition columns
  std::vector<Column> partition_keys;  // in order; empty: not partitioned
  std::string location;                // empty for a view
  std::string view_text;               // views alone
  Parameters parameters;               // TBLPROPERTIES, statistics among them
  // How rows are stored: format, serde, bucketing, skew …: the adapter's own keys. Adapters of one kind
  // understand each other's; a location may not hide here (an adapter rewrites such values itself).
  // "unsupported" is for people: why a table of kind kTransactional or kOther cannot be moved.
  Parameters storage = {};

  auto operator<=>(const TableMeta&) const = default;
};

struct PartitionMeta {
  std::string name;  // Hive's, escaped: "dt=2026-11-22/city=a%2Fb"; "" for the one partition of a plain table
  std::string location;
  Parameters parameters;
  // As TableMeta::storage where the partition is stored unlike its table (older columns, another format);
  // empty: like it.
  Parameters storage = {};

  auto operator<=>(const PartitionMeta&) const = default;
};

// Hive's escaping of a partition value, byte for byte (FileUtils.escapePathName, Hive 3.1), and back.
std::string EscapePartitionValue(std::string_view value);
std::string UnescapePartitionValue(std::string_view text);

// "dt=2026-11-22/city=a%2Fb" from keys and values. The sizes must be equal.
std::string PartitionNameOf(const std::vector<Column>& keys, const std::vector<std::string>& values);
// The values in order, unescaped. Errors: kInvalidInput for a name that is not key=value/….
Result<std::vector<std::string>> PartitionValues(std::string_view name);

}  // namespace godwit::executor
