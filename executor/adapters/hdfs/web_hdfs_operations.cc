// The operations: parameters of each, and how its answer is read.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "executor/adapters/hdfs/remote_exception.h"
#include "executor/adapters/hdfs/web_hdfs_operation.h"

namespace godwit::executor {

using nlohmann::json;

namespace {

Error NotUnderstood(const std::string& what) {
  return Unavailable(what + ": the answer is not what WebHDFS answers; is a proxy in between?");
}

// json.value() throws for a member of another type, and a proxy may answer anything.
int64_t Number(const json& object, const char* key, int64_t otherwise = 0) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number_integer() ? it->get<int64_t>() : otherwise;
}

std::string Text(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

int Octal(const std::string& text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '7') return 0;
    value = value * 8 + (c - '0');
  }
  return value & 07777;
}

HdfsEntry EntryOf(const json& status) {
  HdfsEntry entry;
  entry.name = Text(status, "pathSuffix");
  entry.folder = Text(status, "type") == "DIRECTORY";
  entry.bytes = Number(status, "length");
  entry.modified_ms = Number(status, "modificationTime");
  entry.block_bytes = Number(status, "blockSize");
  entry.id = static_cast<uint64_t>(Number(status, "fileId"));
  entry.permission = Octal(Text(status, "permission"));
  entry.owner = Text(status, "owner");
  entry.group = Text(status, "group");
  entry.replication = static_cast<int>(Number(status, "replication"));
  return entry;
}

// The object under a path of keys, or nullptr.
const json* At(const json& document, std::initializer_list<const char*> keys) {
  const json* here = &document;
  for (const char* key : keys) {
    if (!here->is_object() || !here->contains(key)) return nullptr;
    here = &(*here)[key];
  }
  return here;
}

json Parsed(const std::string& text) { return json::parse(text, nullptr, /*allow_exceptions=*/false); }

bool NotFound(const HttpAnswer& answer) {
  return answer.status == 404 && ParseRemoteException(answer).name == "FileNotFoundException";
}

std::string Named(const char* operation, const std::string& path) {
  return fmt::format("{} {}", operation, path);
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<std::optional<HdfsEntry>> WebHdfs::Stat(const std::string& path) {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETFILESTATUS", false}, path, {}));
  if (NotFound(answer)) return std::optional<HdfsEntry>();
  if (answer.status != 200) return RefusalOf(Named("GETFILESTATUS", path), answer);
  const json document = Parsed(answer.body);
  const json* status = At(document, {"FileStatus"});
  if (!status || !status->is_object()) return NotUnderstood(Named("GETFILESTATUS", path));
  return std::optional<HdfsEntry>(EntryOf(*status));
}

Result<std::optional<HdfsPage>> WebHdfs::List(const std::string& path, const std::string& after) {
  HdfsParameters parameters;
  if (!after.empty()) parameters.emplace_back("startAfter", after);
  const std::string what = Named("LISTSTATUS_BATCH", path);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer,
                    AskNameNode({"GET", "LISTSTATUS_BATCH", false}, path, parameters));
  if (NotFound(answer)) return std::optional<HdfsPage>();
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* list = At(document, {"DirectoryListing", "partialListing", "FileStatuses", "FileStatus"});
  const json* remaining = At(document, {"DirectoryListing", "remainingEntries"});
  if (!list || !list->is_array() || !remaining || !remaining->is_number_integer()) return NotUnderstood(what);
  HdfsPage page;
  page.entries.reserve(list->size());
  for (const json& status : *list) {
    if (!status.is_object()) return NotUnderstood(what);
    page.entries.push_back(EntryOf(status));
  }
  page.remaining = remaining->get<int64_t>();
  if (page.remaining > 0 && page.entries.empty()) return NotUnderstood(what);  // or we would ask for ever
  return std::optional<HdfsPage>(std::move(page));
}

