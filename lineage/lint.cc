#include "lineage/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "lineage/names.h"
#include "lineage/shape.h"
#include "sources/source_tree.h"

namespace godwit::lineage {
namespace {

constexpr size_t kNamesMax = 6;  // that one finding lists

std::string Names(std::vector<std::string> names) {
  const size_t all = names.size();
  if (all > kNamesMax) names.resize(kNamesMax);
  return fmt::format("{}{}", fmt::join(names, ", "),
                     all > kNamesMax ? fmt::format(" and {} more", all - kNamesMax) : "");
}

class Linter {
 public:
  Linter(const Scan& scan, const Graph& graph) : scan_(scan), graph_(graph) {}

  std::vector<Finding> Run() {
    for (const Job& job : graph_.jobs) OfJob(job);
    for (const FileProblem& problem : scan_.problems)
      Add("GW040", nullptr, "", problem.file, problem.line, problem.message);
    Writers();
    Cycles();
    Catalog();
    Allow();
    std::sort(found_.begin(), found_.end(),
              [](const Finding& a, const Finding& b) { return KeyOf(a) < KeyOf(b); });
    const auto same = [](const Finding& a, const Finding& b) { return KeyOf(a) == KeyOf(b); };
    found_.erase(std::unique(found_.begin(), found_.end(), same), found_.end());
    return std::move(found_);
  }

 private:
  static std::tuple<const std::string&, uint32_t, std::string_view, const std::string&, const std::string&>
  KeyOf(const Finding& finding) {
    return {finding.file, finding.line, finding.rule->code, finding.detail, finding.job};
  }

  Finding& Add(const char* code, const Job* job, const std::string& table, const std::string& file,
               uint32_t line, std::string detail) {
    Finding finding;
    finding.rule = FindRule(code);
    if (job != nullptr) {
      finding.job = job->name;
      finding.owner = job->owner;
    } else if (const Table* known = graph_.FindTable(table)) {
      finding.owner = known->owner;
    }
    finding.table = table;
    finding.file = file;
    finding.line = line;
    finding.detail = std::move(detail);
    found_.push_back(std::move(finding));
    return found_.back();
  }

  Finding& AddAt(const char* code, const Job& job, Place place, std::string detail) {
    const JobRecord& record = scan_.jobs[job.record];
    const std::string& file = place.file < record.files.size() ? record.files[place.file] : record.name;
    return Add(code, &job, "", file, place.line, std::move(detail));
  }

  void OfJob(const Job& job) {
    const JobRecord& record = scan_.jobs[job.record];
    const Place own{0, record.line};
    for (const FindingRecord& each : record.findings) {
      if (FindRule(each.code) != nullptr)
        AddAt(FindRule(each.code)->code, job, each.place, each.detail).allowed = each.allowed;
    }
    for (const DiagnosticRecord& each : record.diagnostics) {
      if (each.kind != sources::Diagnostic::Kind::kUnread) continue;
      AddAt("GW040", job, each.place,
            each.text.empty() ? each.message : fmt::format("{} (`{}`)", each.message, each.text));
    }
    for (const TransferRecord& each : record.transfers) {
      if (each.kind == sources::Transfer::Kind::kExport) {
        AddAt("GW020", job, each.place,
              fmt::format("{} takes {} to {}", each.tool, Names(each.reads), Names(each.writes)));
      }
      for (const std::vector<std::string>* ends : {&each.reads, &each.writes}) {
        for (const std::string& end : *ends) {
          if (end.starts_with("path:"))
            AddAt("GW011", job, each.place, fmt::format("{} names the folder {}", each.tool, end.substr(5)));
        }
      }
    }
    for (const DefinitionRecord& each : record.definitions) {
      if (!each.location.empty())
        AddAt("GW011", job, each.place, fmt::format("{} is put at {}", each.table, each.location));
    }
    if (job.opaque) {
      for (const ProgramRecord& each : record.programs)
        AddAt("GW042", job, each.place,
              fmt::format("{} {}: nobody said what it reads and writes", each.tool, each.name));
    }
    if (job.owner.empty() && !job.workflow.empty())
      AddAt("GW032", job, own, fmt::format("job {} has no owner", job.name));
    for (const AllowRecord& each : record.allows) job_allows_[{job.name, each.code}] = each.reason;
    for (const StatementRecord& statement : record.statements) {
      std::set<std::string> open;
      for (const ReadRecord& read : statement.reads) {
        if (IsFamily(read.table)) open.insert(read.table);
      }
      for (const WriteRecord& write : statement.writes) {
        if (IsFamily(write.table)) open.insert(write.table);
      }
      for (const std::string& name : open)
        AddAt("GW041", job, statement.place, fmt::format("{}: which table is not known", name));
    }
  }

