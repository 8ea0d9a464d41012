#include "executor/adapters/hdfs/acl_barrier.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/parallel.h"
#include "executor/adapters/hdfs/barrier_record.h"
#include "executor/adapters/hdfs/list_tree.h"
#include "executor/ports/storage.h"

namespace godwit::executor {

namespace {

constexpr int kWriteBits = 0222;
constexpr int kClosingRoundsMax = 5;
constexpr size_t kModesBytesMax = size_t{256} << 20;

const char* PartyName(Party party) { return party == Party::kWriters ? "writers" : "copiers"; }

// "" where there is no such database, and so no barrier.
Result<std::string> RecordFolder(WebHdfs& hdfs, Catalog& catalog, const TableName& table, Party party) {
  GODWIT_TRY_ASSIGN(const std::optional<DatabaseMeta> database, catalog.GetDatabase(table.db));
  if (!database) return std::string();
  GODWIT_TRY_ASSIGN(const std::string path, hdfs.PathOf(database->location));
  return fmt::format("{}/{}/{}/.barrier/{}", path, kAttemptFolder, table.name, PartyName(party));
}

bool Inside(const std::string& path, const std::string& folder) { return path.starts_with(folder + "/"); }

// The table's folder and those of its partitions that lie elsewhere, none inside another.
Result<std::vector<std::string>> TableFolders(WebHdfs& hdfs, Catalog& catalog, const TableName& table) {
  std::vector<std::string> folders;
  GODWIT_TRY_ASSIGN(const std::optional<TableMeta> meta, catalog.GetTable(table));
  if (!meta) return InvalidInput(fmt::format("barrier of {}: there is no such table", table.Text()));
  if (meta->location.empty()) return folders;  // a view
  GODWIT_TRY_ASSIGN(std::string root, hdfs.PathOf(meta->location));
  folders.push_back(root);
  std::string after;
  constexpr size_t kPage = 1000;
  for (size_t got = kPage; got == kPage && !meta->partition_keys.empty();) {
    GODWIT_TRY_ASSIGN(const auto partitions, catalog.ListPartitions(table, after, kPage));
    for (const PartitionMeta& partition : partitions) {
      GODWIT_TRY_ASSIGN(std::string path, hdfs.PathOf(partition.location));
      if (path != root && !Inside(path, root)) folders.push_back(std::move(path));
      after = partition.name;
    }
    got = partitions.size();
  }
  std::sort(folders.begin(), folders.end());
  std::vector<std::string> outer;
  for (std::string& folder : folders) {
    if (outer.empty() || (folder != outer.back() && !Inside(folder, outer.back())))
      outer.push_back(std::move(folder));
  }
  return outer;
}

// "" of a view.
Result<std::string> TableFolder(WebHdfs& hdfs, Catalog& catalog, const TableName& table) {
  GODWIT_TRY_ASSIGN(const std::optional<TableMeta> meta, catalog.GetTable(table));
  if (!meta || meta->location.empty()) return std::string();
  return hdfs.PathOf(meta->location);
}

// Permissions of all folders of the table. Our own `_godwit` is not part of it, should it lie inside.
Result<FolderModes> ReadModes(WebHdfs& hdfs, const std::vector<std::string>& roots) {
  FolderModes modes;
  for (const std::string& root : roots) {
    GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> there, hdfs.Stat(root));
    if (there && there->folder) modes[root] = there->permission;
  }
  TreeVisitor visitor;
  visitor.enter = [](const HdfsEntry& folder, const std::string&) { return folder.name != kAttemptFolder; };
  visitor.page = [&](size_t root, const std::string& folder, const std::vector<HdfsEntry>& entries) {
    const std::string parent = folder.empty() ? roots[root] : roots[root] + "/" + folder;
    for (const HdfsEntry& entry : entries) {
      if (entry.folder && entry.name != kAttemptFolder) modes[parent + "/" + entry.name] = entry.permission;
    }
    return Ok();
  };
  GODWIT_TRY(ListTree(hdfs, roots, hdfs.config().parallel_calls, visitor));
  return modes;
}

Status SetModes(WebHdfs& hdfs, const FolderModes& modes) {
  const std::vector<std::pair<std::string, int>> list(modes.begin(), modes.end());
  return ForEach(list.size(), hdfs.config().parallel_calls, [&](size_t i) -> Status {
    const Status set = hdfs.SetPermission(list[i].first, list[i].second);
    if (set.ok()) return set;
    GODWIT_TRY_ASSIGN(const std::optional<HdfsEntry> there, hdfs.Stat(list[i].first));
    return there ? set : Ok();  // a folder that is gone needs none
  });
}

FolderModes Writable(const FolderModes& modes) {
  FolderModes writable;
  for (const auto& [path, mode] : modes) {
    if (mode & kWriteBits) writable[path] = mode;
  }
  return writable;
}

Result<FolderModes> ModesOf(WebHdfs& hdfs, const std::string& folder, const BarrierRecord& record) {
  GODWIT_TRY_ASSIGN(const std::string text,
                    hdfs.ReadSmall(folder + "/" + RecordName(record), kModesBytesMax));
  return ParseModes(text);
}

// Permissions from before the table was closed, as all closings since it was last open tell; the oldest is
// right.
Result<FolderModes> ModesBefore(WebHdfs& hdfs, const std::string& folder,
                                const std::vector<BarrierRecord>& records) {
  FolderModes before;
  for (const BarrierRecord& record : records) {
    if (!record.closed) continue;
    auto modes = ModesOf(hdfs, folder, record);
    if (!modes.ok() && modes.error().code == ErrorCode::kCorrupt)
      continue;  // cut short: its closing had not begun
    if (!modes.ok()) return modes.error();
    before.insert(modes->begin(), modes->end());
  }
  return before;
}

// Takes the write bits, until a look at all folders finds none: a writer may make one in between.
Status CloseFolders(WebHdfs& hdfs, const std::vector<std::string>& roots, const std::string& file,
                    FolderModes before) {
  for (int round = 0; round < kClosingRoundsMax; ++round) {
    GODWIT_TRY_ASSIGN(const FolderModes now, ReadModes(hdfs, roots));
    const FolderModes open = Writable(now);
    const size_t known = before.size();
    for (const auto& [path, mode] : now) before.emplace(path, mode);
    if (round == 0 || before.size() > known)
      GODWIT_TRY(hdfs.Create(file, FormatModes(before), /*overwrite=*/true));
    if (open.empty()) return Ok();
    FolderModes closed;
    for (const auto& [path, mode] : open) closed[path] = mode & ~kWriteBits;
    GODWIT_TRY(SetModes(hdfs, closed));
  }
  return Unavailable("barrier: writers make new folders faster than they are closed");
}

// What was copied from a table that was closed has come without write bits: folders of ours get those of the
// table's own folder.
FolderModes WritableCopies(const FolderModes& now, const FolderModes& before, const std::string& root) {
  const auto own = before.find(root);
  const int writes = (own == before.end() ? 0 : own->second & kWriteBits) | 0200;
  const std::string marker = fmt::format("/{}/", kAttemptFolder);
  FolderModes writable;
  for (const auto& [path, mode] : now) {
    const auto known = before.find(path);
    const int was = known == before.end() ? mode : known->second;
    if (path.find(marker) != path.npos && (was & kWriteBits) == 0) writable[path] = was | writes;
  }
  return writable;
}

// Gives the write bits back, then forgets what they were.
Status OpenFolders(WebHdfs& hdfs, const std::vector<std::string>& roots, const std::string& table_folder,
                   const std::string& folder, const std::vector<BarrierRecord>& records) {
  GODWIT_TRY_ASSIGN(const FolderModes before, ModesBefore(hdfs, folder, records));
  GODWIT_TRY(SetModes(hdfs, Writable(before)));
  GODWIT_TRY_ASSIGN(const FolderModes now, ReadModes(hdfs, roots));
  GODWIT_TRY(SetModes(hdfs, WritableCopies(now, before, table_folder)));
  for (const BarrierRecord& record : records) {
    if (record.closed) GODWIT_TRY(hdfs.Delete(folder + "/" + RecordName(record), /*recursive=*/false));
  }
  return Ok();
}

bool AnyClosed(const std::vector<BarrierRecord>& records) {
  return std::any_of(records.begin(), records.end(),
                     [](const BarrierRecord& record) { return record.closed; });
}

}  // namespace