Result<HdfsSummary> WebHdfs::Summary(const std::string& path) {
  const std::string what = Named("GETCONTENTSUMMARY", path);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETCONTENTSUMMARY", false}, path, {}));
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* found = At(document, {"ContentSummary"});
  if (!found || !found->is_object()) return NotUnderstood(what);
  return HdfsSummary{Number(*found, "fileCount"), Number(*found, "directoryCount"), Number(*found, "length")};
}

Result<HdfsQuota> WebHdfs::Quota(const std::string& path) {
  const std::string what = Named("GETQUOTAUSAGE", path);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETQUOTAUSAGE", false}, path, {}));
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* found = At(document, {"QuotaUsage"});
  if (!found || !found->is_object()) return NotUnderstood(what);
  return HdfsQuota{Number(*found, "quota", -1), Number(*found, "fileAndDirectoryCount"),
                   Number(*found, "spaceQuota", -1), Number(*found, "spaceConsumed")};
}

Result<HdfsSpace> WebHdfs::Space() {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETSTATUS", false}, "/", {}));
  if (answer.status != 200) return RefusalOf("GETSTATUS /", answer);
  const json document = Parsed(answer.body);
  const json* found = At(document, {"FsStatus"});
  if (!found || !found->is_object()) return NotUnderstood("GETSTATUS /");
  return HdfsSpace{Number(*found, "capacity"), Number(*found, "remaining")};
}

Result<HdfsAcl> WebHdfs::Acl(const std::string& path) {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETACLSTATUS", false}, path, {}));
  if (answer.status != 200) return RefusalOf(Named("GETACLSTATUS", path), answer);
  const json document = Parsed(answer.body);
  const json* status = At(document, {"AclStatus"});
  const json* entries = At(document, {"AclStatus", "entries"});
  if (!status || !entries || !entries->is_array()) return NotUnderstood(Named("GETACLSTATUS", path));
  HdfsAcl acl;
  for (const json& entry : *entries) {
    if (entry.is_string()) acl.entries.push_back(entry.get<std::string>());
  }
  acl.permission = Octal(Text(*status, "permission"));
  return acl;
}

Result<std::map<std::string, std::string>> WebHdfs::ExtendedAttributes(const std::string& path) {
  const std::string what = Named("GETXATTRS", path);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer,
                    AskNameNode({"GET", "GETXATTRS", false}, path, {{"encoding", "text"}}));
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* list = At(document, {"XAttrs"});
  if (!list || !list->is_array()) return NotUnderstood(what);
  std::map<std::string, std::string> attributes;
  for (const json& one : *list) {
    if (!one.is_object()) return NotUnderstood(what);
    std::string value = Text(one, "value");  // in quotes
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    attributes[Text(one, "name")] = value;
  }
  return attributes;
}

Result<std::string> WebHdfs::BlockChecksum(const std::string& path) {
  const std::string what = Named("GETFILECHECKSUM", path);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskDataNode({"GET", "GETFILECHECKSUM", false}, path, {}, {}));
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* found = At(document, {"FileChecksum"});
  if (!found || !found->is_object() || Text(*found, "bytes").empty()) return NotUnderstood(what);
  return Text(*found, "algorithm") + ":" + Text(*found, "bytes");
}

Result<bool> WebHdfs::UnderConstruction(const std::string& path) {
  const std::string what = Named("GET_BLOCK_LOCATIONS", path);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GET_BLOCK_LOCATIONS", false}, path, {}));
  if (NotFound(answer)) return false;
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* found = At(document, {"LocatedBlocks", "isUnderConstruction"});
  if (!found || !found->is_boolean()) return NotUnderstood(what);
  return found->get<bool>();
}

Result<std::string> WebHdfs::HomeFolder() {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETHOMEDIRECTORY", false}, "/", {}));
  if (answer.status != 200) return RefusalOf("GETHOMEDIRECTORY", answer);
  const json document = Parsed(answer.body);
  const std::string path = document.is_object() ? Text(document, "Path") : "";
  if (!path.starts_with('/')) return NotUnderstood("GETHOMEDIRECTORY");
  return path;
}

