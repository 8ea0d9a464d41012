// executor/adapters/hive_metastore/storage_words.h — a metastore's description of how rows are stored, as the
// key-value words of TableMeta::storage and PartitionMeta::storage, and back.
//
//   input_format · output_format · serde · serde_name · serde.KEY · sd.KEY · compressed · buckets ·
//   bucket_columns · sort_columns · skewed · sub_directories · retention · owner_type · view_original ·
//   columns (a partition's own) · unsupported (why a table cannot be moved; refused when it is to be created)
//
// Lists and maps are JSON. A location that stands in a value is written ${location} (of the table, or of the
// partition), or ${table_location} in a partition: the other site puts its own in.
#pragma once

#include <string>

#include "executor/ports/table_meta.h"
#include "metastore_types.h"

namespace godwit::executor {

// What ${…} stands for.
struct Locations {
  std::string own;    // of the table or partition
  std::string table;  // in a partition: of its table
};

std::string HideLocations(const std::string& text, const Locations& locations);
std::string ShowLocations(const std::string& text, const Locations& locations);

Parameters WordsOf(const hms::StorageDescriptor& storage, const Locations& locations);
// Sets everything but columns and location. Errors: kInvalidInput for words that no adapter wrote.
Status SetWords(const Parameters& words, const Locations& locations, hms::StorageDescriptor& storage);

std::vector<Column> ColumnsOf(const std::vector<hms::FieldSchema>& fields);
std::vector<hms::FieldSchema> FieldsOf(const std::vector<Column>& columns);
std::string FormatColumns(const std::vector<Column>& columns);
Result<std::vector<Column>> ParseColumns(const std::string& text);

}  // namespace godwit::executor
