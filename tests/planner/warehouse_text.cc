#include "tests/planner/warehouse_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/bytes.h"
#include "base/time.h"
#include "planner/request_json.h"
#include "planner/words.h"

namespace godwit::planner {
namespace {

constexpr int64_t kReadBytes = 1'000'000'000;

struct Line {
  std::vector<std::string> words;              // without the keys
  std::map<std::string, std::string> options;  // key=value, or key alone as key=""
};

const std::vector<std::string> kFlags = {"stays", "external", "unread"};

Line Parse(const std::string& text) {
  Line line;
  std::istringstream in(text);
  for (std::string word; in >> word;) {
    const size_t equals = word.find('=');
    if (equals != std::string::npos) {
      line.options[word.substr(0, equals)] = word.substr(equals + 1);
    } else if (std::ranges::find(kFlags, word) != kFlags.end()) {
      line.options[word] = "";
    } else {
      line.words.push_back(word);
    }
  }
  return line;
}

int32_t SecondsOf(const std::string& text) {
  return static_cast<int32_t>(std::chrono::duration_cast<Seconds>(*ParseDuration(text)).count());
}

class Reader {
 public:
  Result<Warehouse> Read(const std::string& text) {
    std::istringstream in(text);
    std::vector<Line> lines;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with('{')) {
        GODWIT_TRY_ASSIGN(warehouse_.request, ReadRequest(line));
      } else if (!line.empty()) {
        lines.push_back(Parse(line));
      }
    }
    for (const Line& line : lines) Number(line);
    Count(tables_);
    Count(jobs_);
    warehouse_.workload.tables.resize(tables_.size());
    warehouse_.workload.jobs.resize(jobs_.size());
    for (const Line& line : lines) GODWIT_TRY(Add(line));
    std::ranges::stable_sort(warehouse_.workload.runs, {},
                             [](const JobRun& run) { return std::make_pair(Index(run.job), run.start); });
    GODWIT_TRY(CheckWorkload(warehouse_.workload));
    return std::move(warehouse_);
  }

 private:
  using Numbers = std::map<std::string, uint32_t>;

  void Number(const Line& line) {
    if (line.words[0] == "table") tables_[line.words[1]];
    if (line.words[0] == "job") jobs_[line.words[1]];
  }
  static void Count(Numbers& numbers) {
    uint32_t next = 0;
    for (auto& [name, number] : numbers) number = next++;
  }

  LabelId Label(const Line& line, const char* key) {
    return LabelId{Once(warehouse_.workload.labels, line, key)};
  }
  static uint32_t Once(std::vector<std::string>& texts, const Line& line, const char* key) {
    const auto found = line.options.find(key);
    if (found == line.options.end()) return 0;
    std::string text = found->second;
    if (std::string(key) == "cron") std::ranges::replace(text, '_', ' ');
    const auto at = std::ranges::find(texts, text);
    if (at != texts.end()) return static_cast<uint32_t>(at - texts.begin());
    texts.push_back(text);
    return static_cast<uint32_t>(texts.size() - 1);
  }
  static std::string Option(const Line& line, const char* key, const char* otherwise) {
    const auto found = line.options.find(key);
    return found == line.options.end() ? otherwise : found->second;
  }

  Status Add(const Line& line) {
    const std::string& kind = line.words[0];
    if (kind == "table") return AddTable(line);
    if (kind == "job") return AddJob(line);
    if (kind == "run") return AddRun(line);
    if (kind == "edit") return AddEdit(line);
    return InvalidInput("a line begins with `" + kind + "`");
  }

  Status AddTable(const Line& line) {
    Table& table = warehouse_.workload.tables[tables_[line.words[1]]];
    table.name = line.words[1];
    GODWIT_TRY_ASSIGN(table.bytes, ParseBytes(line.words[2]));
    GODWIT_TRY_ASSIGN(table.changed_bytes_per_day, ParseBytes(Option(line, "changed", "0")));
    table.owner = Label(line, "owner");
    table.group = Label(line, "group");
    table.layer = static_cast<int16_t>(std::stoi(Option(line, "layer", "0")));
    table.priority = static_cast<int16_t>(std::stoi(Option(line, "priority", "0")));
    if (line.options.contains("stays")) table.residence = Residence::kStays;
    if (line.options.contains("external")) table.residence = Residence::kExternal;
    table.unknown_upstream = line.options.contains("unread");
    return Ok();
  }

  Status AddJob(const Line& line) {
    const JobId id{jobs_[line.words[1]]};
    Job& job = warehouse_.workload.jobs[Index(id)];
    job.name = line.words[1];
    GODWIT_TRY_ASSIGN(job.type, FromWord<JobType>(Option(line, "type", "sql")));
    GODWIT_TRY_ASSIGN(job.repeatability, FromWord<Repeatability>(Option(line, "repeat", "unknown")));
    job.run_seconds = SecondsOf(Option(line, "run", "10m"));
    job.workflow = Label(line, "workflow");
    job.owner = Label(line, "owner");
    job.schedule = ScheduleId{Once(warehouse_.workload.schedules, line, "cron")};
    AccessKind kind = AccessKind::kRead;
    for (size_t i = 2; i < line.words.size(); ++i) {
      if (line.words[i] == "->") {
        kind = AccessKind::kWrite;
      } else {
        GODWIT_TRY(AddAccess(id, kind, line.words[i]));
      }
    }
    return Ok();
  }

  Status AddAccess(JobId job, AccessKind kind, std::string word) {
    Access access{job, TableId{}, kind, Provenance::kParsed, false, kReadBytes};
    if (word.ends_with('!')) {
      access.hard = true;
      word.pop_back();
    }
    if (const size_t colon = word.find(':'); colon != std::string::npos) {
      GODWIT_TRY_ASSIGN(access.bytes_per_day, ParseBytes(word.substr(colon + 1)));
      word.resize(colon);
    }
    GODWIT_TRY_ASSIGN(access.table, Find(word));
    warehouse_.workload.accesses.push_back(access);
    return Ok();
  }

  Status AddRun(const Line& line) {
    GODWIT_TRY_ASSIGN(const Timestamp start, ParseTimestamp(line.words[2]));
    const int64_t seconds = std::chrono::duration_cast<Seconds>(start.time_since_epoch()).count();
    warehouse_.workload.runs.push_back({JobId{jobs_.at(line.words[1])}, seconds, SecondsOf(line.words[3])});
    return Ok();
  }

  Status AddEdit(const Line& line) {
    Edit edit;
    GODWIT_TRY_ASSIGN(edit.kind, FromWord<EditKind>(line.words[1]));
    edit.wave = static_cast<uint32_t>(std::stoi(Option(line, "wave", "1")) - 1);
    for (size_t i = 2; i < line.words.size(); ++i) {
      GODWIT_TRY_ASSIGN(const TableId table, Find(line.words[i]));
      edit.tables.push_back(table);
    }
    warehouse_.edits.push_back(std::move(edit));
    return Ok();
  }

  Result<TableId> Find(const std::string& name) const {
    const auto found = tables_.find(name);
    if (found == tables_.end()) return InvalidInput("no table " + name);
    return TableId{found->second};
  }

  Warehouse warehouse_;
  Numbers tables_;
  Numbers jobs_;
};

}  // namespace

Result<Warehouse> ReadWarehouse(const std::string& text) { return Reader().Read(text); }

}  // namespace godwit::planner