Status WebHdfs::Read(const std::string& path, int64_t offset, int64_t length,
                     const std::function<bool(std::string_view)>& sink) {
  HdfsParameters parameters = {{"offset", std::to_string(offset)}};
  if (length >= 0) parameters.emplace_back("length", std::to_string(length));
  GODWIT_TRY_ASSIGN(const HttpAnswer answer,
                    AskDataNode({"GET", "OPEN", false}, path, parameters, {nullptr, sink}));
  if (answer.status != 200) return RefusalOf(Named("OPEN", path), answer);
  return Ok();
}

Result<std::string> WebHdfs::ReadSmall(const std::string& path, size_t bytes_max) {
  std::string bytes;
  const Status read = Read(path, 0, static_cast<int64_t>(bytes_max) + 1, [&](std::string_view piece) {
    bytes.append(piece);
    return true;
  });
  GODWIT_TRY(read);
  if (bytes.size() > bytes_max)
    return InvalidInput(fmt::format("{} is larger than {} bytes", path, bytes_max));
  return bytes;
}

Status WebHdfs::MakeFolders(const std::string& path, int permission) {
  return Change({"PUT", "MKDIRS", true}, path, {{"permission", fmt::format("{:o}", permission)}});
}

Status WebHdfs::Create(const std::string& path, const std::string& bytes, bool overwrite) {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer,
                    AskDataNode({"PUT", "CREATE", true}, path, {{"overwrite", overwrite ? "true" : "false"}},
                                {&bytes, nullptr}));
  if (answer.status != 201) return RefusalOf(Named("CREATE", path), answer);
  return Ok();
}

Status WebHdfs::Append(const std::string& path, const std::string& bytes) {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer,
                    AskDataNode({"POST", "APPEND", true}, path, {}, {&bytes, nullptr}));
  if (answer.status != 200) return RefusalOf(Named("APPEND", path), answer);
  return Ok();
}

Status WebHdfs::Rename(const std::string& from, const std::string& to) {
  const std::string what = fmt::format("RENAME {} to {}", from, to);
  // The option makes HDFS refuse an existing target with an error; the plain call moves into it.
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"PUT", "RENAME", true}, from,
                                                         {{"destination", to}, {"renameoptions", "NONE"}}));
  if (NotFound(answer)) return Conflict(what + ": there is no such path, or no parent folder to move it to");
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* done = At(document, {"boolean"});
  if (done && done->is_boolean() && !done->get<bool>()) return Conflict(what + ": refused");
  return Ok();
}

Result<bool> WebHdfs::Delete(const std::string& path, bool recursive) {
  const std::string what = Named("DELETE", path);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"DELETE", "DELETE", true}, path,
                                                         {{"recursive", recursive ? "true" : "false"}}));
  if (NotFound(answer)) return false;
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* done = At(document, {"boolean"});
  if (!done || !done->is_boolean()) return NotUnderstood(what);
  return done->get<bool>();
}

Result<bool> WebHdfs::MoveToTrash(const std::string& path) {
  GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> there, Stat(path));
  if (!there) return false;
  GODWIT_TRY_ASSIGN(const std::string home, HomeFolder());
  std::string to = home + "/.Trash/Current" + path;
  GODWIT_TRY(MakeFolders(ParentOf(to), 0700));
  GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> taken, Stat(to));
  if (taken)
    to += fmt::format("{}", there->id);  // as hdfs does with the time: names in the trash must not collide
  GODWIT_TRY(Rename(path, to));
  return true;
}

Status WebHdfs::SetPermission(const std::string& path, int permission) {
  return Change({"PUT", "SETPERMISSION", true}, path, {{"permission", fmt::format("{:o}", permission)}});
}

Status WebHdfs::SetOwner(const std::string& path, const std::string& owner, const std::string& group) {
  return Change({"PUT", "SETOWNER", true}, path, {{"owner", owner}, {"group", group}});
}

Status WebHdfs::SetAcl(const std::string& path, const std::vector<std::string>& entries) {
  return Change({"PUT", "SETACL", true}, path, {{"aclspec", fmt::format("{}", fmt::join(entries, ","))}});
}