  void Writers() {
    std::map<TableId, std::vector<const Access*>> writers;
    for (const Access& access : graph_.accesses) {
      if (access.kind == AccessKind::kWrite && access.rows) writers[access.table].push_back(&access);
    }
    for (const auto& [table, accesses] : writers) {
      if (accesses.size() < 2 || graph_.table(table).kind == TableKind::kExternal) continue;
      std::vector<std::string> names;
      for (const Access* access : accesses) names.push_back(graph_.job(access->job).name);
      const Job& first = graph_.job(accesses.front()->job);
      Finding& finding = AddAt("GW022", first, accesses.front()->place,
                               fmt::format("{} is written by {}", graph_.table(table).name, Names(names)));
      finding.table = graph_.table(table).name;
    }
  }

  void Cycles() {
    std::vector<std::pair<uint32_t, uint32_t>> order;
    for (const Job& job : graph_.jobs) {
      for (const JobId before : job.after) order.emplace_back(Index(before), Index(graph_.IdOf(job)));
    }
    for (const std::vector<uint32_t>& cycle : CyclesOf(static_cast<uint32_t>(graph_.jobs.size()), order)) {
      std::vector<std::string> names;
      for (const uint32_t job : cycle) names.push_back(graph_.jobs[job].name);
      const Job& first = graph_.jobs[cycle.front()];
      AddAt("GW030", first, {0, scan_.jobs[first.record].line},
            fmt::format("{} wait for each other", Names(names)));
    }
    std::vector<std::pair<uint32_t, uint32_t>> flow;
    for (const Edge& edge : graph_.edges) {
      if (edge.upstream != edge.downstream) flow.emplace_back(Index(edge.upstream), Index(edge.downstream));
    }
    for (const std::vector<uint32_t>& cycle : CyclesOf(static_cast<uint32_t>(graph_.tables.size()), flow)) {
      std::vector<std::string> names;
      for (const uint32_t table : cycle) names.push_back(graph_.tables[table].name);
      Add("GW031", nullptr, names.front(), "", 0, fmt::format("{} are made from each other", Names(names)));
    }
  }

  void Catalog() {
    for (const CatalogTable& table : scan_.snapshot.tables) {
      if (table.transactional)
        Add("GW052", nullptr, table.name, "", 0, fmt::format("{} is transactional", table.name));
      if (table.foreign_partitions > 0) {
        Add("GW050", nullptr, table.name, "", 0,
            fmt::format("{} partitions of {} lie outside of its folder", table.foreign_partitions,
                        table.name));
      }
    }
  }

  void Allow() {
    for (Finding& finding : found_) {
      if (!finding.allowed.empty()) continue;
      const auto own = job_allows_.find({finding.job, finding.rule->code});
      if (own != job_allows_.end())
        finding.allowed = own->second.empty() ? "allowed in the script" : own->second;
      for (const AllowRule& rule : scan_.allows) {
        const bool names_it = sources::MatchesGlob(rule.object, finding.job) ||
                              sources::MatchesGlob(rule.object, finding.file) ||
                              (!finding.table.empty() && sources::MatchesGlob(rule.object, finding.table));
        if (rule.code == finding.rule->code && names_it) finding.allowed = rule.reason;
      }
    }
  }

  const Scan& scan_;
  const Graph& graph_;
  std::vector<Finding> found_;
  std::map<std::pair<std::string, std::string>, std::string> job_allows_;
};

}  // namespace

const char* SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "note";
  }
  return "";
}

