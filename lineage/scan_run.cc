#include "lineage/scan_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>

#include "base/hash.h"
#include "lineage/run_log.h"
#include "lineage/scan_cache.h"
#include "sources/text_file.h"

namespace godwit::lineage {
namespace {

constexpr int kThreadsMax = 16;
// Raised whenever the same scripts give another record, so that no cache of an older godwit is used.
constexpr uint64_t kReadingVersion = 3;

Result<std::string> ReadWhole(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return InvalidInput(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

// A digest that grows: the order counts.
class Digest {
 public:
  void Add(std::string_view text) { hash_ = Hash64(text, hash_ + text.size()); }
  void Add(uint64_t number) { Add(Hex64(number)); }
  void Add(const std::vector<std::string>& texts) {
    Add(texts.size());
    for (const std::string& text : texts) Add(text);
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 1;
};

uint64_t KeyOf(const sources::JobSource& source, uint64_t options) {
  const sources::Definition& job = source.definition;
  Digest digest;
  digest.Add(options);
  for (const std::string* text : {&source.file, &job.name, &job.workflow, &job.owner, &job.schedule})
    digest.Add(*text);
  for (const auto* texts : {&job.upstream, &job.waits_for, &job.reads, &job.writes, &source.files})
    digest.Add(*texts);
  digest.Add(job.line * 4 + (job.declared ? 2 : 0) + (source.lone ? 1 : 0));
  digest.Add(job.kind ? static_cast<uint64_t>(*job.kind) + 1 : 0);
  for (const auto& [name, value] : job.variables) {
    digest.Add(name);
    digest.Add(value);
  }
  for (const sources::Work& work : job.work) {
    digest.Add(static_cast<uint64_t>(work.kind) * 8 + static_cast<uint64_t>(work.engine));
    digest.Add(work.text.text());
    for (const auto& piece : work.text.pieces())
      digest.Add(piece.place.line * 64 + static_cast<uint64_t>(piece.place.file));
    digest.Add(work.arguments);
    digest.Add(work.database);
    digest.Add(work.program.name + "\n" + work.program.tool);
    digest.Add(work.transfer.tool);
    for (const auto& [name, value] : work.variables) digest.Add(name + "=" + value);
    for (const auto* ends : {&work.transfer.reads, &work.transfer.writes}) {
      for (const sources::Endpoint& end : *ends) digest.Add(end.name);
    }
  }
  return digest.value();
}

// What the last scan depended on and said, beside the cache: if nothing of it changed, its scan file stands.
std::string StatePath(const ScanOptions& options) { return options.cache + ".state"; }

// The scan file as it lies there, so that one that was changed or removed is made anew.
std::string FileStamp(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return "";
  const auto changed = std::filesystem::last_write_time(path, error);
  return error ? "" : fmt::format("{}.{}", size, changed.time_since_epoch().count());
}

void KeepState(const ScanOptions& options, uint64_t digest, const ScanSummary& summary) {
  if (options.cache.empty()) return;
  std::ofstream(StatePath(options)) << digest << ' ' << FileStamp(options.output) << ' ' << summary.files
                                    << ' ' << summary.scripts << ' ' << summary.jobs << ' '
                                    << summary.statements << ' ' << summary.unread << ' '
                                    << summary.fingerprint << '\n';
}

std::optional<ScanSummary> LastScan(const ScanOptions& options, uint64_t digest) {
  if (options.cache.empty()) return std::nullopt;
  std::ifstream stream(StatePath(options));
  uint64_t then = 0;
  std::string stamp;
  ScanSummary summary;
  stream >> then >> stamp >> summary.files >> summary.scripts >> summary.jobs >> summary.statements >>
      summary.unread >> summary.fingerprint;
  if (!stream || then != digest || stamp != FileStamp(options.output)) return std::nullopt;
  summary.unchanged = true;
  return summary;
}

// One scan while it runs.
class ScanJob {
 public:
  ScanJob(const ScanOptions& options, const sources::SourceTree& tree) : options_(options), tree_(tree) {}

  Result<ScanSummary> Go() {
    scan_.roots = options_.paths;
    scan_.allows = options_.allows;
    GODWIT_TRY(ReadInputs());
    state_digest_ = StateDigest();
    if (const auto last = LastScan(options_, state_digest_)) return *last;
    GODWIT_TRY(cache_.Open(options_.cache));
    GODWIT_TRY_ASSIGN(const sources::SchedulerReading scheduled,
                      sources::ReadSchedulerFiles(tree_, options_.sources));
    AddProblems(scheduled);
    total_ = CountScripts(scheduled);
    const auto read = [&](const std::vector<sources::JobSource>& sources) { return ReadRound(sources); };
    const std::vector<sources::JobSource> jobs = sources::ReadInRounds(tree_, scheduled, read);
    if (Stopped()) return Unavailable("stopped: what was read is kept, run the same scan again to go on");
    return Write(jobs, scheduled);
  }

 private:
  bool Stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  // The snapshot, declared lineage and logs.
  Status ReadInputs() {
    Digest digest;
    digest.Add(kReadingVersion);
    digest.Add(static_cast<uint64_t>(options_.sources.engine));
    digest.Add(options_.sources.database);
    for (const auto& [name, value] : options_.sources.variables) digest.Add(name + "=" + value);
    if (!options_.snapshot.empty()) {
      GODWIT_TRY_ASSIGN(const std::string text, ReadWhole(options_.snapshot));
      GODWIT_TRY_ASSIGN(scan_.snapshot, ParseSnapshot(options_.snapshot, text));
      for (const CatalogTable& table : scan_.snapshot.tables) {
        if (table.columns.empty()) continue;
        columns_[table.name] = table.columns;
        columns_[table.name].insert(columns_[table.name].end(), table.partition_columns.begin(),
                                    table.partition_columns.end());
        digest.Add(table.name);
        digest.Add(columns_[table.name]);
      }
    }
    options_digest_ = digest.value();
    for (const std::string& path : options_.declarations) {
      GODWIT_TRY_ASSIGN(const std::string text, ReadWhole(path));
      GODWIT_TRY(AddDeclarations(path, text));
    }
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      const std::string& path = tree_.files()[i].path;
      const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
      if (name != "lineage.yaml" && name != "lineage.yml") continue;
      GODWIT_TRY_ASSIGN(const std::string text, tree_.Read(i));
      GODWIT_TRY(AddDeclarations(path, text));
    }
    for (const std::string& path : options_.logs) {
      GODWIT_TRY_ASSIGN(const std::string text, ReadWhole(path));
      GODWIT_TRY_ASSIGN(std::vector<LogLineage> found, ReadRunLog(path, text));
      scan_.logs.insert(scan_.logs.end(), found.begin(), found.end());
    }
    return Ok();
  }

  Status AddDeclarations(const std::string& path, const std::string& text) {
    GODWIT_TRY_ASSIGN(sources::LineageYaml found, sources::ReadLineageYaml(path, text));
    scan_.declarations.insert(scan_.declarations.end(), found.declarations.begin(), found.declarations.end());
    scan_.owners.insert(scan_.owners.end(), found.owners.begin(), found.owners.end());
    extra_files_.push_back({path, Hex64(Hash64(text))});
    return Ok();
  }

  // Of everything that a scan depends on, as far as it can be told without reading the scripts.
  uint64_t StateDigest() const {
    Digest digest;
    digest.Add(options_digest_);
    digest.Add(kScanVersion);
    ScanWriter inputs;
    inputs.Add(scan_);
    inputs.AddRest(scan_);
    digest.Add(inputs.Take());
    for (const sources::SourceFile& file : tree_.files()) {
      digest.Add(file.path);
      digest.Add(static_cast<uint64_t>(file.bytes));
      digest.Add(static_cast<uint64_t>(file.changed_nanoseconds));
    }
    return digest.value();
  }

  void AddProblems(const sources::SchedulerReading& scheduled) {
    for (const auto& [file, diagnostic] : scheduled.diagnostics) {
      if (diagnostic.kind == sources::Diagnostic::Kind::kUnread)
        scan_.problems.push_back({file, diagnostic.place.line, diagnostic.message});
    }
    std::sort(scan_.problems.begin(), scan_.problems.end(), [](const FileProblem& a, const FileProblem& b) {
      return std::tie(a.file, a.line, a.message) < std::tie(b.file, b.line, b.message);
    });
  }

  uint64_t CountScripts(const sources::SchedulerReading& scheduled) const {
    uint64_t count = scheduled.sources.size();
    for (const sources::SourceFile& file : tree_.files()) count += sources::IsScript(file.path) ? 1 : 0;
    return count;
  }

  uint64_t DigestOf(size_t file) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = digests_.find(file); known != digests_.end()) return known->second;
    }
    const sources::SourceFile& source = tree_.files()[file];
    const CachedFile* cached = cache_.FindFile(source.path);
    uint64_t digest = 0;
    if (cached != nullptr && cached->bytes == source.bytes &&
        cached->changed_nanoseconds == source.changed_nanoseconds) {
      digest = cached->digest;
    } else if (const Result<std::string> text = tree_.Read(file); text.ok()) {
      digest = Hash64(*text);
    }
    const std::lock_guard lock(mutex_);
    digests_[file] = digest;
    return digest;
  }

