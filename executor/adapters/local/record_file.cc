#include "executor/adapters/local/record_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace godwit::executor::local {
namespace {

std::string Escaped(const std::string& field) {
  std::string text;
  for (const char c : field) {
    switch (c) {
      case '\\': text += "\\\\"; break;
      case '\t': text += "\\t"; break;
      case '\n': text += "\\n"; break;
      default: text += c;
    }
  }
  return text;
}

char Unescaped(char c) {
  if (c == 't') return '\t';
  return c == 'n' ? '\n' : c;
}

Error IoError(const std::string& path) {
  return Unavailable(fmt::format("{}: {}", path, std::strerror(errno)));
}

Status WriteSynced(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return IoError(path);
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(fd, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<size_t>(count);
  }
  const Status status = written == text.size() && fsync(fd) == 0 ? Ok() : IoError(path);
  close(fd);
  return status;
}

}  // namespace

std::string RecordText(const Record& record) {
  std::string line;
  for (const std::string& field : record) {
    if (&field != &record.front()) line += '\t';
    line += Escaped(field);
  }
  return line + "\n";
}

std::vector<Record> ParseRecords(const std::string& text) {
  std::vector<Record> records;
  Record record(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      records.push_back(std::move(record));
      record.assign(1, "");
    } else if (text[i] == '\t') {
      record.emplace_back();
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      record.back() += Unescaped(text[++i]);
    } else {
      record.back() += text[i];
    }
  }
  return records;
}

Status WriteRecords(const std::string& path, const std::vector<Record>& records) {
  std::string text;
  for (const Record& record : records) text += RecordText(record);
  static std::atomic<int> count = 0;  // two threads may write the same file
  const std::string fresh = fmt::format("{}.{}.{}", path, getpid(), ++count);
  GODWIT_TRY(WriteSynced(fresh, text));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return IoError(path);
  return SyncFolder(std::filesystem::path(path).parent_path().string());
}

Result<std::optional<std::vector<Record>>> ReadRecords(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::optional<std::vector<Record>>();
  if (fd < 0) return IoError(path);
  std::string text;
  std::array<char, 65536> buffer;
  ssize_t count = 0;
  while ((count = read(fd, buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<size_t>(count));
  const Status status = count == 0 ? Ok() : IoError(path);
  close(fd);
  if (!status.ok()) return status.error();
  return std::optional<std::vector<Record>>(ParseRecords(text));
}

Status SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return IoError(folder);
  const Status status = fsync(fd) == 0 ? Ok() : IoError(folder);
  close(fd);
  return status;
}

}  // namespace godwit::executor::local
