#include "cli/live_snapshot.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace godwit::cli {
namespace {

using executor::PartitionMeta;
using executor::Site;
using executor::TableMeta;

constexpr size_t kPage = 1000;

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "2026-11-22" or "20261122".
bool IsDate(std::string_view value) {
  if (value.size() == 8) return AllDigits(value);
  return value.size() == 10 && value[4] == '-' && value[7] == '-' && AllDigits(value.substr(0, 4)) &&
         AllDigits(value.substr(5, 2)) && AllDigits(value.substr(8));
}

// The first date among the values of a partition; "" if there is none.
std::string DateOf(const std::string& partition) {
  const Result<std::vector<std::string>> values = executor::PartitionValues(partition);
  if (!values.ok()) return "";
  const auto date = std::find_if(values->begin(), values->end(), IsDate);
  return date == values->end() ? "" : *date;
}

struct Sizes {
  int64_t bytes = 0;
  int64_t partitions = 0;
  int64_t foreign = 0;
  std::map<std::string, int64_t> by_date;
};

Status AddPage(Site& site, const TableMeta& table, const std::vector<PartitionMeta>& page, Sizes& sizes) {
  std::vector<std::string> locations;
  for (const PartitionMeta& partition : page) locations.push_back(partition.location);
  GODWIT_TRY_ASSIGN(const auto lists, site.storage.ListEach(locations));
  for (size_t i = 0; i < page.size(); ++i) {
    const int64_t bytes =
        std::accumulate(lists[i].begin(), lists[i].end(), int64_t{0},
                        [](int64_t sum, const executor::FileStatus& file) { return sum + file.bytes; });
    sizes.bytes += bytes;
    if (page[i].name.empty()) continue;
    ++sizes.partitions;
    if (!page[i].location.starts_with(table.location + "/")) ++sizes.foreign;
    if (const std::string date = DateOf(page[i].name); !date.empty()) sizes.by_date[date] += bytes;
  }
  return Ok();
}

Result<Sizes> SizesOf(Site& site, const TableMeta& table) {
  Sizes sizes;
  if (table.kind == executor::TableKind::kView) return sizes;
  std::string after;
  for (;;) {
    GODWIT_TRY_ASSIGN(const auto page, site.catalog.ListPartitions(table.name, after, kPage));
    GODWIT_TRY(AddPage(site, table, page, sizes));
    if (page.size() < kPage) return sizes;
    after = page.back().name;
  }
}

int64_t ChangedPerDay(const std::map<std::string, int64_t>& by_date) {
  const size_t days = std::min(by_date.size(), kSnapshotDays);
  if (days == 0) return 0;
  int64_t bytes = 0;
  auto newest = by_date.rbegin();
  for (size_t i = 0; i < days; ++i, ++newest) bytes += newest->second;
  return bytes / static_cast<int64_t>(days);
}

std::vector<std::string> NamesOf(const std::vector<executor::Column>& columns) {
  std::vector<std::string> names;
  for (const executor::Column& column : columns) names.push_back(column.name);
  return names;
}

Result<lineage::CatalogTable> TableOf(Site& site, const TableMeta& meta) {
  GODWIT_TRY_ASSIGN(const Sizes sizes, SizesOf(site, meta));
  lineage::CatalogTable table;
  table.name = meta.name.Text();
  table.view = meta.kind == executor::TableKind::kView;
  table.owner = meta.owner;
  table.bytes = sizes.bytes;
  table.changed_bytes_per_day = ChangedPerDay(sizes.by_date);
  table.partitions = sizes.partitions;
  table.location = meta.location;
  if (const auto format = meta.storage.find("format"); format != meta.storage.end())
    table.format = format->second;
  table.transactional = meta.kind == executor::TableKind::kTransactional;
  table.foreign_partitions = sizes.foreign;
  table.columns = NamesOf(meta.columns);
  table.partition_columns = NamesOf(meta.partition_keys);
  return table;
}

Status AddRuns(Site& site, const std::string& job, lineage::Snapshot& snapshot) {
  GODWIT_TRY_ASSIGN(const std::vector<executor::Run> runs, site.scheduler.Runs(job, ""));
  for (const executor::Run& run : runs) {
    if (run.state != executor::RunState::kSucceeded) continue;
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    snapshot.runs.push_back({job, duration_cast<seconds>(run.started.time_since_epoch()).count(),
                             static_cast<int32_t>(duration_cast<seconds>(run.ended - run.started).count())});
  }
  return Ok();
}

}  // namespace

Result<lineage::Snapshot> TakeSnapshot(Site& site, const std::string& taken_at,
                                       const std::function<void(size_t, size_t)>& progress) {
  lineage::Snapshot snapshot;
  snapshot.taken_at = taken_at;
  GODWIT_TRY_ASSIGN(const std::vector<executor::TableName> names, site.catalog.ListTables());
  for (const executor::TableName& name : names) {
    progress(snapshot.tables.size(), names.size());
    GODWIT_TRY_ASSIGN(const std::optional<TableMeta> meta, site.catalog.GetTable(name));
    if (!meta) continue;  // dropped meanwhile
    GODWIT_TRY_ASSIGN(lineage::CatalogTable table, TableOf(site, *meta));
    snapshot.tables.push_back(std::move(table));
  }
  GODWIT_TRY_ASSIGN(const std::vector<std::string> jobs, site.scheduler.ListJobs());
  for (const std::string& job : jobs) {
    snapshot.jobs.push_back({job, "", ""});
    GODWIT_TRY(AddRuns(site, job, snapshot));
  }
  return snapshot;
}

}  // namespace godwit::cli
