#include "lineage/scan_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/hash.h"

namespace godwit::lineage {
namespace {

// Fields stand between tabs, entries between newlines; names that hold either are not cached.
constexpr std::string_view kHeader = "godwit scan cache 1";

class Fields {
 public:
  explicit Fields(std::string_view line) : rest_(line) {}
  std::string_view Next() {
    const size_t end = std::min(rest_.find('\t'), rest_.size());
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return field;
  }
  uint64_t Number() {
    const std::string_view field = Next();
    uint64_t number = 0;
    std::from_chars(field.data(), field.data() + field.size(), number);
    return number;
  }
  std::string_view Rest() const { return rest_; }

 private:
  std::string_view rest_;
};

bool Fits(std::string_view name) { return name.find_first_of("\t\n") == std::string_view::npos; }

std::string UnitLine(const std::string& job, const CachedUnit& unit) {
  std::string line =
      fmt::format("U\t{}\t{}\t{}\t{}\t{}", job, unit.key, unit.nothing ? 1 : 0, unit.statements, unit.unread);
  for (const auto* list : {&unit.files, &unit.lookups}) {
    line += fmt::format("\t{}", list->size());
    for (const auto& [name, digest] : *list) {
      if (!Fits(name)) return "";
      line += fmt::format("\t{}\t{}", name, digest);
    }
  }
  line += "\t" + unit.record;
  // A line that was cut short by a crash does not end with its own digest.
  return Fits(job) ? line + fmt::format("\t{}\n", Hex64(Hash64(line))) : "";
}

bool ReadUnit(std::string_view line, std::string& job, CachedUnit& unit) {
  if (line.size() < 18 || line.substr(line.size() - 16) != Hex64(Hash64(line.substr(0, line.size() - 17))))
    return false;
  Fields fields(line.substr(2, line.size() - 19));
  job = fields.Next();
  unit.key = fields.Number();
  unit.nothing = fields.Number() != 0;
  unit.statements = fields.Number();
  unit.unread = fields.Number();
  for (auto* list : {&unit.files, &unit.lookups}) {
    const uint64_t count = std::min<uint64_t>(fields.Number(), line.size());
    for (uint64_t i = 0; i < count; ++i) {
      std::string name(fields.Next());
      list->emplace_back(std::move(name), fields.Number());
    }
  }
  unit.record = fields.Rest();
  return true;
}

}  // namespace

ScanCache::~ScanCache() {
  if (file_ != nullptr) std::fclose(file_);
}

Status ScanCache::Open(const std::string& path) {
  path_ = path;
  if (path.empty()) return Ok();
  std::string text;
  if (std::ifstream stream(path, std::ios::binary); stream)
    text.assign(std::istreambuf_iterator<char>(stream), {});
  const bool ours = text.starts_with(kHeader);
  for (size_t at = 0; ours && at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (line.starts_with("U\t")) {
      std::string job;
      CachedUnit unit;
      if (ReadUnit(line, job, unit)) units_[job] = std::move(unit);
    } else if (line.starts_with("F\t")) {
      Fields fields(line.substr(2));
      const std::string name(fields.Next());
      const auto bytes = static_cast<int64_t>(fields.Number()),
                 changed = static_cast<int64_t>(fields.Number());
      files_[name] = {bytes, changed, fields.Number()};
    }
  }
  file_ = std::fopen(path.c_str(), ours ? "ab" : "wb");
  if (file_ == nullptr) return Unavailable(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  if (!ours) fmt::print(file_, "{}\n", kHeader);
  if (ours && !text.ends_with('\n')) std::fputc('\n', file_);
  return Ok();
}

const CachedUnit* ScanCache::Find(const std::string& job) const {
  const auto found = units_.find(job);
  return found == units_.end() ? nullptr : &found->second;
}

const CachedFile* ScanCache::FindFile(const std::string& path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

void ScanCache::Append(const std::string& job, const CachedUnit& unit) {
  if (file_ == nullptr) return;
  const std::string line = UnitLine(job, unit);
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), file_);
}

Status ScanCache::Replace(const std::vector<std::pair<std::string, const CachedUnit*>>& units,
                          const std::vector<std::pair<std::string, CachedFile>>& files) {
  if (path_.empty()) return Ok();
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
  const std::string fresh = path_ + ".new";
  std::FILE* out = std::fopen(fresh.c_str(), "wb");
  if (out == nullptr) return Unavailable(fmt::format("cannot write {}: {}", fresh, std::strerror(errno)));
  fmt::print(out, "{}\n", kHeader);
  for (const auto& [job, unit] : units) {
    const std::string line = UnitLine(job, *unit);
    std::fwrite(line.data(), 1, line.size(), out);
  }
  for (const auto& [name, file] : files) {
    if (Fits(name))
      fmt::print(out, "F\t{}\t{}\t{}\t{}\n", name, file.bytes, file.changed_nanoseconds, file.digest);
  }
  const bool good = std::ferror(out) == 0;
  const bool closed = std::fclose(out) == 0;
  if (!good || !closed || std::rename(fresh.c_str(), path_.c_str()) != 0) {
    return Unavailable(fmt::format("cannot write {}: {}", path_, std::strerror(errno)));
  }
  return Ok();
}

}  // namespace godwit::lineage
