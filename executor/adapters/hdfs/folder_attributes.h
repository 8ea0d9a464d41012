// executor/adapters/hdfs/folder_attributes.h — whose a folder is and who may do what in it: read at one HDFS,
// set at another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executor/adapters/hdfs/web_hdfs.h"

namespace godwit::executor {

struct FolderAttributes {
  std::string owner, group;
  int permission = 0755;
  std::vector<std::string> acl;  // entries beyond the permission bits, as HdfsAcl has them
};

// None if there is no such folder.
Result<std::optional<FolderAttributes>> ReadFolderAttributes(WebHdfs& hdfs, const std::string& path);

// `preserve`: letters of DistCp's -p; of owner (u), group (g), permission (p) and ACL (a) those are set. The
// owner may always write: a folder that was read while writers were kept out has no write bit. Errors:
// kInvalidInput, with the remedy, if godwit's user may not do it.
Status SetFolderAttributes(WebHdfs& hdfs, const std::string& path, const FolderAttributes& attributes,
                           const std::string& preserve);

}  // namespace godwit::executor
