#include "cli/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace godwit::cli {
namespace {

constexpr size_t kChunk = 1 << 20;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Error Failed(const char* what, const std::string& path) {
  return InvalidInput(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

Result<std::string> ReadAll(std::FILE* file, const std::string& path) {
  std::string text;
  for (size_t got = kChunk; got == kChunk;) {
    const size_t size = text.size();
    text.resize(size + kChunk);
    got = std::fread(text.data() + size, 1, kChunk, file);
    text.resize(size + got);
  }
  if (std::ferror(file)) return Failed("read", path);
  return text;
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path) {
  if (path == "-") return ReadAll(stdin, path);
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return Failed("open", path);
  return ReadAll(file.get(), path);
}

Status WriteTextFile(const std::string& path, const std::function<void(const TextSink&)>& write) {
  const bool to_stdout = path == "-";
  const std::string beside = path + ".new";
  File file(to_stdout ? nullptr : std::fopen(beside.c_str(), "wb"));
  if (!to_stdout && !file) return Failed("create", beside);
  std::FILE* const out = to_stdout ? stdout : file.get();
  bool written = true;
  write([&](std::string_view piece) {
    written = written && std::fwrite(piece.data(), 1, piece.size(), out) == piece.size();
  });
  written = written && std::fflush(out) == 0;
  if (to_stdout) return written ? Ok() : Status(Failed("write", "stdout"));
  if (std::fclose(file.release()) != 0 || !written) {
    const Error error = Failed("write", beside);
    std::remove(beside.c_str());
    return error;
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return Failed("replace", path);
  return Ok();
}

Status WriteTextFile(const std::string& path, std::string_view text) {
  return WriteTextFile(path, [&](const TextSink& sink) { sink(text); });
}

}  // namespace godwit::cli
