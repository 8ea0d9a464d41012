#include "cli/hadoop_catalog.h"

#include "executor/adapters/hdfs/folder_attributes.h"

namespace godwit {

using namespace executor;  // NOLINT: this file is about the executor's parts alone

void HadoopCatalog::Follow(Catalog& other, WebHdfs& other_hdfs, std::string preserve) {
  other_ = &other;
  other_hdfs_ = &other_hdfs;
  preserve_ = std::move(preserve);
}

Status HadoopCatalog::MakeLike(const std::string& location, const std::string& other_location) {
  if (location.empty() || other_location.empty()) return Ok();  // a view
  GODWIT_TRY_ASSIGN(const std::string there, other_hdfs_->PathOf(other_location));
  GODWIT_TRY_ASSIGN(const std::string here, hdfs_.PathOf(location));
  GODWIT_TRY_ASSIGN(const auto attributes, ReadFolderAttributes(*other_hdfs_, there));
  if (!attributes) return Ok();  // the metastore makes one
  GODWIT_TRY(hdfs_.MakeFolders(here));
  return SetFolderAttributes(hdfs_, here, *attributes, preserve_);
}

// What the metastore knows already is somebody's: nothing is done to its folder.
Result<Effect> HadoopCatalog::CreateDatabase(const DatabaseMeta& database) {
  if (other_ != nullptr) {
    GODWIT_TRY_ASSIGN(const std::optional<DatabaseMeta> known, GetDatabase(database.name));
    GODWIT_TRY_ASSIGN(const std::optional<DatabaseMeta> like, other_->GetDatabase(database.name));
    if (!known && like) GODWIT_TRY(MakeLike(database.location, like->location));
  }
  return SealedCatalog::CreateDatabase(database);
}

Result<Effect> HadoopCatalog::CreateTable(const TableMeta& table, const std::string& op) {
  if (other_ != nullptr) {
    GODWIT_TRY_ASSIGN(const std::optional<TableMeta> known, GetTable(table.name));
    GODWIT_TRY_ASSIGN(const std::optional<TableMeta> like, other_->GetTable(table.name));
    if (!known && like) GODWIT_TRY(MakeLike(table.location, like->location));
  }
  return SealedCatalog::CreateTable(table, op);
}

}  // namespace godwit
