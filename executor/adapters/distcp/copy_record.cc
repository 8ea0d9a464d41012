#include "executor/adapters/distcp/copy_record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace godwit::executor {

using nlohmann::json;

namespace {

constexpr char kRequest[] = "/request.json";
constexpr char kEnd[] = "/end.json";
constexpr int kVersion = 2;

}  // namespace

Error Damaged(const std::string& path) {
  return Corrupt(fmt::format("{} cannot be read: move its folder away after looking at YARN by hand", path));
}

std::optional<std::string> ReadWhole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string RecordFolder(const std::string& work_folder, const std::string& tag) {
  return work_folder + "/" + Sha256Hex(tag).substr(0, 32);
}

std::string RequestDigest(const CopyRequest& request) {
  std::string text = request.direction == Direction::kToTarget ? "to_target" : "to_source";
  for (const CopyItem& item : request.items) {
    text += fmt::format("\n{}:{}\n{}:{}", item.from.size(), item.from, item.to.size(), item.to);
  }
  return Sha256Hex(text);
}

Status WriteDurably(const std::string& path, const std::string& bytes) {
  const std::string fresh = path + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto failed = [&] { return Unavailable(fmt::format("write {}: {}", path, std::strerror(errno))); };
  if (file < 0) return failed();
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = write(file, bytes.data() + done, bytes.size() - done);
    if (written < 0) break;
    done += static_cast<size_t>(written);
  }
  const bool whole = done == bytes.size() && fsync(file) == 0;
  const Error error = failed();
  close(file);
  if (!whole) return error;
  if (rename(fresh.c_str(), path.c_str()) != 0) return failed();
  const int folder =
      open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return Ok();
}

Status WriteRecord(const std::string& folder, const CopyRecord& record) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Unavailable(fmt::format("make {}: {}", folder, error.message()));
  json legs = json::array();
  for (const Leg& leg : record.legs) legs.push_back({{"inode", leg.inode}, {"to", leg.to}});
  const json document = {{"version", kVersion},
                         {"tag", record.tag},
                         {"direction", record.direction == Direction::kToTarget ? "to_target" : "to_source"},
                         {"request", record.request},
                         {"bytes", record.bytes},
                         {"bytes_per_second_max", record.bytes_per_second_max},
                         {"legs", legs}};
  return WriteDurably(folder + kRequest, document.dump(1, ' ', false, json::error_handler_t::replace));
}

Result<std::optional<CopyRecord>> ReadRecord(const std::string& folder) {
  const auto text = ReadWhole(folder + kRequest);
  if (!text) return std::optional<CopyRecord>();
  try {
    const json document = json::parse(*text);
    CopyRecord record;
    if (document.at("version") != kVersion) return Damaged(folder + kRequest);
    record.tag = document.at("tag").get<std::string>();
    record.direction = document.at("direction") == "to_target" ? Direction::kToTarget : Direction::kToSource;
    record.request = document.at("request").get<std::string>();
    record.bytes = document.at("bytes").get<int64_t>();
    record.bytes_per_second_max = document.at("bytes_per_second_max").get<int64_t>();
    for (const json& leg : document.at("legs")) {
      record.legs.push_back({leg.at("inode").get<uint64_t>(), leg.at("to").get<std::string>()});
    }
    return std::optional<CopyRecord>(std::move(record));
  } catch (const json::exception&) {
    return Damaged(folder + kRequest);
  }
}

Status WriteEnd(const std::string& folder, const CopyStatus& end) {
  GODWIT_TRY_ASSIGN(const auto before, ReadEnd(folder));
  if (before) return Ok();
  const json document = {
      {"state", static_cast<int>(end.state)}, {"bytes", end.bytes_copied}, {"message", end.message}};
  return WriteDurably(folder + kEnd, document.dump(1, ' ', false, json::error_handler_t::replace));
}

Result<std::optional<CopyStatus>> ReadEnd(const std::string& folder) {
  const auto text = ReadWhole(folder + kEnd);
  if (!text) return std::optional<CopyStatus>();
  try {
    const json document = json::parse(*text);
    CopyStatus end;
    end.state = static_cast<CopyState>(document.at("state").get<int>());
    end.bytes_copied = document.at("bytes").get<int64_t>();
    end.message = document.at("message").get<std::string>();
    return std::optional<CopyStatus>(end);
  } catch (const json::exception&) {
    return Damaged(folder + kEnd);
  }
}

}  // namespace godwit::executor
