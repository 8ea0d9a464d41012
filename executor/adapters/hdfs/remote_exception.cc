#include "executor/adapters/hdfs/remote_exception.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace godwit::executor {

namespace {

constexpr size_t kMessageBytesMax = 400;

std::string FirstLine(const std::string& text) {
  std::string line = text.substr(0, std::min(text.find('\n'), kMessageBytesMax));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return line;
}

Error OfException(const std::string& what, const RemoteException& exception) {
  static const std::map<std::string, std::string> kUserFixes = {
      {"AccessControlException", "give godwit's user the permission, or choose another user"},
      {"SecurityException", "check godwit's credentials and proxy-user rights"},
      {"AuthorizationException", "check godwit's proxy-user rights (hadoop.proxyuser.*)"},
      {"InvalidToken", "get a new delegation token"},
      {"NSQuotaExceededException", "raise the name quota, or free names"},
      {"DSQuotaExceededException", "raise the space quota, or free space"},
      {"QuotaExceededException", "raise the quota, or free space"},
      {"QuotaByStorageTypeExceededException", "raise the quota of the storage type"},
      {"FSLimitException.PathComponentTooLongException", "shorten the name, or raise the NameNode's limit"},
      {"PathComponentTooLongException", "shorten the name, or raise the NameNode's limit"},
      {"MaxDirectoryItemsExceededException", "split the folder, or raise the NameNode's limit"},
      {"IllegalArgumentException", "check the path and the configuration"},
      {"UnsupportedOperationException", "the server has this operation switched off"},
  };
  static const std::set<std::string> kConflicts = {
      "FileNotFoundException",        "FileAlreadyExistsException", "PathIsNotEmptyDirectoryException",
      "AlreadyBeingCreatedException", "SnapshotException",          "ParentNotDirectoryException",
      "NestedSnapshotException"};
  const std::string message = what + ": " + exception.name + ": " + exception.message;
  if (const auto fix = kUserFixes.find(exception.name); fix != kUserFixes.end()) {
    return InvalidInput(message + ": " + fix->second);
  }
  if (kConflicts.contains(exception.name)) return Conflict(message);
  return Unavailable(message);
}

}  // namespace

RemoteException ParseRemoteException(const HttpAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("RemoteException")) return {"", FirstLine(answer.body)};
  const auto& exception = json["RemoteException"];
  if (!exception.is_object()) return {"", FirstLine(answer.body)};
  const auto text = [&](const char* key) {
    return exception.contains(key) && exception[key].is_string() ? exception[key].get<std::string>()
                                                                 : std::string();
  };
  return {text("exception"), FirstLine(text("message"))};
}

bool IsStandby(const RemoteException& exception) {
  // A NameNode that is just starting or stopping says RetriableException.
  return exception.name == "StandbyException" || exception.name == "RetriableException";
}

Error RefusalOf(const std::string& what, const HttpAnswer& answer) {
  if (answer.status == 401) {
    return InvalidInput(what +
                        ": the server wants other credentials (401): check the site's `auth`, and renew the "
                        "Kerberos ticket or the delegation token");
  }
  const RemoteException exception = ParseRemoteException(answer);
  if (!exception.name.empty()) return OfException(what, exception);
  return Unavailable(what + ": HTTP " + std::to_string(answer.status) + " (" + answer.content_type +
                     ") that is no WebHDFS answer: " + exception.message);
}

}  // namespace godwit::executor
