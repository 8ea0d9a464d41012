// What `hdfs fsck PATH -openforwrite` shows. A page of text, with lines such as
//   /w/t/part-0 1027 bytes, replicated: replication=1, 1 block(s), OPENFORWRITE:
// among empty ones and dots that keep the connection alive, and a verdict at the end.
#include <fmt/format.h>

#include "executor/adapters/hdfs/web_hdfs.h"

namespace godwit::executor {

namespace {

// "" of a line that names no open file.
std::string OpenFileOf(std::string_view line) {
  const size_t mark = line.find(" block(s), OPENFORWRITE:");
  const size_t begin = line.find('/');
  if (mark == line.npos || begin > mark) return "";
  const size_t bytes = line.rfind(" bytes, ", mark);
  if (bytes == line.npos) return "";
  const size_t end = line.rfind(' ', bytes - 1);  // before the number
  return end == line.npos || end <= begin ? "" : std::string(line.substr(begin, end - begin));
}

using OpenFilesFound = std::optional<std::vector<std::string>>;

// Errors: kUnavailable for a NameNode that did not look at all files: it is standby, say.
Result<OpenFilesFound> OpenFilesOf(const HttpAnswer& page, const std::string& path) {
  const std::string& text = page.body;
  if (page.status >= 500) return Unavailable(fmt::format("HTTP {}", page.status));
  if (page.status != 200 || !text.starts_with("FSCK started")) return OpenFilesFound();
  if (text.find("\nPermission denied") != text.npos) return OpenFilesFound();
  std::vector<std::string> files;
  if (text.find("\nPath '" + path + "' does not exist") != text.npos) return OpenFilesFound(files);
  if (text.find("\nThe filesystem under path '") == text.npos)
    return Unavailable("it did not look at all files");
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string file = OpenFileOf(std::string_view(text).substr(begin, end - begin));
    if (!file.empty()) files.push_back(std::move(file));
    begin = end + 1;
  }
  return OpenFilesFound(std::move(files));
}

}  // namespace

Result<OpenFilesFound> WebHdfs::OpenFiles(const std::string& path) {
  // The server quotes these before it looks for the path.
  if (path.find_first_of("&<>\"'") != path.npos) return OpenFilesFound();
  std::string failures;
  const size_t count = config_.namenodes.size(), first = active_.load();
  for (size_t i = 0; i < count; ++i) {
    const std::string& namenode = config_.namenodes[(first + i) % count];
    HttpRequest request;
    request.url = fmt::format("{}/fsck?path={}&openforwrite=1{}", namenode, PercentEncode(path), Identity());
    if (!config_.user.empty()) request.url += "&ugi=" + PercentEncode(config_.user);
    const HttpOutcome outcome = http_.Perform(request);
    Result<OpenFilesFound> found =
        outcome.answer ? OpenFilesOf(*outcome.answer, path) : Unavailable(outcome.failure);
    if (found.ok()) return found;
    failures += fmt::format(" {}: {}.", namenode, found.error().message);
  }
  return Unavailable(fmt::format("fsck {}: no NameNode could do it:{}", path, failures));
}

}  // namespace godwit::executor