  uint64_t DigestOf(const std::string& path) {
    const auto file = tree_.At(path);
    return file ? DigestOf(*file) : 0;
  }

  static std::string NameOf(const std::string& lookup) { return lookup.substr(lookup.rfind('/') + 1); }

  bool IsCurrent(const CachedUnit& unit, uint64_t key) {
    if (unit.key != key) return false;
    for (const auto& [name, digest] : unit.lookups) {
      if (tree_.NameDigest(name) != digest) return false;
    }
    return std::all_of(unit.files.begin(), unit.files.end(),
                       [&](const auto& file) { return DigestOf(file.first) == file.second; });
  }

  CachedUnit Read(const sources::JobSource& source, uint64_t key) {
    const sources::Job job = sources::ReadJob(tree_, source, options_.sources);
    const JobRecord record = RecordOf(job, [this](std::string_view table) -> const std::vector<std::string>* {
      const auto found = columns_.find(std::string(table));
      return found == columns_.end() ? nullptr : &found->second;
    });
    CachedUnit unit;
    unit.key = key;
    unit.nothing = sources::FootprintOf(job).nothing;
    unit.statements = record.statements_read;
    unit.unread = static_cast<uint64_t>(std::count_if(
        record.diagnostics.begin(), record.diagnostics.end(),
        [](const DiagnosticRecord& each) { return each.kind == sources::Diagnostic::Kind::kUnread; }));
    for (const std::string& file : job.facts.files) unit.files.emplace_back(file, DigestOf(file));
    std::set<std::string> names;
    for (const std::string& lookup : job.facts.lookups) names.insert(NameOf(lookup));
    for (const std::string& name : names) unit.lookups.emplace_back(name, tree_.NameDigest(name));
    unit.record = RecordToJson(record);
    return unit;
  }

