#include "planner/graph_file.h"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

namespace godwit::planner {
namespace {

constexpr int64_t kBytesPerMegabyte = 1'000'000;
constexpr int64_t kMegabytesMax = 9'000'000'000'000;  // 9 exabytes: as bytes it still fits 64 bits
constexpr int64_t kRunSecondsMax = 366LL * 24 * 3600;
constexpr size_t kShortestLine = 8;  // "0 0 0 0\n"

// Reads the text line by line, each line field by field. The first error stays; later reads give 0.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  // Goes to the next line, which should hold `expected`.
  void Next(const char* expected) {
    if (line_ > 0) EndLine();
    expected_ = expected;
    ++line_;
    if (at_ == end_) Fail("the file ends here");
  }

  int64_t Number(int64_t max) {
    SkipBlanks();
    int64_t value = 0;
    const auto [rest, error] = std::from_chars(at_, end_, value);
    if (error != std::errc() || rest == at_) return Fail("a whole number is missing");
    if (value < 0 || value > max) return Fail(fmt::format("{} is not between 0 and {}", value, max));
    at_ = rest;
    return value;
  }

  char Letter() {
    SkipBlanks();
    return at_ == end_ || *at_ == '\n' ? '\0' : *at_++;
  }

  // For checks of the caller.
  int64_t Fail(const std::string& what) {
    if (error_.empty()) error_ = fmt::format("line {}: {}; expected: {}", line_, what, expected_);
    at_ = end_;
    return 0;
  }

  Status Finish() {
    EndLine();
    SkipBlankLines();
    if (at_ != end_) Fail("there are more lines than the first line promises");
    return error_.empty() ? Ok() : Status(InvalidInput(error_));
  }
  bool failed() const { return !error_.empty(); }

 private:
  void SkipBlanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  void SkipBlankLines() {
    for (SkipBlanks(); at_ != end_ && *at_ == '\n'; SkipBlanks()) ++at_;
  }
  void EndLine() {
    SkipBlanks();
    if (at_ == end_) return;
    if (*at_ != '\n') {
      Fail("there is more on this line");
      return;
    }
    ++at_;
  }

  const char* at_;
  const char* end_;
  int line_ = 0;
  const char* expected_ = "";
  std::string error_;
};

// Numbers of owners, workflows and groups become labels.
class Labels {
 public:
  Labels(const char* kind, Workload& workload) : kind_(kind), workload_(workload) {}
  LabelId Of(int64_t number) {
    const auto [place, added] = ids_.try_emplace(number, static_cast<uint32_t>(workload_.labels.size()));
    if (added) workload_.labels.push_back(fmt::format("{} {}", kind_, number));
    return LabelId{place->second};
  }

 private:
  const char* kind_;
  Workload& workload_;
  std::unordered_map<int64_t, uint32_t> ids_;
};

JobType TypeOf(int64_t number) {
  constexpr JobType kTypes[] = {JobType::kImport, JobType::kSql, JobType::kJar, JobType::kExport,
                                JobType::kView};
  return kTypes[number];
}

void ReadTables(LineReader& in, int64_t count, Workload& workload) {
  Labels groups("group", workload);
  for (int64_t i = 0; i < count && !in.failed(); ++i) {
    in.Next("a table: size_MB changed_MB_per_day layer group");
    Table& table = workload.tables.emplace_back();
    table.bytes = in.Number(kMegabytesMax) * kBytesPerMegabyte;
    table.changed_bytes_per_day = in.Number(kMegabytesMax) * kBytesPerMegabyte;
    table.layer = static_cast<int16_t>(in.Number(INT16_MAX));
    table.group = groups.Of(in.Number(INT32_MAX));
  }
}

void ReadJobs(LineReader& in, int64_t count, Workload& workload) {
  Labels workflows("workflow", workload);
  Labels owners("owner", workload);
  for (int64_t i = 0; i < count && !in.failed(); ++i) {
    in.Next("a job: run_seconds type workflow owner");
    Job& job = workload.jobs.emplace_back();
    job.run_seconds = static_cast<int32_t>(in.Number(kRunSecondsMax));
    job.type = TypeOf(in.Number(4));
    job.workflow = workflows.Of(in.Number(INT32_MAX));
    job.owner = owners.Of(in.Number(INT32_MAX));
  }
}

void ReadEdges(LineReader& in, int64_t count, Workload& workload) {
  for (int64_t i = 0; i < count && !in.failed(); ++i) {
    in.Next("an edge: job table R|W MB_per_day");
    Access& access = workload.accesses.emplace_back();
    access.job = JobId{static_cast<uint32_t>(in.Number(static_cast<int64_t>(workload.jobs.size()) - 1))};
    access.table =
        TableId{static_cast<uint32_t>(in.Number(static_cast<int64_t>(workload.tables.size()) - 1))};
    const char kind = in.Letter();
    if (kind != 'R' && kind != 'W') in.Fail("neither R nor W stands where the kind of access should");
    access.kind = kind == 'W' ? AccessKind::kWrite : AccessKind::kRead;
    access.bytes_per_day = in.Number(kMegabytesMax) * kBytesPerMegabyte;
  }
}

}  // namespace

Result<Workload> ReadGraphFile(std::string_view text) {
  LineReader in(text);
  in.Next("LG tables jobs edges");
  if (in.Letter() != 'L' || in.Letter() != 'G') in.Fail("the file does not begin with LG");
  const int64_t tables = in.Number(UINT32_MAX);
  const int64_t jobs = in.Number(UINT32_MAX);
  const int64_t edges = in.Number(UINT32_MAX);
  if (static_cast<size_t>(tables + jobs + edges) > text.size() / kShortestLine + 1) {
    in.Fail("the file is too short for so many lines");
  }
  Workload workload;
  if (!in.failed()) {
    workload.tables.reserve(tables);
    workload.jobs.reserve(jobs);
    workload.accesses.reserve(edges);
  }
  ReadTables(in, tables, workload);
  ReadJobs(in, jobs, workload);
  ReadEdges(in, edges, workload);
  GODWIT_TRY(in.Finish());
  return workload;
}

}  // namespace godwit::planner
