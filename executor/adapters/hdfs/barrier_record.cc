#include "executor/adapters/hdfs/barrier_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace godwit::executor {

namespace {

constexpr size_t kTokenDigits = 20;
constexpr std::string_view kEnd = "end\n";

bool Parse(std::string_view text, int base, auto& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string RecordName(const BarrierRecord& record) {
  return fmt::format("{:0{}}.{}", record.token, kTokenDigits, record.closed ? "closed" : "open");
}

Result<BarrierRecord> ParseRecordName(std::string_view name) {
  BarrierRecord record;
  const std::string_view kind = name.substr(std::min(name.find('.'), name.size()));
  record.closed = kind == ".closed";
  if ((!record.closed && kind != ".open") ||
      !Parse(name.substr(0, name.size() - kind.size()), 10, record.token)) {
    return InvalidInput(fmt::format("{} is not a barrier's record", name));
  }
  return record;
}

std::string FormatModes(const FolderModes& modes) {
  std::string text;
  for (const auto& [path, mode] : modes) text += fmt::format("{:o} {}\n", mode, path);
  return text + std::string(kEnd);
}

Result<FolderModes> ParseModes(std::string_view text) {
  FolderModes modes;
  while (text != kEnd) {
    const size_t line_end = text.find('\n');
    const size_t space = text.find(' ');
    int mode = 0;
    if (line_end == text.npos || space > line_end || !Parse(text.substr(0, space), 8, mode)) {
      return Corrupt("barrier: the list of permissions is cut short");
    }
    modes[std::string(text.substr(space + 1, line_end - space - 1))] = mode;
    text.remove_prefix(line_end + 1);
  }
  return modes;
}

Result<std::vector<BarrierRecord>> ReadRecords(WebHdfs& hdfs, const std::string& folder) {
  std::vector<BarrierRecord> records;
  std::string after;
  for (bool more = true; more;) {
    GODWIT_TRY_ASSIGN(const std::optional<HdfsPage> page, hdfs.List(folder, after));
    if (!page) return records;
    for (const HdfsEntry& entry : page->entries) {
      if (auto record = ParseRecordName(entry.name); record.ok()) records.push_back(*record);
      after = entry.name;
    }
    more = page->remaining > 0;
  }
  std::sort(records.begin(), records.end(),
            [](const BarrierRecord& a, const BarrierRecord& b) { return a.token < b.token; });
  return records;
}

}  // namespace godwit::executor