  // Reads a round's sources with several threads; the footprints come in the sources' order.
  std::vector<sources::Footprint> ReadRound(const std::vector<sources::JobSource>& sources) {
    std::vector<CachedUnit> units(sources.size());
    std::vector<char> fresh(sources.size(), 0);
    std::atomic<size_t> next{0}, finished{0};
    const auto work = [&](bool reports) {
      for (size_t i = next++; i < sources.size() && !Stopped(); i = next++) {
        const std::string name = sources::JobName(sources[i].definition);
        const uint64_t key = KeyOf(sources[i], options_digest_);
        const CachedUnit* cached = cache_.Find(name);
        if (cached != nullptr && IsCurrent(*cached, key)) {
          units[i] = *cached;
        } else {
          units[i] = Read(sources[i], key);
          fresh[i] = 1;
          cache_.Append(name, units[i]);
        }
        const uint64_t count = done_ + ++finished;
        if (reports && options_.progress) options_.progress(count, std::max(total_, count), "scripts");
      }
    };
    std::vector<std::thread> threads;
    for (int i = 1; i < std::clamp(options_.threads, 1, kThreadsMax); ++i) threads.emplace_back(work, false);
    work(true);
    for (std::thread& thread : threads) thread.join();
    done_ += finished;
    std::vector<sources::Footprint> footprints;
    for (size_t i = 0; i < sources.size(); ++i) {
      sources::Footprint footprint;
      for (const auto& [file, digest] : units[i].files) footprint.files.push_back(file);
      footprint.nothing = units[i].nothing;
      footprints.push_back(std::move(footprint));
      read_ += fresh[i];
      units_[sources::JobName(sources[i].definition)] = std::move(units[i]);
    }
    return footprints;
  }