Status WebHdfs::SetExtendedAttribute(const std::string& path, const std::string& name,
                                     const std::string& value) {
  const Operation set{"PUT", "SETXATTR", true};
  const HdfsParameters named = {{"xattr.name", name}, {"xattr.value", "\"" + value + "\""}};
  HdfsParameters create = named;
  create.emplace_back("flag", "CREATE");
  const Status created = Change(set, path, create);
  if (created.ok()) return created;
  HdfsParameters replace = named;
  replace.emplace_back("flag", "REPLACE");
  return Change(set, path, replace);
}

Status WebHdfs::CreateSnapshot(const std::string& path, const std::string& name) {
  return Change({"PUT", "CREATESNAPSHOT", true}, path, {{"snapshotname", name}});
}

Status WebHdfs::DeleteSnapshot(const std::string& path, const std::string& name) {
  return Change({"DELETE", "DELETESNAPSHOT", true}, path, {{"snapshotname", name}});
}

Result<std::vector<HdfsChange>> WebHdfs::SnapshotDifference(const std::string& path, const std::string& from,
                                                            const std::string& to) {
  const std::string what = fmt::format("GETSNAPSHOTDIFF {} {} {}", path, from, to);
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETSNAPSHOTDIFF", false}, path,
                                                         {{"oldsnapshotname", from}, {"snapshotname", to}}));
  if (answer.status != 200) return RefusalOf(what, answer);
  const json document = Parsed(answer.body);
  const json* list = At(document, {"SnapshotDiffReport", "diffList"});
  if (!list || !list->is_array()) return NotUnderstood(what);
  std::vector<HdfsChange> changes;
  for (const json& one : *list) {
    if (!one.is_object()) return NotUnderstood(what);
    changes.push_back({Text(one, "type"), Text(one, "sourcePath"), Text(one, "targetPath")});
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

Result<bool> WebHdfs::MayAccess(const std::string& path, const std::string& action) {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer,
                    AskNameNode({"GET", "CHECKACCESS", false}, path, {{"fsaction", action}}));
  if (answer.status == 200) return true;
  if (ParseRemoteException(answer).name == "AccessControlException") return false;
  return RefusalOf(Named("CHECKACCESS", path), answer);
}

Result<std::optional<Timestamp>> WebHdfs::ServerTime() {
  GODWIT_TRY_ASSIGN(const HttpAnswer answer, AskNameNode({"GET", "GETFILESTATUS", false}, "/", {}));
  if (answer.date_seconds < 0) return std::optional<Timestamp>();
  return std::optional<Timestamp>(std::chrono::seconds(answer.date_seconds) + Timestamp{});
}

Result<std::string> WebHdfs::Bean(const std::string& name) {
  HttpRequest request;
  request.url = config_.namenodes[active_.load()] + "/jmx?qry=" + PercentEncode(name, ":,=");
  const HttpOutcome outcome = http_.Perform(request);
  if (!outcome.answer) return Unavailable("jmx " + name + ": " + outcome.failure);
  const json document = Parsed(outcome.answer->body);
  const json* beans = At(document, {"beans"});
  if (outcome.answer->status != 200 || !beans || !beans->is_array() || beans->empty()) {
    return InvalidInput(
        fmt::format("jmx {}: HTTP {}: the NameNode does not show this page", name, outcome.answer->status));
  }
  return (*beans)[0].dump();
}

Result<std::optional<std::string>> WebHdfs::Setting(const std::string& name) {
  HttpRequest request;
  request.url =
      fmt::format("{}/conf?format=json&name={}", config_.namenodes[active_.load()], PercentEncode(name));
  const HttpOutcome outcome = http_.Perform(request);
  if (!outcome.answer) return Unavailable("conf " + name + ": " + outcome.failure);
  const json document = Parsed(outcome.answer->body);
  const json* property = At(document, {"property"});
  if (!property || !property->is_object()) return std::optional<std::string>();
  return std::optional<std::string>(Text(*property, "value"));
}

}  // namespace godwit::executor