const std::vector<LintRule>& LintRules() {
  using enum Severity;
  static const std::vector<LintRule> kRules = {
      {"GW001", kWarning, "row order decides the result",
       "Rows that are equal in the window's order come in another order on another cluster, so both sides "
       "give different rows.",
       "Order by a column that is unique in the partition, too."},
      {"GW002", kWarning, "collected in arrival order",
       "Rows arrive in another order on each run, so the collected list differs between both sides.",
       "Sort the collected values: sort_array(collect_list(x))."},
      {"GW003", kWarning, "random values", "Each run gives other values, so both sides cannot be compared.",
       "Derive the value from the row: a hash of its key."},
      {"GW004", kWarning, "the clock decides the result",
       "Both sides run at different times, and a rerun gives another value.",
       "Pass the due date in as a variable."},
      {"GW005", kWarning, "any row is picked", "Which row comes first depends on the cluster.",
       "Say which row: max_by, or row_number with a total order."},
      {"GW006", kWarning, "any rows are kept",
       "LIMIT or a sample without an order keeps other rows on each run.",
       "Order by a unique column before the limit."},
      {"GW010", kError, "a hard-coded address",
       "On the target the job would still speak to the source cluster.",
       "Use the default file system, or a variable that each site sets."},
      {"GW011", kNote, "a folder named in a script", "The folder may lie elsewhere on the target.",
       "Name the table, or keep the folder in a variable that each site sets."},
      {"GW020", kWarning, "rows leave the warehouse", "Run on both sides, the export would write twice.",
       "It runs on one side only; agree with the receiver on the moment of the switch."},
      {"GW021", kWarning, "an append is not repeatable",
       "A second run for the same date doubles rows; a dual run and a retry both do that.",
       "INSERT OVERWRITE the partition of the date."},
      {"GW022", kWarning, "several jobs write one table",
       "They must move together, or one side's copy goes stale.",
       "Let one job own the table, or accept that they form one unit."},
      {"GW023", kWarning, "a table is made from itself", "A second run starts from the first one's result.",
       "Read the day before's partition and write the day's."},
      {"GW024", kNote, "a folder is written", "No table names the folder, so its readers are not known.",
       "Declare who reads it, or make it a table."},
      {"GW030", kError, "workflow jobs wait for each other",
       "The scheduler cannot order them, and they can only move together.",
       "Break the cycle, or move them together."},
      {"GW031", kWarning, "tables are made from each other", "They can only be moved together.",
       "Break the cycle, or accept one unit."},
      {"GW032", kWarning, "a job without owner",
       "Nobody can say whether it may move, or agree to its switch.", "Name an owner in the scheduler."},
      {"GW040", kError, "not read", "What this reads and writes is not known; the planner will not cut here.",
       "Mend the script, or declare its lineage in lineage.yaml."},
      {"GW041", kNote, "a table name that is not known",
       "A variable has no value here, so readers and writers of the table cannot be matched.",
       "Give the variable a value in godwit.yaml."},
      {"GW042", kError, "a program that cannot be read",
       "Its reads and writes are not known; the planner will not cut here.",
       "Let its owner declare them in lineage.yaml."},
      {"GW050", kWarning, "a partition outside of its table",
       "Copying the table's folder would leave it behind.",
       "Move the partition below the table, or let the copy follow partition locations."},
      {"GW051", kNote, "SELECT * into a table", "A column added on one side alone changes what is written.",
       "Name the columns."},
      {"GW052", kError, "a transactional table",
       "Its files mean nothing without the metastore's transaction state.",
       "Copy it by query, or compact it and freeze it for the whole copy."},
      {"GW054", kWarning, "rows go through a program",
       "The program must be there on the target, and may depend on the order of rows.",
       "Install it on the target; see that it does not depend on order."},
      {"GW055", kNote, "a resource is added", "The file must be there on the target.",
       "Copy it, or install it with the cluster."},
  };
  return kRules;
}

bool RowsMayDiffer(const LintRule& rule) { return std::string_view(rule.code).starts_with("GW00"); }

const LintRule* FindRule(std::string_view code) {
  for (const LintRule& rule : LintRules()) {
    if (rule.code == code) return &rule;
  }
  return nullptr;
}

std::vector<Finding> Lint(const Scan& scan, const Graph& graph) { return Linter(scan, graph).Run(); }

std::vector<OwnerCount> ByOwner(const std::vector<Finding>& findings) {
  std::map<std::string, OwnerCount> counts;
  for (const Finding& finding : findings) {
    if (!finding.allowed.empty()) continue;
    OwnerCount& count = counts[finding.owner];
    count.owner = finding.owner;
    (finding.rule->severity == Severity::kError     ? count.errors
     : finding.rule->severity == Severity::kWarning ? count.warnings
                                                    : count.notes) += 1;
  }
  std::vector<OwnerCount> sorted;
  for (auto& [owner, count] : counts) sorted.push_back(std::move(count));
  std::stable_sort(sorted.begin(), sorted.end(), [](const OwnerCount& a, const OwnerCount& b) {
    return std::tie(b.errors, b.warnings) < std::tie(a.errors, a.warnings);
  });
  return sorted;
}

}  // namespace godwit::lineage