  Result<ScanSummary> Write(const std::vector<sources::JobSource>& jobs,
                            const sources::SchedulerReading& scheduled) {
    ScanSummary summary;
    std::set<std::string> read(scheduled.files.begin(), scheduled.files.end());
    for (const sources::SourceFile& file : tree_.files()) {
      if (sources::IsScript(file.path)) read.insert(file.path);  // also one that does nothing: it was seen
    }
    for (const sources::JobSource& job : jobs) {
      for (const auto& [file, digest] : units_[sources::JobName(job.definition)].files) read.insert(file);
    }
    for (const std::string& file : read) scan_.files.push_back({file, Hex64(DigestOf(file))});
    scan_.files.insert(scan_.files.end(), extra_files_.begin(), extra_files_.end());
    std::sort(scan_.files.begin(), scan_.files.end(),
              [](const ScannedFile& a, const ScannedFile& b) { return a.path < b.path; });
    const std::string fresh = options_.output + ".new";
    std::ofstream stream(fresh, std::ios::binary);
    ScanWriter writer;
    writer.Add(scan_);
    for (const sources::JobSource& job : jobs) {
      const CachedUnit& unit = units_[sources::JobName(job.definition)];
      writer.AddJob(unit.record);
      summary.statements += unit.statements;
      summary.unread += unit.unread;
      stream << writer.Take();
    }
    writer.AddRest(scan_);
    stream << writer.Take();
    stream.close();
    if (!stream || std::rename(fresh.c_str(), options_.output.c_str()) != 0) {
      return Unavailable(fmt::format("cannot write {}: {}", options_.output, std::strerror(errno)));
    }
    GODWIT_TRY(KeepCache());
    summary.files = tree_.files().size();
    summary.scripts = scan_.files.size();
    summary.jobs = jobs.size();
    summary.jobs_read = read_;
    summary.unread += scan_.problems.size();
    summary.fingerprint = writer.fingerprint();
    KeepState(options_, state_digest_, summary);
    return summary;
  }

  // Also what is no job: a library that hands nothing to anyone need not be read again either.
  Status KeepCache() {
    std::vector<std::pair<std::string, const CachedUnit*>> units;
    for (const auto& [name, unit] : units_) units.emplace_back(name, &unit);
    std::vector<std::pair<std::string, CachedFile>> files;
    for (const auto& [file, digest] : digests_) {
      const sources::SourceFile& source = tree_.files()[file];
      files.emplace_back(source.path, CachedFile{source.bytes, source.changed_nanoseconds, digest});
    }
    return cache_.Replace(units, files);
  }

  const ScanOptions& options_;
  const sources::SourceTree& tree_;
  Scan scan_;  // all but its jobs
  ScanCache cache_;
  std::vector<ScannedFile> extra_files_;
  std::unordered_map<std::string, std::vector<std::string>> columns_;
  uint64_t options_digest_ = 0;
  uint64_t state_digest_ = 0;
  std::map<std::string, CachedUnit> units_;
  std::mutex mutex_;
  std::map<size_t, uint64_t> digests_;
  uint64_t total_ = 0;
  uint64_t done_ = 0;
  uint64_t read_ = 0;
};

}  // namespace

Result<ScanSummary> RunScan(const ScanOptions& options) {
  GODWIT_TRY_ASSIGN(const sources::SourceTree tree,
                    sources::SourceTree::Find(options.paths, options.exclude));
  return ScanJob(options, tree).Go();
}

}  // namespace godwit::lineage