Result<Effect> AclBarrier::Set(const TableName& table, Party party, bool closed, Token token) {
  const std::string what = fmt::format("barrier of {} ({})", table.Text(), PartyName(party));
  GODWIT_TRY_ASSIGN(const std::string folder, RecordFolder(hdfs_, catalog_, table, party));
  if (folder.empty()) return InvalidInput(fmt::format("{}: there is no database {}", what, table.db));
  GODWIT_TRY_ASSIGN(const auto records, ReadRecords(hdfs_, folder));
  const BarrierRecord wanted{closed, token};
  const BarrierRecord last = records.empty() ? BarrierRecord{} : records.back();
  if (last.token > token || (last.token == token && token != 0 && last.closed != closed)) {
    return Conflict(
        fmt::format("{}: token {} is older than {}, which has been here", what, token, last.token));
  }
  GODWIT_TRY_ASSIGN(const BarrierStatus now, Get(table, party));
  if (now.token == token && now.closed == closed && (closed || !AnyClosed(records))) return Effect::kAlready;
  GODWIT_TRY(hdfs_.MakeFolders(folder));
  if (party == Party::kCopiers) {
    GODWIT_TRY(hdfs_.Create(folder + "/" + RecordName(wanted), "end\n", /*overwrite=*/true));
    return Effect::kDone;
  }
  GODWIT_TRY_ASSIGN(const auto roots, TableFolders(hdfs_, catalog_, table));
  if (closed) {
    GODWIT_TRY_ASSIGN(FolderModes before, ModesBefore(hdfs_, folder, records));
    GODWIT_TRY(CloseFolders(hdfs_, roots, folder + "/" + RecordName(wanted), std::move(before)));
  } else {
    GODWIT_TRY(hdfs_.Create(folder + "/" + RecordName(wanted), "end\n", /*overwrite=*/true));
    GODWIT_TRY_ASSIGN(const std::string own, TableFolder(hdfs_, catalog_, table));
    GODWIT_TRY(OpenFolders(hdfs_, roots, own, folder, records));
  }
  return Effect::kDone;
}

Result<BarrierStatus> AclBarrier::Get(const TableName& table, Party party) {
  GODWIT_TRY_ASSIGN(const std::string folder, RecordFolder(hdfs_, catalog_, table, party));
  if (folder.empty()) return BarrierStatus{};
  GODWIT_TRY_ASSIGN(const auto records, ReadRecords(hdfs_, folder));
  if (records.empty()) return BarrierStatus{};
  BarrierStatus status{records.back().closed, records.back().token};
  if (party == Party::kCopiers) return status;
  if (!status.closed) {
    status.closed = AnyClosed(records);  // opening has begun and is not through
    return status;
  }
  GODWIT_TRY_ASSIGN(const auto roots, TableFolders(hdfs_, catalog_, table));
  GODWIT_TRY_ASSIGN(const FolderModes modes, ReadModes(hdfs_, roots));
  status.closed = Writable(modes).empty();
  return status;
}

}  // namespace godwit::executor
