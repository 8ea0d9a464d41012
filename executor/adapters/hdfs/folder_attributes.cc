#include "executor/adapters/hdfs/folder_attributes.h"

#include <fmt/format.h>

#include <algorithm>

namespace godwit::executor {

namespace {

constexpr int kOwnerWrites = 0200;

std::string Bits(int three) { return {three & 4 ? 'r' : '-', three & 2 ? 'w' : '-', three & 1 ? 'x' : '-'}; }

// SetAcl wants the whole ACL: of a folder that has one the permission's middle bits are the mask.
std::vector<std::string> WholeAcl(const std::vector<std::string>& entries, int permission) {
  std::vector<std::string> whole = {"user::" + Bits(permission >> 6), "other::" + Bits(permission)};
  const bool access = std::any_of(entries.begin(), entries.end(),
                                  [](const std::string& each) { return !each.starts_with("default:"); });
  if (access) {
    whole.push_back("mask::" + Bits(permission >> 3));
  } else {
    whole.push_back("group::" + Bits(permission >> 3));
  }
  whole.insert(whole.end(), entries.begin(), entries.end());
  return whole;
}

bool Has(const std::string& preserve, char letter) { return preserve.find(letter) != preserve.npos; }

Status Set(WebHdfs& hdfs, const std::string& path, const FolderAttributes& attributes,
           const std::string& preserve) {
  const std::string owner = Has(preserve, 'u') ? attributes.owner : "";
  const std::string group = Has(preserve, 'g') ? attributes.group : "";
  const int permission = attributes.permission | kOwnerWrites;
  if (!owner.empty() || !group.empty()) GODWIT_TRY(hdfs.SetOwner(path, owner, group));
  if (Has(preserve, 'a') && !attributes.acl.empty())
    return hdfs.SetAcl(path, WholeAcl(attributes.acl, permission));
  return Has(preserve, 'p') ? hdfs.SetPermission(path, permission) : Ok();
}

}  // namespace

Result<std::optional<FolderAttributes>> ReadFolderAttributes(WebHdfs& hdfs, const std::string& path) {
  GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> there, hdfs.Stat(path));
  if (!there || !there->folder) return std::optional<FolderAttributes>();
  FolderAttributes attributes{there->owner, there->group, there->permission, {}};
  const Result<HdfsAcl> acl = hdfs.Acl(path);
  if (acl.ok()) {
    attributes.acl = acl->entries;
  } else if (acl.error().code == ErrorCode::kUnavailable) {
    return acl.error();
  }  // else ACLs are switched off there
  return std::optional<FolderAttributes>(std::move(attributes));
}

Status SetFolderAttributes(WebHdfs& hdfs, const std::string& path, const FolderAttributes& attributes,
                           const std::string& preserve) {
  const Status set = Set(hdfs, path, attributes, preserve);
  if (set.ok() || set.error().code != ErrorCode::kInvalidInput) return set;
  return InvalidInput(
      fmt::format("{}: godwit's user may not give {} its owner {}:{}: make it a superuser, or take "
                  "`u`, `g`, `a`, `p` out of `distcp.preserve`",
                  set.error().message, path, attributes.owner, attributes.group));
}

}  // namespace godwit::executor
