#include "executor/adapters/distcp/copy_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "executor/adapters/distcp/distcp_command.h"
#include "executor/ports/storage.h"

namespace godwit::executor {

using nlohmann::json;

namespace {

constexpr char kRun[] = "/run.json";
constexpr int kVersion = 1;
constexpr char kLanding[] = ".landing";

// All of a run's copies wait for the last byte of it: what is larger keeps nobody else waiting.
constexpr int64_t kSmallBytesMax = int64_t{1} << 30;
constexpr int64_t kSharedBytesMax = int64_t{8} << 30;
constexpr size_t kSharedLegsMax = 20'000;
constexpr size_t kMembersMax = 1'000;

// The database's own folder of godwit: a rename inside it stays in one encryption zone and under one quota.
std::string HomeOf(const CopyRecord& record) {
  const std::string marker = fmt::format("/{}/", kAttemptFolder);
  const std::string& to = record.legs.front().to;
  return to.substr(0, to.find(marker) + marker.size());
}

struct Group {
  std::vector<CopyRecord> members;
  std::set<uint64_t> inodes;
  int64_t bytes = 0;

  bool Takes(const CopyRecord& record) const {
    return members.size() < kMembersMax && bytes + record.bytes <= kSharedBytesMax &&
           inodes.size() + record.legs.size() <= kSharedLegsMax &&
           std::none_of(record.legs.begin(), record.legs.end(),
                        [&](const Leg& leg) { return inodes.contains(leg.inode); });
  }
  void Add(CopyRecord record) {
    for (const Leg& leg : record.legs) inodes.insert(leg.inode);
    bytes += record.bytes;
    members.push_back(std::move(record));
  }
};

bool TravelsAlone(const CopyRecord& record, const std::set<uint64_t>& loners) {
  return record.bytes > kSmallBytesMax ||
         std::any_of(record.legs.begin(), record.legs.end(),
                     [&](const Leg& leg) { return loners.contains(leg.inode); });
}

std::string TagOf(const std::vector<CopyRecord>& members) {
  if (members.size() == 1) return members.front().tag;
  std::string tags;
  for (const CopyRecord& member : members) tags += member.tag + '\n';
  return fmt::format("godwit-shared:{} and {} more:{}", members.front().tag, members.size() - 1,
                     Sha256Hex(tags).substr(0, 16));
}

}  // namespace

std::vector<std::vector<CopyRecord>> GroupIntoRuns(std::vector<CopyRecord> waiting,
                                                   const std::set<uint64_t>& loners) {
  std::sort(waiting.begin(), waiting.end());
  std::vector<std::vector<CopyRecord>> runs;
  std::map<std::pair<Direction, std::string>, Group> open;  // one group of each home fills up at a time
  for (CopyRecord& record : waiting) {
    if (record.legs.empty()) continue;
    if (TravelsAlone(record, loners)) {
      runs.push_back({std::move(record)});
      continue;
    }
    Group& group = open[{record.direction, HomeOf(record)}];
    if (!group.Takes(record) && !group.members.empty()) {
      runs.push_back(std::move(group.members));
      group = {};
    }
    group.Add(std::move(record));
  }
  for (auto& [home, group] : open) runs.push_back(std::move(group.members));
  return runs;
}

CopyRun RunOf(const std::vector<CopyRecord>& members) {
  CopyRun run;
  run.tag = TagOf(members);
  run.direction = members.front().direction;
  run.landing = HomeOf(members.front()) + kLanding + "/" + YarnTagOf(run.tag);
  bool limited = true;
  for (const CopyRecord& member : members) {
    run.members.push_back(member.tag);
    run.sources += member.legs.size();
    run.bytes_per_second_max += member.bytes_per_second_max;
    limited = limited && member.bytes_per_second_max > 0;
  }
  if (!limited) run.bytes_per_second_max = 0;
  return run;
}

Status WriteRun(const std::string& folder, const CopyRun& run, const std::string& sources) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Unavailable(fmt::format("make {}: {}", folder, error.message()));
  GODWIT_TRY(WriteDurably(folder + "/sources", sources));
  const json document = {{"version", kVersion},
                         {"tag", run.tag},
                         {"direction", run.direction == Direction::kToTarget ? "to_target" : "to_source"},
                         {"landing", run.landing},
                         {"members", run.members},
                         {"sources", run.sources},
                         {"bytes_per_second_max", run.bytes_per_second_max}};
  return WriteDurably(folder + kRun, document.dump(1, ' ', false, json::error_handler_t::replace));
}

Result<std::vector<CopyRun>> ReadRuns(const std::string& work_folder) {
  std::vector<CopyRun> runs;
  std::error_code error;
  for (const auto& one : std::filesystem::directory_iterator(work_folder, error)) {
    const std::string path = one.path().string() + kRun;
    const auto text = ReadWhole(path);
    if (!text) continue;
    try {
      const json document = json::parse(*text);
      if (document.at("version") != kVersion) return Damaged(path);
      runs.push_back(
          {document.at("tag").get<std::string>(),
           document.at("direction") == "to_target" ? Direction::kToTarget : Direction::kToSource,
           document.at("landing").get<std::string>(), document.at("members").get<std::vector<std::string>>(),
           document.at("sources").get<size_t>(), document.at("bytes_per_second_max").get<int64_t>()});
    } catch (const json::exception&) {
      return Damaged(path);
    }
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

}  // namespace godwit::executor
